package io.heliograph.alert;

import io.heliograph.store.Statements;
import io.heliograph.webhook.OutboxObserver;
import io.heliograph.webhook.StoredEvent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notes that an event is to be matched, in the transaction that stores it, so that neither is there without the other. Events of
 * tenants without searches are not noted. Stateless.
 */
final class PendingEvents implements OutboxObserver {

    static final PendingEvents OBSERVER = new PendingEvents();

    private PendingEvents() {
    }

    @Override
    public void stored(Statements sql, List<StoredEvent> events) throws SQLException {
        Map<String, Boolean> searching = new HashMap<>();
        var rows = new ArrayList<Object[]>();
        for (StoredEvent event : events) {
            Boolean isSearching = searching.get(event.tenant());
            if (isSearching == null) {
                isSearching = SearchRows.count(sql, event.tenant()) > 0;
                searching.put(event.tenant(), isSearching);
            }
            if (isSearching) {
                rows.add(new Object[] {event.row(), event.tenant()});
            }
        }
        sql.insert("INSERT INTO alerts_pending (event, tenant) VALUES ", rows);
    }

    @Override
    public List<Long> needed(Statements sql, List<Long> rows) throws SQLException {
        List<Long> needed = sql.rowsOf("SELECT event FROM alerts_pending WHERE event IN ", rows, "", row -> row.getLong(1));
        needed.addAll(sql.rowsOf("SELECT DISTINCT event FROM alerts_gathered WHERE event IN ", rows, "", row -> row.getLong(1)));
        needed.addAll(sql.rowsOf("SELECT DISTINCT a.event FROM alerts_alert a JOIN alerts_outgoing o ON o.alert = a.id WHERE a.event IN ", rows,
                "", row -> row.getLong(1)));
        return needed;
    }
}
