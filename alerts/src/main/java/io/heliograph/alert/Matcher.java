package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.search.Match;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.Write;
import io.heliograph.webhook.Outbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Matches stored events, in the order in which they were stored, and writes what follows from it.
 *
 * <pre>
 *   notes of stored events --> read, with the searches' generation --> searches brought up to it --> match --> judge --> write
 *          ^                                                                                       |                      |
 *          '------------- what was not written is there again -------------.       many matches: a part at a time,        |
 *                                                                          |       others come in between                 v
 *                                                                      kill -9                                    alerts, in one
 *                                                                                                                 transaction
 * </pre>
 *
 * <p>Owns one daemon thread, {@code heliograph-alert-matcher}.
 */
final class Matcher implements AutoCloseable {

    /** Events with many matches that are under way at once; their matches are in memory. */
    private static final int MOST_HEAVY = 4;
    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();
    private static final long LOOK_NS = Duration.ofSeconds(5).toNanos();
    private static final Duration LINGER = Duration.ofSeconds(10);
    private static final int DUE_TOGETHER = 100;
    private static final int TIDIED_TOGETHER = 4;

    private final SqlStore store;
    private final Outbox outbox;
    private final Indexes indexes;
    private final AlertsConfig config;
    private final Environment environment;
    private final Questions asking;
    private final Judge judge;
    private final MatchingSums sums = new MatchingSums();
    private final Consumer<AlertWrite> onWritten;
    private final ArrayDeque<Heavy> heavy = new ArrayDeque<>();
    /** Rows of events that were read and are not done. */
    private final Set<Long> taken = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private long nextDigestMs;
    private boolean isWoken = true;
    private boolean isClosed;
    private boolean isTroubled;

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

    /** @param onWritten hears of alerts that are on disk, on this thread */
    Matcher(SqlStore store, Outbox outbox, Indexes indexes, AlertsConfig config, Environment environment, Consumer<AlertWrite> onWritten) {
        this.store = store;
        this.outbox = outbox;
        this.indexes = indexes;
        this.config = config;
        this.environment = environment;
        this.asking = new Questions(indexes, environment);
        this.judge = new Judge(config, environment);
        this.onWritten = onWritten;
        this.thread = Thread.ofPlatform().daemon().name("heliograph-alert-matcher").unstarted(this::run);
    }

    void start() {
        nextDigestMs = store.read(Digests::nextDueMs).orElse(Long.MAX_VALUE);
        thread.start();
    }

