package io.heliograph.alert;

import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.store.Statements;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Events that are to be matched, read in the order they were stored. Stateless. */
final class PendingRows {

    private static final int MOST_EVENTS = 128;
    private static final long MOST_BYTES = 8 << 20;

    private PendingRows() {
    }

    /**
     * What there is to do, as it was at one moment.
     *
     * @param generation of the searches
     * @param events     the first of those that are not under way
     * @param unreadable those that cannot be read
     */
    record Work(long generation, List<PendingEvent> events, List<Unreadable> unreadable) {
    }

    /** The row and the tenant of an event that cannot be read. */
    record Unreadable(long row, String tenant) {
    }

    private record Row(long event, String tenant, Optional<String> matchedTo, long bytes) {
    }

    static Work read(Statements sql, Set<Long> underWay) throws SQLException {
        // One statement may see what another does not yet: searches are looked at last.
        List<Row> rows = sql.rows("SELECT p.event, p.tenant, p.matched_to, length(e.content) FROM alerts_pending p JOIN webhooks_event e"
                + " ON e.id = p.event ORDER BY p.event LIMIT ?", row -> new Row(row.getLong(1), row.getString(2),
                Optional.ofNullable(row.getString(3)), row.getLong(4)), MOST_EVENTS + underWay.size());
        var first = new ArrayList<Row>();
        long bytes = 0;
        for (Row row : rows) {
            if (!underWay.contains(row.event) && first.size() < MOST_EVENTS) {
                bytes += row.bytes;
                if (bytes > MOST_BYTES && !first.isEmpty()) {
                    break;
                }
                first.add(row);
            }
        }
        Map<Long, Row> byId = new HashMap<>();
        first.forEach(row -> byId.put(row.event, row));
        var unreadable = new ArrayList<Unreadable>();
        var events = new ArrayList<PendingEvent>();
        sql.rowsOf("SELECT id, content, at_ms FROM webhooks_event WHERE id IN ", first.stream().map(Row::event).toList(), " ORDER BY id",
                row -> read(row, byId, unreadable)).forEach(one -> one.ifPresent(events::add));
        return new Work(SearchRows.generation(sql), events, unreadable);
    }

    private static Optional<PendingEvent> read(ResultSet row, Map<Long, Row> byId, List<Unreadable> unreadable) throws SQLException {
        long id = row.getLong(1);
        Row pending = byId.get(id);
        if (pending == null) {
            return Optional.empty();
        }
        byte[] content = row.getBytes(2);
        try {
            Event event = CloudEventJson.read(content);
            return Optional.of(new PendingEvent(id, pending.tenant, event, new String(content, StandardCharsets.UTF_8), row.getLong(3),
                    pending.matchedTo));
        } catch (CloudEventException e) {
            unreadable.add(new Unreadable(id, pending.tenant));
            return Optional.empty();
        }
    }
}
