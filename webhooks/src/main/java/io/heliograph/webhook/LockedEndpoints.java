package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Endpoints whose secrets do not open, since their master key is lost or they were changed. Thread-safe. */
final class LockedEndpoints {

    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    /** @throws ConfigException if not one opens: the master key is another one then, or gone, and nothing is to be written with it */
    static void requireOneOpen(List<EndpointRows.Opened> all) {
        if (!all.isEmpty() && all.stream().allMatch(one -> one.locked().isPresent())) {
            throw new ConfigException("master key", "the one that is here", "one that opens a secret of this store: "
                    + all.getFirst().locked().get());
        }
    }

    /** Says how one is to be shown: its events gather until its key is back. */
    Endpoint admit(Endpoint endpoint, String why) {
        ids.add(endpoint.id());
        return endpoint.isActive() ? endpoint.with(EndpointState.PAUSED, why) : endpoint;
    }

    boolean contains(String id) {
        return ids.contains(id);
    }

    /** It has other secrets now, or is gone. */
    void remove(String id) {
        ids.remove(id);
    }
}
