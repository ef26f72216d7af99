package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which keys of which endpoints have a delivery that waits or is under way, so that the next one of the same key goes behind it: what
 * the tables say, asked for many keys at once, and what the write has planned since. Confined to its write.
 */
final class BusyKeys {

    private static final String LAST_OF_KEYS = "SELECT order_key, state FROM webhooks_delivery WHERE id IN (SELECT max(id)"
            + " FROM webhooks_delivery WHERE endpoint = ? AND state <= 2 AND order_key IN ";

    private final Statements sql;
    private final Map<List<Object>, Last> known = new HashMap<>();

    /** How the last one of a key does. */
    enum Last {
        /** There is none. */
        NONE,
        /** Claimed; all before it are claimed too. */
        CLAIMED,
        /** In the queue, or parked. */
        WAITING
    }

    private record Found(String key, Last last) {
    }

    BusyKeys(Statements sql) {
        this.sql = sql;
    }

    /** Asks for several keys of an endpoint with few statements. */
    void ask(String endpoint, Set<String> keys) throws SQLException {
        List<String> unknown = keys.stream().filter(key -> !known.containsKey(List.of(endpoint, key))).toList();
        unknown.forEach(key -> known.put(List.of(endpoint, key), Last.NONE));
        sql.rowsOf(LAST_OF_KEYS, unknown, " GROUP BY order_key)", row -> new Found(row.getString(1),
                row.getInt(2) == 1 ? Last.CLAIMED : Last.WAITING), endpoint)
                .forEach(found -> known.put(List.of(endpoint, found.key), found.last));
    }

    /** How the last one of a key does. */
    Last last(String endpoint, String key) throws SQLException {
        Last last = known.get(List.of(endpoint, key));
        if (last == null) {
            ask(endpoint, Set.of(key));
            last = known.getOrDefault(List.of(endpoint, key), Last.NONE);
        }
        return last;
    }

    /** One more of a key is planned. */
    void add(String endpoint, String key, Last last) {
        known.put(List.of(endpoint, key), last);
    }

    /** Asks the tables again: something was given up, and all that is planned is written. */
    void forget() {
        known.clear();
    }
}
