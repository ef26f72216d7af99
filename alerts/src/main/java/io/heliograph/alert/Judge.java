package io.heliograph.alert;

import io.heliograph.search.Match;
import io.heliograph.spi.Environment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides what becomes of matches: whether they give an alert. Remembers what conditions and throttles have counted. Confined to
 * the matcher's thread.
 */
final class Judge {

    private final AlertsConfig config;
    private final Environment environment;
    private final Windows windows;
    private final Map<SearchKey, Passed> throttles = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SearchKey, Passed> eldest) {
            return size() > config.windowEntries();
        }
    };

    /** How many alerts a throttle has let through since it began to count. */
    private record Passed(long revision, long sinceMs, int alerts) {
    }

    /**
     * What was found of one search in an event.
     *
     * @param isMatch whether the search's own query matched
     * @param parts   which queries of its condition matched
     */
    record Finding(SavedSearch search, boolean isMatch, Set<Integer> parts) {
    }

    Judge(AlertsConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        this.windows = new Windows(config.windowEntries(), environment);
    }

    Windows windows() {
        return windows;
    }

    /** By search, in the order of ids: what counts of an event's matches. */
    List<Finding> findings(TenantIndex index, PendingEvent event, List<Match> matches) {
        var found = new ArrayList<Finding>();
        for (int i = 0; i < matches.size();) {
            String id = TenantIndex.searchOf(matches.get(i).searchId());
            boolean isMatch = false;
            Set<Integer> parts = new TreeSet<>();
            for (; i < matches.size() && TenantIndex.searchOf(matches.get(i).searchId()).equals(id); i++) {
                int part = TenantIndex.partOf(matches.get(i).searchId());
                if (part == 0) {
                    isMatch = true;
                } else {
                    parts.add(part);
                }
            }
            boolean isAfter = event.matchedTo().filter(last -> last.compareTo(id) >= 0).isEmpty();
            Optional<SavedSearch> search = index.search(id).filter(one -> isAfter && one.spec().wants(event.event().topic()) && isAlive(one));
            if (search.isPresent()) {
                found.add(new Finding(search.get(), isMatch, parts));
            }
        }
        return found;
    }

    private boolean isAlive(SavedSearch search) {
        return search.spec().expiresAt().filter(end -> end.toEpochMilli() <= nowMs()).isEmpty();
    }

    /** What becomes of it; empty where it only ends something. */
    Optional<Outcome> judge(PendingEvent event, Finding finding) {
        SavedSearch search = finding.search();
        Optional<Outcome> match = finding.isMatch()
                ? Optional.of(new Outcome(search, Outcome.About.of(event), AlertEvents.NO_DETAILS, Outcome.Kind.ALERT)) : Optional.empty();
        if (match.isPresent() && event.hops() >= config.hops()) {
            return match.map(one -> one.as(Outcome.Kind.LOOPED));
        }
        if (match.isPresent() && isMuted(search)) {
            return match.map(one -> one.as(Outcome.Kind.MUTED));
        }
        boolean isMet = search.spec().when().isEmpty()
                || windows.isMetBy(search, search.spec().when().get(), event, match, finding.parts());
        return match.map(one -> one.as(isMet ? pass(search) : Outcome.Kind.HELD));
    }

    private boolean isMuted(SavedSearch search) {
        return search.spec().muteUntil().filter(end -> end.toEpochMilli() > nowMs()).isPresent();
    }

    private Outcome.Kind pass(SavedSearch search) {
        if (search.spec().digest().isPresent()) {
            return Outcome.Kind.GATHERED;
        }
        return search.spec().throttle().filter(throttle -> !isLetThrough(search, throttle)).isPresent() ? Outcome.Kind.THROTTLED
                : Outcome.Kind.ALERT;
    }

    private boolean isLetThrough(SavedSearch search, Throttle throttle) {
        var key = new SearchKey(search.tenant(), search.id());
        long nowMs = nowMs();
        Passed passed = throttles.get(key);
        boolean isNew = passed == null || passed.revision != search.revision() || nowMs - passed.sinceMs >= throttle.per().toMillis()
                || nowMs < passed.sinceMs;
        Passed counted = passed == null || isNew ? new Passed(search.revision(), nowMs, 1) : new Passed(passed.revision, passed.sinceMs, passed.alerts + 1);
        boolean isLetThrough = counted.alerts <= throttle.max();
        if (isLetThrough) {
            throttles.put(key, counted);
        }
        return isLetThrough;
    }

    /** What waited for something that did not come; searches that have changed meanwhile wait no more. */
    List<Outcome> due(Indexes indexes, int most) {
        return windows.due(nowMs(), most).stream().filter(late -> indexes.find(late.search().tenant())
                .flatMap(index -> index.search(late.search().id()))
                .filter(now -> now.revision() == late.search().revision() && isAlive(now) && !isMuted(now)).isPresent()).toList();
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }
}
