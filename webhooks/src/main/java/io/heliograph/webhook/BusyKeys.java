package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which keys of which endpoints have a delivery that waits or is under way, so that the next one of the same key parks behind it: what
 * the tables say, asked for many keys at once, and what the write has planned since. Confined to its write.
 */
final class BusyKeys {

    private final Statements sql;
    private final Map<List<Object>, Boolean> known = new HashMap<>();

    BusyKeys(Statements sql) {
        this.sql = sql;
    }

    /** Asks for several keys of an endpoint with few statements. */
    void ask(String endpoint, Set<String> keys) throws SQLException {
        List<String> unknown = keys.stream().filter(key -> !known.containsKey(List.of(endpoint, key))).toList();
        Set<String> busy = new HashSet<>(sql.rowsOf("SELECT DISTINCT order_key FROM webhooks_delivery WHERE endpoint = ? AND state <= 2"
                + " AND order_key IN ", unknown, "", row -> row.getString(1), endpoint));
        unknown.forEach(key -> known.put(List.of(endpoint, key), busy.contains(key)));
    }

    /** Whether the next one of a key has one before it; from here on it is such a one itself. */
    boolean join(String endpoint, String key) throws SQLException {
        ask(endpoint, Set.of(key));
        return Boolean.TRUE.equals(known.put(List.of(endpoint, key), true));
    }

    /** Asks the tables again: something was given up, and all that is planned is written. */
    void forget() {
        known.clear();
    }
}
