package io.heliograph.zmq;

import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import java.time.Duration;
import java.util.function.ObjLongConsumer;

/**
 * How a publisher's stream ends: whom it waits for yet, for how long, and what it gives up then. Guarded by the publisher's lock.
 *
 * <pre>
 *   close()                  nothing moves for `linger`                acknowledged, or `linger` later
 *     | what waits is sent ... | the rest of a lane is lost(closed) ...  | the sockets close
 *                              |   its account, then END                 |
 * </pre>
 */
final class Ending {

    /** Nobody is waited for longer, however alive. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private final ZmqLimits limits;
    private final FanOut fanOut;
    private final ObjLongConsumer<String> onGivenUp;
    private boolean hasBegun;
    private long begunNs;
    private long lastProgressNs;

    /** @param onGivenUp told who does not get so many events */
    Ending(ZmqLimits limits, FanOut fanOut, ObjLongConsumer<String> onGivenUp) {
        this.limits = limits;
        this.fanOut = fanOut;
        this.onGivenUp = onGivenUp;
    }

    /** No event comes any more. */
    void begin(long nowNs) {
        if (!hasBegun) {
            hasBegun = true;
            begunNs = nowNs;
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
     * Gives up what waits for those whose time is over. Who is waited for has until it is silent for so long that it is evicted;
     * the others, until nothing has moved for the linger time.
     */
    void giveUp(FlowPolicy policy, long nowNs) {
        if (!hasBegun) {
            return;
        }
        long stillNs = nowNs - lastProgressNs;
        long lingerNs = limits.linger().toNanos();
        boolean isOver = nowNs - begunNs >= LONGEST.toNanos();
        boolean isStill = isOver || stillNs >= (policy.waits() ? Math.max(lingerNs, limits.eviction().toNanos()) : lingerNs);
        if (!isStill) {
            return;
        }
        fanOut.plain().giveUpAll();
        for (RemoteSubscriber remote : fanOut.all()) {
            if (!remote.hasHeardEnd && !remote.isGivenUp && (isOver || !remote.lane.policy(policy).waits())) {
                giveUp(remote, nowNs);
            }
        }
    }

    private void giveUp(RemoteSubscriber remote, long nowNs) {
        remote.isGivenUp = true;
        long events = remote.lane.giveUpAll(LossReason.CLOSED);
        if (events > 0) {
            onGivenUp.accept(remote.name, events);
        }
        // There is word of it to be heard.
        lastProgressNs = nowNs;
    }

    /** Whether all have heard the end, but for those that were given up and do not answer. */
    boolean isDone(long nowNs) {
        if (!hasBegun || fanOut.plain().isWaiting()) {
            return false;
        }
        for (RemoteSubscriber remote : fanOut.all()) {
            if (!remote.hasHeardEnd && !(remote.isGivenUp && isUnheard(remote, nowNs))) {
                return false;
            }
        }
        return true;
    }

    private boolean isUnheard(RemoteSubscriber remote, long nowNs) {
        return !remote.isConnected || nowNs - lastProgressNs >= limits.linger().toNanos();
    }
}
