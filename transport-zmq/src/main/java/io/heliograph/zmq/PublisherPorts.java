package io.heliograph.zmq;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A publisher's sockets and the thread that owns them: hears subscribers, and sends each what it is due. Everything but
 * {@link #wakeUp} and {@link #close} belongs to that thread.
 */
final class PublisherPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 256;
    /** Then the others have their turn. */
    private static final int FRAMES_PER_TURN = 32;
    /** While there is enough to send, publishers that wait hear of room so often only: who is woken for each frame fills it, and waits again. */
    private static final int TURNS_UNTIL_TOLD = 4;

    private final ZmqConfig config;
    private final long session;
    private final RemoteSubscribers remotes;
    private final TellingLock lock;
    private final Runnable onChange;
    private final Supplier<FlowPolicy> policy;
    private final Environment environment;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final PeerSocket.Receiver receiver = new Hearing();
    private Optional<PlainTraffic> plain = Optional.empty();
    private boolean hasMadeRoom;
    private int turnsSinceTold;
    private long untilConnectNs;
    private volatile boolean isDone;

    /**
     * @param onChange  called under the lock when a lane has room, or the subscribers are others
     * @param onFailure told what ended the thread, or one of ZeroMQ's
     */
    PublisherPorts(ZmqConfig config, long session, RemoteSubscribers remotes, TellingLock lock, Runnable onChange,
            Supplier<FlowPolicy> policy, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.session = session;
        this.remotes = remotes;
        this.lock = lock;
        this.onChange = onChange;
        this.policy = policy;
        this.environment = environment;
        this.sockets = new Sockets(config, failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        remotes.tally().refusals = sockets.refusals();
        this.loop = new SocketLoop("publisher " + config.text(), this, onFailure);
        this.ports = new OwnPorts(config, sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, session, 0),
                MessageLayout.mostBytesToPublisher(config.limits()), environment.random());
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        isDone = true;
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        loop.start(() -> {
            // This one first: who finds the plain port open and this one shut knows that it talks to a foreign peer.
            ports.open(environment.clock().nanoTime());
            if (!config.isInProcess()) {
                plain = Optional.of(new PlainTraffic(sockets.plainOutlet(), ports, config, remotes, lock, onChange, environment));
                loop.watch(plain.get().channel());
            }
        });
    }

    /** Something waits to be sent. */
    void wakeUp() {
        loop.wakeUp();
    }

    /** Whether the sockets are closed on purpose. */
    boolean isDone() {
        return isDone;
    }

    /** Waits until the end has been said. */
    void close(Duration longest) {
        loop.wakeUp();
        loop.join(longest);
    }

    @Override
    public boolean turn() {
        long nowNs = environment.clock().nanoTime();
        int received = ports.receive(receiver, MESSAGES_PER_TURN, nowNs);
        boolean hasSent = plain.isPresent() && plain.get().turn(nowNs);
        for (RemoteSubscriber remote : due(nowNs)) {
            for (int i = 0; i < FRAMES_PER_TURN && send(remote, nowNs); i++) {
                hasSent = true;
            }
        }
        try {
            untilConnectNs = received == 0 ? ports.onTime(nowNs) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (hasMadeRoom && (!hasSent || ++turnsSinceTold >= TURNS_UNTIL_TOLD)) {
            tellOfRoom();
        }
        return received > 0 || hasSent;
    }

    private void tellOfRoom() {
        hasMadeRoom = false;
        turnsSinceTold = 0;
        lock.lock();
        try {
            onChange.run();
        } finally {
            lock.unlock();
        }
    }

    private RemoteSubscriber[] due(long nowNs) {
        lock.lock();
        try {
            if (remotes.evictSilent(nowNs)) {
                onChange.run();
            }
            if (remotes.isDone(policy.get(), nowNs)) {
                isDone = true;
                loop.stop();
            }
            return remotes.all();
        } finally {
            lock.unlock();
        }
    }

    /** Sends the next of what {@code remote} is due; says {@code false} if there was nothing, or it was not taken. */
    private boolean send(RemoteSubscriber remote, long nowNs) {
        RemoteSubscriber.Due due;
        ByteBuffer message;
        Peer peer;
        lock.lock();
        try {
            due = remote.due(remotes.isClosing(), config.limits().heartbeat().toNanos(), nowNs);
            if (due == RemoteSubscriber.Due.NOTHING) {
                return false;
            }
            peer = remote.peer;
            message = message(remote, due);
            hasMadeRoom |= due == RemoteSubscriber.Due.FRAME;
        } finally {
            lock.unlock();
        }
        PeerSocket.Sent sent = peer.socket().send(peer, message);
        lock.lock();
        try {
            switch (sent) {
                case TAKEN -> {
                    remote.onSent(due, nowNs);
                    remotes.tally().sent(message.capacity());
                }
                case FULL, GONE -> {
                    if (due == RemoteSubscriber.Due.FRAME) {
                        remote.lane.putBack();
                    }
                    remote.onRefused(sent, nowNs);
                }
            }
        } finally {
            lock.unlock();
        }
        return sent == PeerSocket.Sent.TAKEN;
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

    @Override
    public long untilDueNs() {
        lock.lock();
        try {
            long nowNs = environment.clock().nanoTime();
            long untilPlainNs = plain.isPresent() ? plain.get().untilDueNs(nowNs) : Long.MAX_VALUE;
            return Math.min(untilPlainNs, Math.min(untilConnectNs, remotes.untilDueNs(nowNs)));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isWaiting() {
        return untilDueNs() <= 0;
    }

    @Override
    public void end() {
        isDone = true;
        ports.close();
        plain.ifPresent(traffic -> {
            try {
                loop.ignore(traffic.channel());
            } catch (IOException e) {
                // It is closed next.
            }
            traffic.close();
        });
        sockets.close();
    }

    /** Hears subscribers. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer message) {
            boolean isStranger;
            lock.lock();
            try {
                RemoteSubscribers.Change change = remotes.receive(from, message, environment.clock().nanoTime());
                isStranger = change == RemoteSubscribers.Change.STRANGER;
                if (change == RemoteSubscribers.Change.ROOM) {
                    onChange.run();
                }
            } finally {
                lock.unlock();
            }
            if (isStranger) {
                from.socket().send(from, PublisherMessages.who(session, message.getLong(MessageLayout.SUBSCRIBER_AT)));
            }
        }

        @Override
        public void onParts(Peer from) {
            lock.lock();
            try {
                remotes.tally().malformed(MalformedMessage.SEVERAL_PARTS);
            } finally {
                lock.unlock();
            }
        }
    }
}
