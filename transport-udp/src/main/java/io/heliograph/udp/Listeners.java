package io.heliograph.udp;

import java.util.HashMap;
import java.util.Map;

/**
 * The subscribers that a publisher has heard of lately, at most {@code limits.receivers()}; further ones are counted and
 * not kept. Guarded by the publisher's lock.
 */
final class Listeners {

    /** One subscriber's last word. */
    private record Listener(long heardNs, long known, long lost, int subscriptions) {
    }

    /** What one subscriber may claim; the sum over a full table stays an {@code int}. */
    private static final int MAX_SUBSCRIPTIONS = 1_000;

    private final UdpLimits limits;
    private final Map<Long, Listener> byId = new HashMap<>();
    private long refused;

    Listeners(UdpLimits limits) {
        this.limits = limits;
    }

    void hear(long id, long known, long lost, int subscriptions, long nowNs) {
        if (byId.size() >= limits.receivers() && !byId.containsKey(id)) {
            refused++;
            return;
        }
        byId.put(id, new Listener(nowNs, known, lost, Math.clamp(subscriptions, 0, MAX_SUBSCRIPTIONS)));
    }

    void leave(long id) {
        byId.remove(id);
    }

    void forgetSilent(long nowNs) {
        byId.values().removeIf(listener -> nowNs - listener.heardNs() >= limits.silence().toNanos());
    }

    /** The subscriptions of all of them. */
    int count() {
        return byId.values().stream().mapToInt(Listener::subscriptions).sum();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** What all of them together say they lost. */
    long lost() {
        return byId.values().stream().mapToLong(Listener::lost).sum();
    }

    long refused() {
        return refused;
    }
}
