package io.heliograph.zmq;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sends each own subscriber what it is due. It looks at the lanes once for many frames, and once more when ZeroMQ has taken them:
 * the lock is the publishing threads', who hold it most of the time while they are fast. Confined to the thread that owns the
 * sockets.
 */
final class LaneSender {

    /** Then the others have their turn. */
    private static final int FRAMES_PER_TURN = 64;
    /** Where more is to gather before the lanes are looked at again. */
    private static final int YIELDS_PER_TURN = 8;
    /** While there is enough to send, publishers that wait hear of room so often only: who is woken for each frame fills it, and waits again. */
    private static final int TURNS_UNTIL_TOLD = 4;
    /** How often lanes that hang are looked for. */
    private static final long REST_NS = Duration.ofMillis(50).toNanos();

    /** What is about to be sent. */
    private record Outgoing(RemoteSubscriber to, RemoteSubscriber.Due due, Peer peer, ByteBuffer message) {
    }

    private final ZmqConfig config;
    private final long session;
    private final RemoteSubscribers remotes;
    private final TellingLock lock;
    private final Runnable onChange;
    private final Supplier<FlowPolicy> policy;
    private final List<Outgoing> outgoing = new ArrayList<>();
    /** What became of each, as far as it was tried. */
    private final List<PeerSocket.Sent> sent = new ArrayList<>();
    private final EventFrames frames = new EventFrames();
    private boolean isGathering;
    private boolean hasMadeRoom;
    private long restedNs;
    private int turnsSinceTold;
    private boolean isDone;

    /** @param onChange called under the lock when a lane has room, or the subscribers are others */
    LaneSender(ZmqConfig config, long session, RemoteSubscribers remotes, TellingLock lock, Runnable onChange,
            Supplier<FlowPolicy> policy) {
        this.config = config;
        this.session = session;
        this.remotes = remotes;
        this.lock = lock;
        this.onChange = onChange;
        this.policy = policy;
    }

    /** Whether the end has been said to all, or nobody is left to hear it. */
    boolean isDone() {
        return isDone;
    }

    /** Sends what is due; says whether anything was taken. */
    boolean turn(long nowNs) {
        SpinThenPark.lock(lock);
        try {
            if (remotes.evictSilent(nowNs)) {
                onChange.run();
            }
            remotes.ending().giveUp(policy.get(), nowNs);
            isDone = remotes.ending().isDone(nowNs);
            isGathering = false;
            for (RemoteSubscriber remote : remotes.fanOut().all()) {
                gather(remote, nowNs);
            }
            if (nowNs - restedNs >= REST_NS && !remotes.ending().hasBegun()) {
                restedNs = nowNs;
                remotes.fanOut().rest();
            }
            if (outgoing.isEmpty()) {
                tellOfRoom();
            }
        } finally {
            lock.unlock();
        }
        if (outgoing.isEmpty()) {
            if (isGathering) {
                giveWay();
            }
            return isGathering;
        }
        send();
        SpinThenPark.lock(lock);
        try {
            return settle(nowNs);
        } finally {
            outgoing.clear();
            sent.clear();
            lock.unlock();
        }
    }

    /** To those that publish: each look at the lanes takes the lock from them. */
    private static void giveWay() {
        for (int i = 0; i < YIELDS_PER_TURN; i++) {
            Thread.yield();
        }
    }

    private void gather(RemoteSubscriber remote, long nowNs) {
        for (int i = 0; i < FRAMES_PER_TURN; i++) {
            RemoteSubscriber.Due due = remote.due(remotes.ending().hasBegun(), config.limits().heartbeat().toNanos(), nowNs);
            if (due == RemoteSubscriber.Due.NOTHING) {
                if (i == 0) {
                    isGathering |= remote.idle() && !remotes.ending().hasBegun();
                }
                return;
            }
            // What is due beside frames depends on whether the one before was taken.
            if (i > 0 && (due != RemoteSubscriber.Due.FRAME || remote.lane.isFewReady())) {
                return;
            }
            if (due == RemoteSubscriber.Due.FRAME && !remotes.ending().hasBegun() && remote.isGathering()) {
                isGathering = true;
                return;
            }
            outgoing.add(new Outgoing(remote, due, remote.peer, message(remote, due)));
            if (due != RemoteSubscriber.Due.FRAME) {
                return;
            }
            hasMadeRoom = true;
        }
    }

    private ByteBuffer message(RemoteSubscriber remote, RemoteSubscriber.Due due) {
        Lane lane = remote.lane;
        return switch (due) {
            case WELCOME -> PublisherMessages.welcome(session, lane.subscriber(), remote.welcomeFlags(remotes.keepsLast()),
                    remote.welcomeSequence, lane.told());
            case HEARTBEAT -> PublisherMessages.state(session, lane.subscriber(), lane.place(), lane.told());
            case FRAME -> lane.take().orElseThrow();
            case END -> PublisherMessages.end(session, lane.subscriber(), lane.next());
            case NOTHING -> throw new IllegalStateException("nothing is due");
        };
    }

    /** Behind one that is refused nothing more goes to the same subscriber. */
    private void send() {
        for (int i = 0; i < outgoing.size(); i++) {
            Outgoing each = outgoing.get(i);
            boolean isRefused = i > 0 && outgoing.get(i - 1).to() == each.to() && sent.get(i - 1) != PeerSocket.Sent.TAKEN;
            sent.add(isRefused ? sent.get(i - 1) : send(each));
        }
    }

    private PeerSocket.Sent send(Outgoing each) {
        PeerSocket socket = each.peer().socket();
        if (!config.limits().isEachAlone()) {
            return socket.send(each.peer(), each.message());
        }
        frames.cut(each.message());
        return socket.send(each.peer(), frames);
    }

    private boolean settle(long nowNs) {
        boolean isAnyTaken = false;
        for (int i = outgoing.size() - 1; i >= 0; i--) {
            Outgoing each = outgoing.get(i);
            if (sent.get(i) == PeerSocket.Sent.TAKEN) {
                isAnyTaken = true;
                each.to().onSent(each.due(), nowNs);
                remotes.tally().sent(frames(each.message()), each.message().capacity());
            } else {
                if (each.due() == RemoteSubscriber.Due.FRAME) {
                    each.to().lane.putBack();
                }
                each.to().onRefused(sent.get(i), nowNs);
            }
        }
        if (!isAnyTaken || ++turnsSinceTold >= TURNS_UNTIL_TOLD) {
            tellOfRoom();
        }
        return isAnyTaken;
    }

    /** How many frames it was to ZeroMQ. */
    private int frames(ByteBuffer message) {
        if (!config.limits().isEachAlone()) {
            return 1;
        }
        frames.cut(message);
        return frames.left();
    }

    private void tellOfRoom() {
        if (hasMadeRoom) {
            hasMadeRoom = false;
            turnsSinceTold = 0;
            onChange.run();
        }
    }
}
