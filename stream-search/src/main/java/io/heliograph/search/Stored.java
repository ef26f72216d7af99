package io.heliograph.search;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.monitor.MonitorQuery;

/**
 * A search that is registered.
 *
 * @param serial       no other has it, not even another with the same id
 * @param needs        the version of {@link Targets} from which on events have all that it looks at
 * @param isQuarantined whether it threw, and is left out since
 */
record Stored(Search search, StoredQuery query, long serial, long needs, AtomicBoolean isQuarantined) {

    private static final String SERIAL = "serial";
    private static final String NEEDS = "needs";
    /** The Monitor wants a text of each query that it stores; it is told the id alone. */
    private static final String NO_TEXT = "";

    CompiledQuery compiled() {
        return query.compiled();
    }

    MonitorQuery monitorQuery() {
        return new MonitorQuery(search.id(), query.lucene(), NO_TEXT,
                Map.of(SERIAL, Long.toString(serial), NEEDS, Long.toString(needs)));
    }

    static long serial(Map<String, String> metadata) {
        return Long.parseLong(metadata.getOrDefault(SERIAL, "0"));
    }

    static long needs(Map<String, String> metadata) {
        return Long.parseLong(metadata.getOrDefault(NEEDS, "0"));
    }
}
