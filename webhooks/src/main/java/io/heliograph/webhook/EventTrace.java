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
 * @param topic      its topic
 * @param published  when it came to the outbox
 * @param deliveries to whom, the first of them first; at most {@value #MOST}
 */
public record EventTrace(MessageId message, String topic, Instant published, List<Leg> deliveries) {

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
    }

    static Optional<EventTrace> read(Statements sql, String tenant, String id) throws SQLException {
        Optional<Long> byMessage = sql.row("SELECT id FROM webhooks_event WHERE message = ? AND tenant = ?", r -> r.getLong(1), id, tenant);
        Optional<Long> row = byMessage.isPresent() ? byMessage : sql.row("SELECT id FROM webhooks_event WHERE tenant = ? AND event_id = ?"
                + " AND event_id IS NOT NULL ORDER BY id DESC LIMIT 1", r -> r.getLong(1), tenant, id);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        List<Leg> legs = sql.rows("SELECT endpoint, state, reason, attempts, due_ms FROM webhooks_delivery WHERE event = ? ORDER BY id"
                + " LIMIT ?", r -> new Leg(r.getString(1), STATES.get(r.getInt(2)), Optional.ofNullable(r.getString(3)), r.getInt(4),
                Instant.ofEpochMilli(r.getLong(5))), row.get(), MOST);
        return sql.row("SELECT message, topic, at_ms FROM webhooks_event WHERE id = ?", r -> new EventTrace(
                new MessageId(r.getString(1)), r.getString(2), Instant.ofEpochMilli(r.getLong(3)), legs), row.get());
    }
}
