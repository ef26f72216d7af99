package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stores an event once, and a small row for each receiver that its policy lets it into. Runs inside a write; stateless. */
final class FanOut {

    /** What came of it, and whom it made something ready for. */
    record Stored(Publication publication, List<String> ready) {
    }

    private record Place(Endpoint endpoint, Verdict verdict) {
    }

    private FanOut() {
    }

    static Stored store(Statements sql, Submission submission, List<Endpoint> receivers, long nowMs) throws SQLException {
        Optional<String> known = find(sql, submission);
        if (known.isPresent()) {
            return new Stored(Publication.accepted(known.get(), Publication.Novelty.REPEATED), List.of());
        }
        List<Place> places = places(sql, submission, receivers);
        Optional<Publication> refusal = refusal(places);
        if (refusal.isPresent()) {
            return new Stored(refusal.get(), List.of());
        }
        Optional<Long> event = insert(sql, submission, nowMs);
        if (event.isEmpty()) {
            // Another process was faster; or chance gave one webhook-id twice, and an event must not vanish for that.
            String first = find(sql, submission).orElseThrow(() -> new SQLException("webhook-id " + submission.message()
                    + " is another event's: chance (Environment.random) must not be seeded alike in two lives"));
            return new Stored(Publication.accepted(first, Publication.Novelty.REPEATED), List.of());
        }
        var ready = new ArrayList<String>();
        for (Place place : places) {
            if (place.verdict().takes() && enter(sql, submission.event(), place.endpoint(), event.get(), nowMs)) {
                ready.add(place.endpoint().id());
            } else {
                DeliveryRows.turnedAway(sql, place.endpoint().id());
            }
        }
        return new Stored(Publication.accepted(submission.message(), Publication.Novelty.NEW), ready);
    }

    private static Optional<String> find(Statements sql, Submission submission) throws SQLException {
        if (submission.explicitId().isPresent()) {
            Optional<String> byId = sql.row("SELECT message FROM webhooks_event WHERE tenant = ? AND source = ? AND event_id = ?",
                    row -> row.getString(1), submission.tenant(), submission.event().source(), submission.explicitId());
            if (byId.isPresent()) {
                return byId;
            }
        }
        return submission.idempotencyKey().isEmpty() ? Optional.empty() : sql.row(
                "SELECT message FROM webhooks_event WHERE tenant = ? AND idempotency_key = ?", row -> row.getString(1),
                submission.tenant(), submission.idempotencyKey());
    }

    private static List<Place> places(Statements sql, Submission submission, List<Endpoint> receivers) throws SQLException {
        var places = new ArrayList<Place>();
        for (Endpoint endpoint : receivers) {
            // One that is not there was removed by a write before this one.
            DeliveryRows.held(sql, endpoint.id()).ifPresent(held -> places.add(
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

    private static Optional<Long> insert(Statements sql, Submission submission, long nowMs) throws SQLException {
        return sql.row("INSERT INTO webhooks_event (tenant, message, source, event_id, idempotency_key, topic, event_key, content, at_ms)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id", row -> row.getLong(1), submission.tenant(),
                submission.message(), submission.event().source(), submission.explicitId(), submission.idempotencyKey(),
                submission.event().topic(), submission.event().key(), submission.content(), nowMs);
    }

    /** Makes room as the policy says; what is being attempted right now is not given up, so there may be none. */
    static boolean enter(Statements sql, Event event, Endpoint endpoint, long row, long nowMs) throws SQLException {
        int size = event.size();
        while (true) {
            Verdict verdict = DeliveryRows.held(sql, endpoint.id()).orElseThrow()
                    .judge(endpoint.spec().policy(), size, Long.MAX_VALUE);
            boolean isRoomMade = switch (verdict) {
                case ADMIT, SPILL -> {
                    Optional<Long> expiresMs = event.ttl().map(Duration::toMillis).map(ttl -> nowMs + ttl);
                    DeliveryRows.insert(sql, row, endpoint, event.key(), size,
                            nowMs + endpoint.spec().retry().first().toMillis(), expiresMs);
                    yield false;
                }
                case EVICT_OLDEST -> DeliveryRows.evictOldest(sql, endpoint.id(), LossReason.OVERFLOW);
                case EVICT_SAME_KEY -> DeliveryRows.evictSameKey(sql, endpoint.id(), event.topic(), event.key());
                case WAIT, BACK_PRESSURED, DROP, TOO_LARGE -> false;
            };
            if (!isRoomMade) {
                return verdict == Verdict.ADMIT || verdict == Verdict.SPILL;
            }
        }
    }
}