    /** There is something to do. */
    void wake() {
        lock.lock();
        try {
            isWoken = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    MatchingSums sums() {
        return sums;
    }

    long windowsGivenUp() {
        return judge.windows().givenUp();
    }

    private void run() {
        try {
            boolean isBusy = true;
            while (isBusy || awaitWork()) {
                isBusy = step();
            }
        } catch (InterruptedException | StoreClosedException e) {
            // It is closed; what is not matched is there in the next process.
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether there may be more to do now. */
    private boolean step() throws InterruptedException {
        if (isClosed()) {
            return false;
        }
        try {
            boolean isBusy = matchSome() | writeSomeHeavy() | endSome() | indexes.tidy(TIDIED_TOGETHER);
            isTroubled = false;
            return isBusy;
        } catch (StoreClosedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // Whatever it is: the notes are there, and so nothing is lost by another try.
            trouble(e);
            return true;
        }
    }

    /** Told once, until it goes again. */
    private void trouble(Throwable why) throws InterruptedException {
        if (!isTroubled) {
            isTroubled = true;
            environment.tell(new Notice.Degraded("alerts", "events wait to be matched: " + why));
        }
        lock.lock();
        try {
            environment.clock().await(lock, woken, environment.clock().nanoTime() + PAUSE_NS);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitWork() throws InterruptedException {
        long nowMs = nowMs();
        long dueMs = Math.min(nextDigestMs, judge.windows().nextDueMs().orElse(Long.MAX_VALUE));
        lock.lock();
        try {
            long nowNs = environment.clock().nanoTime();
            long endNs = nowNs + (dueMs - nowMs >= LOOK_NS / 1_000_000 || dueMs == Long.MAX_VALUE ? LOOK_NS
                    : Math.max(0, dueMs - nowMs) * 1_000_000);
            while (!isWoken && !isClosed && environment.clock().nanoTime() - endNs < 0) {
                environment.clock().await(lock, woken, endNs);
            }
            isWoken = false;
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    private boolean matchSome() throws InterruptedException {
        Set<Long> underWay = new HashSet<>();
        heavy.forEach(one -> underWay.add(one.event.row()));
        PendingRows.Work work = store.read(sql -> PendingRows.read(sql, underWay));
        indexes.catchUp(work.generation());
        take(work);
        for (long row : work.unreadable()) {
            giveUp(row, LossReason.UNREADABLE, "its text cannot be read");
        }
        Map<String, List<PendingEvent>> byTenant = new LinkedHashMap<>();
        work.events().forEach(event -> byTenant.computeIfAbsent(event.tenant(), tenant -> new ArrayList<>()).add(event));
        for (Map.Entry<String, List<PendingEvent>> entry : byTenant.entrySet()) {
            matchOf(entry.getKey(), entry.getValue());
        }
        return !work.events().isEmpty();
    }

    /** One that is read again, since something went wrong, is known already. */
    private void take(PendingRows.Work work) {
        int before = taken.size();
        work.events().forEach(event -> taken.add(event.row()));
        taken.addAll(work.unreadable());
        sums.taken(taken.size() - before);
    }

    private void matchOf(String tenant, List<PendingEvent> events) throws InterruptedException {
        Optional<TenantIndex> index = indexes.find(tenant);
        Map<Long, List<Match>> matches = index.isPresent() ? asking.match(index.get(), events) : Map.of();
        var draft = new Draft();
        for (PendingEvent event : events) {
            List<Match> found = matches.get(event.row());
            if (found == null && index.isPresent() && index.get().wants(event.event().topic())) {
                giveUp(event.row(), LossReason.FAILED, "it cannot be matched");
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
            write(new MatchWrite.Batch(draft.done, Optional.empty(), draft.outcomes, draft.json, draft.costs), draft.done.size());
        }
    }

    private void take(Heavy one) throws InterruptedException {
        heavy.add(one);
        while (heavy.size() > MOST_HEAVY) {
            writeSomeHeavy();
        }
    }

    /** A part of one of them. */
    private boolean writeSomeHeavy() throws InterruptedException {
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
            write(new MatchWrite.Batch(List.of(), Optional.of(part), draft.outcomes, draft.json, draft.costs), 0);
            one.writtenTo = Optional.of(to);
            heavy.add(one);
        }
        return true;
    }

    private void write(MatchWrite.Batch batch, int events) throws InterruptedException {
        MatchWrite.Written written = insist(sql -> {
            long nowMs = nowMs();
            var alerts = new AlertWrite(sql, outbox.join(sql), indexes, nowMs);
            return new MatchWrite(sql, alerts, config, nowMs).write(batch);
        });
        batch.done().forEach(taken::remove);
        int own = (int) batch.done().stream().filter(written.own()::contains).count();
        sums.matched(own);
        sums.elsewhere(events - own);
        count(batch.outcomes(), written);
        written.nextDueMs().ifPresent(dueMs -> nextDigestMs = Math.min(nextDigestMs, dueMs));
        tell(written.alerts());
    }

    private void count(List<Outcome> outcomes, MatchWrite.Written written) {
        sums.offered(PublishResult.ACCEPTED, written.alerts().alerts().size());
        for (Outcome one : outcomes) {
            if (one.kind() == Outcome.Kind.THROTTLED) {
                sums.offered(PublishResult.DROPPED, 1);
            } else if (one.kind() == Outcome.Kind.LOOPED) {
                sums.offered(PublishResult.TOO_LARGE, 1);
            }
        }
    }

    private void tell(AlertWrite alerts) {
        alerts.committed();
        onWritten.accept(alerts);
    }

    /** Until it is on disk: what was judged has been counted. */
    private <T> T insist(Write<T> write) throws InterruptedException {
        while (true) {
            try {
                return store.write(write).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof StoreClosedException closed) {
                    throw closed;
                }
                if (isClosed()) {
                    throw new InterruptedException("closed");
                }
                trouble(e);
            }
        }
    }

    private void giveUp(long row, LossReason reason, String why) throws InterruptedException {
        insist(sql -> sql.update("DELETE FROM alerts_pending WHERE event = ?", row));
        taken.remove(row);
        sums.lost(reason);
        environment.tell(new Notice.Degraded("alerts", "event " + row + " is not matched: " + why));
    }

    /** What is due: conditions that something stays away, and digests. */
    private boolean endSome() throws InterruptedException {
        List<Outcome> late = judge.due(indexes, DUE_TOGETHER);
        for (Outcome one : late) {
            writeLate(one);
        }
        boolean isDue = nextDigestMs <= nowMs();
        if (isDue) {
            endDigest();
        }
        return isDue || late.size() == DUE_TOGETHER;
    }

    private void writeLate(Outcome late) throws InterruptedException {
        Optional<byte[]> content = store.read(sql -> sql.row("SELECT content FROM webhooks_event WHERE id = ?", row -> row.getBytes(1),
                late.about().row()));
        Outcome told = content.isEmpty() ? late
                : asking.explained(late.search().tenant(), CloudEventJson.read(content.get()), List.of(late)).getFirst();
        Map<Long, String> json = new HashMap<>();
        content.ifPresent(bytes -> json.put(late.about().row(), new String(bytes, StandardCharsets.UTF_8)));
        write(new MatchWrite.Batch(List.of(), Optional.empty(), List.of(told), json, Map.of()), 0);
    }

    private record Ended(AlertWrite alerts, OptionalLong nextDueMs) {
    }

    private void endDigest() throws InterruptedException {
        Ended ended = insist(sql -> {
            long nowMs = nowMs();
            var alerts = new AlertWrite(sql, outbox.join(sql), indexes, nowMs);
            Digests.end(sql, alerts, indexes, nowMs, config.digestEvents());
            return new Ended(alerts, Digests.nextDueMs(sql));
        });
        nextDigestMs = ended.nextDueMs().orElse(Long.MAX_VALUE);
        sums.offered(PublishResult.ACCEPTED, ended.alerts().alerts().size());
        tell(ended.alerts());
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
