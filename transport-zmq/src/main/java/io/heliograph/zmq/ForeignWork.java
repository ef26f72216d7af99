package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameDecoder;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Work for foreign peers: all of them together are one member of a group of their own, as long as one takes something. What
 * their socket has taken counts as acknowledged; ZeroMQ tells no more.
 *
 * <p>Confined to the thread that owns the sockets; takes the publisher's lock for what others touch.
 */
final class ForeignWork {

    private static final int MESSAGES_PER_TURN = 256;
    /** Held beyond what the socket holds. */
    private static final int CREDIT = 64;
    private static final long AGAIN_NS = Duration.ofMillis(10).toNanos();
    private static final String NAME = "foreign peers";

    private final PushSocket push;
    private final WorkConfig config;
    private final long session;
    private final WorkGroups groups;
    private final TellingLock lock;
    private final Environment environment;
    private final FrameDecoder decoder = new FrameDecoder();
    private Optional<RemoteWorker> worker = Optional.empty();
    /** Whether the socket was seen to take something since something was sent. */
    private boolean isIdle = true;
    private boolean isStalled;
    /** Whether somebody is there who has yet to show a key. */
    private boolean isProofAwaited;
    private long stalledSinceNs;

    ForeignWork(PushSocket push, WorkConfig config, long session, WorkGroups groups, TellingLock lock, Environment environment) {
        this.push = push;
        this.config = config;
        this.session = session;
        this.groups = groups;
        this.lock = lock;
        this.environment = environment;
    }

    SelectableChannel channel() {
        return push.channel();
    }

    /** Under the lock: whether somebody is there. */
    boolean isWorking() {
        return worker.isPresent();
    }

    /** Sees who is there; says whether that is news. */
    boolean follow(long nowNs) {
        boolean isReady = push.isReady();
        isProofAwaited = !isReady && push.isTaking();
        lock.lock();
        try {
            if (isReady) {
                isIdle = true;
                isStalled = false;
                return worker.isEmpty() && join(nowNs);
            }
            if (worker.isEmpty()) {
                return false;
            }
            if (isIdle) {
                // Nothing has been sent since it would have taken something: nobody is there any more.
                leave(nowNs);
                return true;
            }
            if (!isStalled) {
                isStalled = true;
                stalledSinceNs = nowNs;
            }
            if (nowNs - stalledSinceNs < config.limits().eviction().toNanos()) {
                return false;
            }
            lock.tellLater(environment, new Notice.SubscriberEvicted(config.text(), NAME));
            leave(nowNs);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean join(long nowNs) {
        worker = groups.foreign().map(group -> new RemoteWorker(0, new DealerSocket().peer(), NAME, group, CREDIT, nowNs));
        worker.ifPresent(groups::join);
        return worker.isPresent();
    }

    private void leave(long nowNs) {
        RemoteWorker gone = worker.orElseThrow();
        for (Task task : new ArrayList<>(gone.held.values())) {
            gone.group.settle(gone, new Settlement(Settlement.Kind.RELEASED, task.number(), task.sequence()));
        }
        groups.leave(gone, "nobody took it", nowNs);
        worker = Optional.empty();
    }

    /** Sends what has been handed out; says whether there was anything. */
    boolean turn() {
        int sent = 0;
        while (sent < MESSAGES_PER_TURN && send()) {
            sent++;
        }
        return sent > 0;
    }

    private boolean send() {
        Optional<Task> next;
        lock.lock();
        try {
            next = worker.filter(there -> !there.outgoing.isEmpty()).map(there -> there.outgoing.getFirst());
        } finally {
            lock.unlock();
        }
        if (next.isEmpty() || !push.send(message(next.get()))) {
            return false;
        }
        isIdle = push.isReady();
        lock.lock();
        try {
            RemoteWorker there = worker.orElseThrow();
            there.group.settle(there, new Settlement(Settlement.Kind.ACKNOWLEDGED, next.get().number(), next.get().sequence()));
        } finally {
            lock.unlock();
        }
        return true;
    }

    private PlainMessage message(Task task) {
        Event event = task.parcel.event(decoder);
        return config.zmq().hasHeader()
                ? PlainEvents.write(event, new Position(session, task.sequence()), environment.wallClock().epochNanos())
                : PlainEvents.write(event);
    }

    /** Under the lock: how long until it should be looked at again. */
    long untilDueNs() {
        return isProofAwaited || worker.filter(there -> !there.outgoing.isEmpty()).isPresent() ? AGAIN_NS : Long.MAX_VALUE;
    }

    void close() {
        push.close();
    }
}
