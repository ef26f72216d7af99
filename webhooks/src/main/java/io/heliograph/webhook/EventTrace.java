package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where an event went.
 *
 * @param message    its {@code webhook-id}
 * @param source     who published it
 * @param eventId    the id that its publisher gave it
 * @param topic      its topic
 * @param published  when it came to the outbox
 * @param deliveries to whom, the first of them first; at most {@value #MOST}
 * @param namesakes  other sources' events of the id that was asked for, the latest first
 */
public record EventTrace(MessageId message, String source, Optional<String> eventId, String topic, Instant published,
        List<Leg> deliveries, List<MessageId> namesakes) {

    /** The most deliveries that are told. */
    public static final int MOST = 1_000;

    private static final List<String> STATES = List.of("ready", "leased", "parked", "delivered", "lost");

    /**
     * Its way to one endpoint.
     *
     * @param state    {@code ready}, {@code leased} (an attempt runs or is about to), {@code parked} (behind another of its key),
     *                 {@code delivered} or {@code lost}
     * @param reason   why it was lost
     * @param attempts how many were made
     * @param due      when the next one is due, or the last one was
     */
    public record Leg(String endpoint, String state, Optional<String> reason, int attempts, Instant due) {
    }

    public EventTrace {
        deliveries = List.copyOf(deliveries);
        namesakes = List.copyOf(namesakes);
    }

    static Optional<EventTrace> read(Statements sql, String tenant, String id, Optional<String> source) throws SQLException {
        Optional<Long> byMessage = sql.row("SELECT id FROM webhooks_event WHERE message = ? AND tenant = ?", r -> r.getLong(1), id, tenant);
        // Of one tenant's events with an id all are looked through.
        List<Long> named = byMessage.isPresent() || source.isPresent() ? List.of() : sql.rows("SELECT id FROM webhooks_event WHERE tenant = ?"
                + " AND event_id = ? AND event_id IS NOT NULL ORDER BY id DESC LIMIT ?", r -> r.getLong(1), tenant, id, MOST);
        Optional<Long> row = source.isPresent() ? bySource(sql, tenant, id, source.get(), byMessage)
                : byMessage.or(() -> named.stream().findFirst());
        if (row.isEmpty()) {
            return Optional.empty();
        }
        List<Leg> legs = sql.rows("SELECT endpoint, state, reason, attempts, due_ms FROM webhooks_delivery WHERE event = ? ORDER BY id"
                + " LIMIT ?", r -> new Leg(r.getString(1), STATES.get(r.getInt(2)), Optional.ofNullable(r.getString(3)), r.getInt(4),
                Instant.ofEpochMilli(r.getLong(5))), row.get(), MOST);
        List<MessageId> namesakes = sql.rowsOf("SELECT message FROM webhooks_event WHERE id IN ", named.subList(Math.min(1, named.size()),
                named.size()), " ORDER BY id DESC", r -> new MessageId(r.getString(1)));
        return sql.row("SELECT message, source, event_id, topic, at_ms FROM webhooks_event WHERE id = ?", r -> new EventTrace(
                new MessageId(r.getString(1)), r.getString(2), Optional.ofNullable(r.getString(3)), r.getString(4),
                Instant.ofEpochMilli(r.getLong(5)), legs, namesakes), row.get());
    }

    private static Optional<Long> bySource(Statements sql, String tenant, String id, String source, Optional<Long> byMessage)
            throws SQLException {
        Optional<Long> named = sql.row("SELECT id FROM webhooks_event WHERE tenant = ? AND source = ? AND event_id = ?",
                r -> r.getLong(1), tenant, source, id);
        return named.isPresent() || byMessage.isEmpty() ? named
                : sql.row("SELECT id FROM webhooks_event WHERE id = ? AND source = ?", r -> r.getLong(1), byMessage.get(), source);
    }
}
