package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes rows of its own beside each event that an {@link Outbox} stores, in the transaction that stores it: they are there with the
 * event, or neither is. Runs on the store's thread, so it is quick; it has no effect but on the database, and may run twice.
 */
@FunctionalInterface
public interface OutboxObserver {

    /** Writes nothing. */
    OutboxObserver NONE = (sql, events) -> { };

    /**
     * Events are stored that were not there before, in this order. What it throws undoes them; a
     * {@link io.heliograph.store.StoreBusyException} refuses them as back-pressured.
     */
    void stored(Statements sql, List<StoredEvent> events) throws SQLException;

    /** Which of some old events are still needed, though no endpoint waits for them: these are not removed yet. */
    default List<Long> needed(Statements sql, List<Long> rows) throws SQLException {
        return List.of();
    }
}
