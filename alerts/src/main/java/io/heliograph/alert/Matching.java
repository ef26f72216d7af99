package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.search.Match;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * From events to what is written of them: read, matched and judged, those with many matches a slice at a time, so that the events behind
 * them come in between. Confined to the matcher's thread.
 */
final class Matching {

    /** Events with many matches that are under way at once; their matches are in memory. */
    private static final int MOST_HEAVY = 4;
    private static final int DUE_TOGETHER = 100;

    private final SqlStore store;
    private final Indexes indexes;
    private final AlertsConfig config;
    private final Questions asking;
    private final Judge judge;
    private final Commits commits;
    private final ArrayDeque<Heavy> heavy = new ArrayDeque<>();

    /** An event with many matches, and those that are not written yet. */
    private static final class Heavy {
        private final PendingEvent event;
        private final ArrayDeque<Judge.Finding> left;
        private Optional<String> writtenTo;

        Heavy(PendingEvent event, List<Judge.Finding> findings) {
            this.event = event;
            this.left = new ArrayDeque<>(findings);
            this.writtenTo = event.matchedTo();
        }
    }

    /** What is written next. */
    private static final class Draft {
        private final List<Long> done = new ArrayList<>();
        private final List<Outcome> outcomes = new ArrayList<>();
        private final Map<Long, String> json = new HashMap<>();
        private final Map<SearchKey, Long> costs = new HashMap<>();
        private int findings;
    }

    Matching(SqlStore store, Indexes indexes, Commits commits, AlertsConfig config, Environment environment) {
        this.store = store;
        this.indexes = indexes;
        this.commits = commits;
        this.config = config;
        this.asking = new Questions(indexes, environment);
        this.judge = new Judge(config, environment);
    }

    /** How many conditions' windows were given up, because there were too many. */
    long windowsGivenUp() {
        return judge.windows().givenUp();
    }

    /** When a condition that something stays away is due. */
    OptionalLong nextDueMs() {
        return judge.windows().nextDueMs();
    }

    /** Matches events that wait, and says whether there were any. */
    boolean matchSome() throws InterruptedException {
        Set<Long> underWay = new HashSet<>();
        heavy.forEach(one -> underWay.add(one.event.row()));
        PendingRows.Work work = store.read(sql -> PendingRows.read(sql, underWay));
        indexes.catchUp(work.generation());
        commits.taken(work);
        for (PendingRows.Unreadable one : work.unreadable()) {
            commits.giveUp(one.row(), LossReason.UNREADABLE, "its text cannot be read");
        }
        Map<String, List<PendingEvent>> byTenant = new LinkedHashMap<>();
        work.events().forEach(event -> byTenant.computeIfAbsent(event.tenant(), tenant -> new ArrayList<>()).add(event));
        for (Map.Entry<String, List<PendingEvent>> entry : byTenant.entrySet()) {
            matchOf(entry.getKey(), entry.getValue());
        }
        return !work.events().isEmpty();
    }

    private void matchOf(String tenant, List<PendingEvent> events) throws InterruptedException {
        Optional<TenantIndex> index = indexes.find(tenant);
        Map<Long, List<Match>> matches = index.isPresent() ? asking.match(index.get(), events) : Map.of();
        var draft = new Draft();
        for (PendingEvent event : events) {
            List<Match> found = matches.get(event.row());
            if (found == null && index.isPresent() && index.get().wants(event.event().topic())) {
                commits.giveUp(event.row(), LossReason.FAILED, "it cannot be matched");
                continue;
            }
            List<Judge.Finding> findings = found == null ? List.of() : judge.findings(index.get(), event, found);
            if (findings.size() > config.slice()) {
                write(draft);
                draft = new Draft();
                take(new Heavy(event, findings));
            } else {
                if (draft.findings + findings.size() > config.slice()) {
                    write(draft);
                    draft = new Draft();
                }
                add(draft, event, findings);
                draft.done.add(event.row());
            }
        }
        write(draft);
    }

    private void add(Draft draft, PendingEvent event, List<Judge.Finding> findings) {
        draft.json.put(event.row(), event.json());
        draft.findings += findings.size();
        List<Outcome> outcomes = findings.stream().flatMap(finding -> judge.judge(event, finding).stream()).toList();
        draft.outcomes.addAll(asking.explained(event.tenant(), event.event(), outcomes));
        if (draft.costs.isEmpty() && !findings.isEmpty()) {
            // Of each write one search is measured.
            SavedSearch search = findings.getFirst().search();
            asking.costNs(search, event.event()).ifPresent(costNs ->
                    draft.costs.put(new SearchKey(search.tenant(), search.id()), costNs));
        }
    }

    private void write(Draft draft) throws InterruptedException {
        if (!draft.done.isEmpty() || !draft.outcomes.isEmpty()) {
            commits.write(new MatchWrite.Batch(draft.done, Optional.empty(), draft.outcomes, draft.json, draft.costs));
        }
    }

    private void take(Heavy one) throws InterruptedException {
        heavy.add(one);
        while (heavy.size() > MOST_HEAVY) {
            writeSomeHeavy();
        }
    }

    /** Writes a part of an event with many matches, and says whether there was one. */
    boolean writeSomeHeavy() throws InterruptedException {
        Heavy one = heavy.poll();
        if (one == null) {
            return false;
        }
        var findings = new ArrayList<Judge.Finding>();
        while (findings.size() < config.slice() && !one.left.isEmpty()) {
            findings.add(one.left.remove());
        }
        var draft = new Draft();
        add(draft, one.event, findings);
        if (one.left.isEmpty()) {
            draft.done.add(one.event.row());
            write(draft);
        } else {
            String to = findings.getLast().search().id();
            var part = new MatchWrite.Part(one.event.row(), one.writtenTo, to);
            commits.write(new MatchWrite.Batch(List.of(), Optional.of(part), draft.outcomes, draft.json, draft.costs));
            one.writtenTo = Optional.of(to);
            heavy.add(one);
        }
        return true;
    }

    /** Writes what follows from something that stays away, and says whether there may be more that is due. */
    boolean writeSomeLate() throws InterruptedException {
        List<Outcome> late = judge.due(indexes, DUE_TOGETHER);
        for (Outcome one : late) {
            writeLate(one);
        }
        return late.size() == DUE_TOGETHER;
    }

    private void writeLate(Outcome late) throws InterruptedException {
        Optional<byte[]> content = store.read(sql -> sql.row("SELECT content FROM webhooks_event WHERE id = ?", row -> row.getBytes(1),
                late.about().row()));
        Outcome told = content.isEmpty() ? late
                : asking.explained(late.search().tenant(), CloudEventJson.read(content.get()), List.of(late)).getFirst();
        Map<Long, String> json = new HashMap<>();
        content.ifPresent(bytes -> json.put(late.about().row(), new String(bytes, StandardCharsets.UTF_8)));
        commits.write(new MatchWrite.Batch(List.of(), Optional.empty(), List.of(told), json, Map.of()));
    }
}
