package io.heliograph.udp;

import java.util.HashMap;
import java.util.Map;

/**
 * The subscribers that a publisher has heard of lately, at most {@code limits.receivers()}; further ones are counted and
 * not kept. Guarded by the publisher's lock.
 */
final class Listeners {

    /** One subscriber's last word. */
    private record Listener(long heardNs, long known, long lost) {
    }

    private final UdpLimits limits;
    private final Map<Long, Listener> byId = new HashMap<>();
    private long refused;

    Listeners(UdpLimits limits) {
        this.limits = limits;
    }

    void hear(long id, long known, long lost, long nowNs) {
        if (byId.size() >= limits.receivers() && !byId.containsKey(id)) {
            refused++;
            return;
        }
        byId.put(id, new Listener(nowNs, known, lost));
    }

    void leave(long id) {
        byId.remove(id);
    }

    void forgetSilent(long nowNs) {
        byId.values().removeIf(listener -> nowNs - listener.heardNs() >= limits.silence().toNanos());
    }

    int count() {
        return byId.size();
    }

    /** What all of them together say they lost. */
    long lost() {
        return byId.values().stream().mapToLong(Listener::lost).sum();
    }

    long refused() {
        return refused;
    }
}
