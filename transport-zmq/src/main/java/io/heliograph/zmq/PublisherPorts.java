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

    private final ZmqConfig config;
    private final long session;
    private final RemoteSubscribers remotes;
    private final TellingLock lock;
    private final Runnable onChange;
    private final Environment environment;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final PeerSocket.Receiver receiver = new Hearing();
    private Optional<PlainTraffic> plain = Optional.empty();
    private final LaneSender sender;
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
        this.environment = environment;
        this.sockets = new Sockets(config, failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        remotes.tally().refusals = sockets.refusals();
        this.sender = new LaneSender(config, session, remotes, lock, onChange, policy);
        this.loop = new SocketLoop("publisher " + config.text(), this, onFailure);
        this.ports = new OwnPorts(config, sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, session, 0),
                MessageLayout.mostBytesToPublisher(config.limits()), GateRules.Kind.OWN, environment.random());
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
        hasSent |= sender.turn(nowNs);
        if (sender.isDone()) {
            halt();
        }
        try {
            untilConnectNs = received == 0 ? ports.onTime(nowNs) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received > 0 || hasSent;
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
            SpinThenPark.lock(lock);
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
