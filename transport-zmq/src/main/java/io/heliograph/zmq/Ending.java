package io.heliograph.zmq;

import io.heliograph.flow.FlowPolicy;

/** How a publisher's stream ends: whom it waits for yet, and for how long. Guarded by the publisher's lock. */
final class Ending {

    private final ZmqLimits limits;
    private final FanOut fanOut;
    private boolean hasBegun;
    private long lastProgressNs;

    Ending(ZmqLimits limits, FanOut fanOut) {
        this.limits = limits;
        this.fanOut = fanOut;
    }

    /** No event comes any more. */
    void begin(long nowNs) {
        if (!hasBegun) {
            hasBegun = true;
            lastProgressNs = nowNs;
        }
    }

    boolean hasBegun() {
        return hasBegun;
    }

    /** Somebody has come further. */
    void progress(long nowNs) {
        lastProgressNs = nowNs;
    }

    /**
     * Whether all have heard the end. Who is waited for is so here too, until it is silent for so long that it is evicted; the
     * others, until nothing has moved for the linger time.
     */
    boolean isDone(FlowPolicy policy, long nowNs) {
        if (!hasBegun) {
            return false;
        }
        boolean isAnyLeft = fanOut.plain().isWaiting();
        for (RemoteSubscriber remote : fanOut.all()) {
            if (!remote.hasHeardEnd) {
                if (remote.lane.policy(policy).waits()) {
                    return false;
                }
                isAnyLeft = true;
            }
        }
        long lingerNs = limits.linger().toNanos();
        return !isAnyLeft || nowNs - lastProgressNs >= (policy.waits() ? Math.max(lingerNs, limits.eviction().toNanos()) : lingerNs);
    }
}
