package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Stores events once each, and a small row for each receiver whose policy lets them in. Rows gather until {@link #finish}, or until a
 * statement has to see them, so that many need few statements. Used once, inside a write; confined to it.
 */
final class FanOut {

    /** Larger ones wait in their queue, and not in memory. */
    private static final int MOST_HANDED_OVER = 64 << 10;

    /** What came of a submission, and whom it made something ready for. */
    record Stored(Submission submission, Publication publication, List<String> ready, List<DueDelivery> claimed) {
    }

    private record Place(Endpoint endpoint, Verdict verdict) {
    }

    /** An event on its way into the tables. */
    private static final class Entry {
        private final Submission submission;
        private final List<String> ready = new ArrayList<>();
        private final List<DueDelivery> claimed = new ArrayList<>();
        /** Its row, once it is there. */
        private long event;

        Entry(Submission submission) {
            this.submission = submission;
        }

        StoredEvent stored() {
            return new StoredEvent(event, submission.tenant(), submission.event());
        }
    }

    /** A delivery on its way into the table. */
    private record Row(Entry entry, Endpoint endpoint, Optional<String> orderKey, int evictable, int state, long leaseMs, long dueMs,
            Optional<Long> expiresMs) {
    }

    private final Statements sql;
    private final Balances balances;
    private final Handover handover;
    private final OutboxObserver observer;
    private final long nowMs;
    private final long leaseMs;
    private final List<Entry> newEvents = new ArrayList<>();
    private final List<Row> newRows = new ArrayList<>();
    private final BusyKeys busyKeys;
    /** Identities of events, which the tables do not show yet. */
    private final Set<List<Object>> unseen = new HashSet<>();
    private final Map<String, Integer> handedOver = new HashMap<>();
    /** The same of those behind others of their key. */
    private final Map<String, Integer> handedOverBehind = new HashMap<>();

    /**
     * @param leaseMs until when what is handed over is its process's alone
     */
    FanOut(Statements sql, Handover handover, OutboxObserver observer, long nowMs, long leaseMs) {
        this.sql = sql;
        this.balances = new Balances(sql);
        this.busyKeys = new BusyKeys(sql);
        this.handover = handover;
        this.observer = observer;
        this.nowMs = nowMs;
        this.leaseMs = leaseMs;
    }

    /** Looks up with few statements what it would else ask for one by one; of no effect but that. */
    void expect(List<Submission> submissions, List<Receivers> receivers) throws SQLException {
        var keys = new HashMap<String, Set<String>>();
        for (int i = 0; i < submissions.size(); i++) {
            Optional<String> key = submissions.get(i).event().key();
            for (Endpoint endpoint : receivers.get(i).takers()) {
                endpoint.spec().orderKey(key).ifPresent(one -> keys.computeIfAbsent(endpoint.id(), id -> new HashSet<>()).add(one));
            }
        }
        for (Map.Entry<String, Set<String>> entry : keys.entrySet()) {
            busyKeys.ask(entry.getKey(), entry.getValue());
        }
    }

    /** One by itself. */
    static Stored store(Statements sql, Submission submission, Receivers receivers, OutboxObserver observer, long nowMs)
            throws SQLException {
        var fanOut = new FanOut(sql, Handover.NONE, observer, nowMs, nowMs);
        Pending stored = fanOut.add(submission, receivers, true);
        fanOut.finish();
        return stored.get();
    }

    /** What is known of a submission once all is written. */
    @FunctionalInterface
    interface Pending {
        Stored get();
    }

    /**
     * Takes an event in.
     *
     * @param isAlone a repetition that the tables refuse is found at once; of several, it fails them all, to be written one by one
     */
    Pending add(Submission submission, Receivers receivers, boolean isAlone) throws SQLException {
        Optional<KnownEvent> known = find(submission);
        if (known.isPresent()) {
            return done(submission, known.get().again());
        }
        List<Place> places = places(submission, receivers.takers());
        Optional<Publication> refusal = refusal(places);
        if (refusal.isPresent()) {
            return done(submission, refusal.get());
        }
        var entry = new Entry(submission);
        newEvents.add(entry);
        if (isAlone && !writeEvents()) {
            // Another process was faster; or chance gave one webhook-id twice, and an event must not vanish for that.
            KnownEvent first = find(submission).orElseThrow(() -> new SQLException("webhook-id " + submission.message().text()
                    + " is another event's: chance (Environment.random) must not be seeded alike in two lives"));
            return done(submission, first.again());
        }
        for (Place place : places) {
            if (!place.verdict().takes() || !enter(entry, place.endpoint())) {
                balances.turnedAway(place.endpoint().id());
            }
        }
        receivers.filtered().forEach(endpoint -> balances.filtered(endpoint.id()));
        return () -> new Stored(submission, Publication.accepted(submission.message().text(), submission.explicitId(),
                Publication.Novelty.NEW), entry.ready, entry.claimed);
    }

    private static Pending done(Submission submission, Publication publication) {
        return () -> new Stored(submission, publication, List.of(), List.of());
    }

    /** Puts an event that is there into an endpoint's queue again. */
    static boolean enterAgain(Statements sql, Submission submission, Endpoint endpoint, long event, long nowMs) throws SQLException {
        var fanOut = new FanOut(sql, Handover.NONE, OutboxObserver.NONE, nowMs, nowMs);
        var entry = new Entry(submission);
        entry.event = event;
        boolean isIn = fanOut.enter(entry, endpoint);
        fanOut.finish();
        return isIn;
    }

    /** Writes all that has gathered. */
    void finish() throws SQLException {
        flush();
        balances.flush();
    }

    private Optional<KnownEvent> find(Submission submission) throws SQLException {
        if (submission.explicitId().isPresent()) {
            see(List.of(submission.tenant(), submission.event().source(), submission.explicitId()));
        }
        if (submission.idempotencyKey().isPresent()) {
            see(List.of(submission.tenant(), submission.idempotencyKey()));
        }
        Optional<KnownEvent> byId = submission.explicitId().isPresent() ? KnownEvent.byId(sql, submission) : Optional.empty();
        if (byId.isPresent() && submission.idempotencyKey().isPresent()) {
            byId.get().keep(sql, submission);
        }
        return byId.isPresent() || submission.idempotencyKey().isEmpty() ? byId : KnownEvent.byKey(sql, submission);
    }

    /** What has the same identity, and is not written yet, is written now. */
    private void see(List<Object> identity) throws SQLException {
        if (!unseen.add(identity)) {
            flush();
        }
    }

    private List<Place> places(Submission submission, List<Endpoint> receivers) throws SQLException {
        var places = new ArrayList<Place>();
        for (Endpoint endpoint : receivers) {
            // One that is not there was removed by a write before this one.
            balances.held(endpoint.id()).ifPresent(held -> places.add(
                    new Place(endpoint, held.judge(endpoint.spec().policy(), submission.event().size(), Long.MAX_VALUE))));
        }
        return places;
    }

    /** One that is full and gives nothing up refuses it for all; none that takes it, and it is not stored. */
    private static Optional<Publication> refusal(List<Place> places) {
        for (Place place : places) {
            if (place.verdict() == Verdict.BACK_PRESSURED) {
                return Optional.of(Publication.refused(PublishResult.BACK_PRESSURED, "the queue of endpoint " + place.endpoint().id()
                        + " is full (policy " + place.endpoint().spec().policy().text() + ")"));
            }
        }
        if (places.isEmpty() || places.stream().anyMatch(place -> place.verdict().takes())) {
            return Optional.empty();
        }
        boolean isTooLarge = places.stream().allMatch(place -> place.verdict() == Verdict.TOO_LARGE);
        return Optional.of(Publication.refused(isTooLarge ? PublishResult.TOO_LARGE : PublishResult.DROPPED,
                "no endpoint has room for it (policy " + places.getFirst().endpoint().spec().policy().text() + ")"));
    }

    /** Makes room as the policy says; what is being attempted right now is not given up, so there may be none. */
    private boolean enter(Entry entry, Endpoint endpoint) throws SQLException {
        Event event = entry.submission.event();
        while (true) {
            Verdict verdict = balances.held(endpoint.id()).orElseThrow().judge(endpoint.spec().policy(), event.size(), Long.MAX_VALUE);
            boolean isRoomMade = switch (verdict) {
                case ADMIT, SPILL -> {
                    plan(entry, endpoint);
                    yield false;
                }
                case EVICT_OLDEST -> {
                    flush();
                    busyKeys.forget();
                    yield DeliveryRows.evictOldest(sql, balances, endpoint.id(), LossReason.OVERFLOW);
                }
                case EVICT_SAME_KEY -> {
                    flush();
                    busyKeys.forget();
                    yield DeliveryRows.evictSameKey(sql, balances, endpoint.id(), event.topic(), event.key());
                }
                case WAIT, BACK_PRESSURED, DROP, TOO_LARGE -> false;
            };
            if (!isRoomMade) {
                return verdict == Verdict.ADMIT || verdict == Verdict.SPILL;
            }
        }
    }

    /** Ready, claimed, or parked behind others of its key. */
    private void plan(Entry entry, Endpoint endpoint) throws SQLException {
        Event event = entry.submission.event();
        String id = endpoint.id();
        Optional<String> orderKey = endpoint.spec().orderKey(event.key());
        BusyKeys.Last last = orderKey.isPresent() ? busyKeys.last(id, orderKey.get()) : BusyKeys.Last.NONE;
        boolean isBehind = last != BusyKeys.Last.NONE;
        Duration first = endpoint.spec().retry().first();
        int bytes = entry.submission.content().length;
        boolean isClaimed = first.isZero() && bytes <= MOST_HANDED_OVER && switch (last) {
            case NONE -> handover.takes(id, handedOver.getOrDefault(id, 0), bytes);
            case CLAIMED -> handover.takesBehind(endpoint, handedOverBehind.getOrDefault(id, 0));
            case WAITING -> false;
        };
        if (isClaimed) {
            (isBehind ? handedOverBehind : handedOver).merge(id, 1, Integer::sum);
        } else if (!isBehind) {
            entry.ready.add(id);
        }
        if (orderKey.isPresent()) {
            busyKeys.add(id, orderKey.get(), isClaimed ? BusyKeys.Last.CLAIMED : BusyKeys.Last.WAITING);
        }
        int evictable = DeliveryRows.isEvictable(endpoint.spec().policy()) ? 1 : 0;
        int state = isClaimed ? 1 : isBehind ? 2 : 0;
        newRows.add(new Row(entry, endpoint, orderKey, evictable, state, isBehind ? DeliveryRows.BEHIND : leaseMs,
                nowMs + first.toMillis(), event.ttl().map(Duration::toMillis).map(ttl -> nowMs + ttl)));
        balances.entered(id, event.size(), evictable);
    }

    private void flush() throws SQLException {
        if (!writeEvents()) {
            throw new SQLException("an event of a group is there already: they are to be written one by one");
        }
        List<Long> ids = sql.insertNumbered("INSERT INTO webhooks_delivery (event, endpoint, order_key, size, evictable, state, attempts,"
                + " due_ms, expires_ms, lease_ms) VALUES ", columns(newRows, this::columns), "");
        for (int i = 0; i < ids.size(); i++) {
            if (newRows.get(i).state == 1) {
                claim(newRows.get(i), ids.get(i));
            }
        }
        newRows.clear();
        unseen.clear();
    }

    private static <T> List<Object[]> columns(List<T> all, Function<T, Object[]> columns) {
        var rows = new ArrayList<Object[]>(all.size());
        all.forEach(one -> rows.add(columns.apply(one)));
        return rows;
    }

    private Object[] columns(Row row) {
        return new Object[] {row.entry.event, row.endpoint.id(), row.orderKey, row.entry.submission.event().size(), row.evictable,
            row.state, 0, row.dueMs, row.expiresMs, row.state == 1 ? Optional.of(row.leaseMs) : Optional.empty()};
    }

    private void claim(Row row, long id) {
        Submission submission = row.entry.submission;
        row.entry.claimed.add(new DueDelivery(id, row.entry.event, submission.message(), row.endpoint.id(),
                row.orderKey, 0, row.dueMs, row.expiresMs, Optional.empty(), row.leaseMs, submission.event().size(), row.evictable,
                submission.content()));
    }

    /** Says {@code false} if one of them is there already. */
    private boolean writeEvents() throws SQLException {
        if (newEvents.isEmpty()) {
            return true;
        }
        List<Long> ids = sql.insertNumbered("INSERT INTO webhooks_event (tenant, message, source, event_id, idempotency_key, topic,"
                + " event_key, content, at_ms) VALUES ", columns(newEvents, entry -> columns(entry.submission)), " ON CONFLICT DO NOTHING");
        boolean isNew = ids.size() == newEvents.size();
        if (isNew) {
            for (int i = 0; i < ids.size(); i++) {
                newEvents.get(i).event = ids.get(i);
            }
            observer.stored(sql, newEvents.stream().map(Entry::stored).toList());
        }
        newEvents.clear();
        return isNew;
    }

    private Object[] columns(Submission submission) {
        return new Object[] {submission.tenant(), submission.message().text(), submission.event().source(), submission.explicitId(),
            submission.idempotencyKey(), submission.event().topic(), submission.event().key(), submission.content(), nowMs};
    }
}
