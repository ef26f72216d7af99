package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.TransportException;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A subscriber's sockets and the thread that owns them: follows every publisher that it meets, and answers. What is said here
 * of others' calls is {@link #wakeUp}, {@link #remove} and {@link #close}; the rest belongs to that thread.
 */
final class SubscriberPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 64;

    /** A publisher at the other end. */
    private static final class Line {
        private final Peer peer;
        private final SessionReader reader;
        private boolean isHelloDue = true;
        private boolean isHelloSaid;
        private long helloNs;
        private int helloVersion;

        private Line(Peer peer, SessionReader reader) {
            this.peer = peer;
            this.reader = reader;
        }
    }

    private final ZmqConfig config;
    private final Subscriptions subscriptions;
    private final TellingLock lock;
    private final Environment environment;
    private final long subscriber;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final PlainLines plain;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Message message = new Message();
    private final PeerSocket.Receiver receiver = new Hearing();
    private final Map<Peer, Line> lines = new HashMap<>();
    private boolean isFull;
    private long nextDueNs;
    private volatile boolean isWoken;
    private volatile boolean isClosing;

    SubscriberPorts(ZmqConfig config, Subscriptions subscriptions, TellingLock lock, Consumer<Throwable> onFailure,
            Environment environment) {
        this.config = config;
        this.subscriptions = subscriptions;
        this.lock = lock;
        this.environment = environment;
        this.subscriber = environment.random().nextLong();
        this.sockets = new Sockets(config, failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        tally.refusals = sockets.refusals();
        try {
            this.loop = new SocketLoop("heliograph-zmq-subscriber " + config.text(), this, onFailure);
        } catch (IOException e) {
            throw new TransportException("cannot open a selector for " + config.text(), e);
        }
        this.ports = new OwnPorts(config, sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, 0, subscriber),
                MessageLayout.mostBytesToSubscriber(config.limits()), environment.random());
        this.plain = new PlainLines(config, ports, subscriptions, lock, tally, environment);
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        try {
            ports.open(environment.clock().nanoTime());
            if (!config.isInProcess()) {
                plain.open(sockets, loop);
            }
        } catch (IOException e) {
            abandon();
            throw new TransportException("cannot watch the sockets of " + config.text(), e);
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
        loop.start();
    }

    private void abandon() {
        end();
        loop.abandon();
    }

    /** The subscriptions have changed, or there is room. */
    void wakeUp() {
        isWoken = true;
        loop.wakeUp();
    }

    /** Under the lock: whether the room that a handler has made was waited for. */
    boolean isRoomWaitedFor() {
        for (Line line : lines.values()) {
            if (line.reader.isWaitedFor()) {
                return true;
            }
        }
        return plain.isRoomWaitedFor();
    }

    /** Under the lock: a subscription is gone. */
    void remove(Intake intake) {
        plain.remove(intake);
        lines.values().forEach(line -> line.reader.remove(intake));
    }

    ZmqCounters counters() {
        return tally.snapshot();
    }

    /** Says that it leaves, and waits until that is said. */
    void close() {
        isClosing = true;
        loop.stop();
        loop.join(ports.longestClose());
    }

    @Override
    public boolean turn() {
        isWoken = false;
        long nowNs = environment.clock().nanoTime();
        int received = ports.receive(receiver, MESSAGES_PER_TURN, nowNs);
        List<ByteBuffer> messages = new ArrayList<>(0);
        List<Line> to = new ArrayList<>(0);
        lock.lock();
        try {
            long due = Duration.ofDays(1).toNanos();
            long epochNanos = environment.wallClock().epochNanos();
            for (Line line : lines.values()) {
                line.reader.resume(epochNanos, nowNs);
                due = Math.min(due, line.reader.onTime(nowNs));
                if (isHelloDue(line, nowNs)) {
                    messages.add(hello(line, nowNs));
                    to.add(line);
                } else if (subscriptions.isEmpty() && line.isHelloSaid) {
                    line.isHelloSaid = false;
                    line.isHelloDue = true;
                    if (ports.isConnected(line.peer)) {
                        messages.add(leave(line));
                        to.add(line);
                    }
                    line.reader.leaveSession();
                } else if (line.isHelloSaid && ports.isConnected(line.peer) && line.reader.isCreditDue(nowNs)) {
                    messages.add(line.reader.takeCredit().write(line.reader.session(), subscriber));
                    to.add(line);
                }
            }
            nextDueNs = nowNs + due;
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < messages.size(); i++) {
            ByteBuffer out = messages.get(i);
            if (to.get(i).peer.socket().send(to.get(i).peer, out) == PeerSocket.Sent.TAKEN) {
                tallySent(out.capacity());
            }
        }
        try {
            received += plain.turn(nowNs) ? 1 : 0;
            if (received == 0) {
                long untilDueNs = Math.min(ports.onTime(nowNs), plain.untilDueNs(nowNs));
                nextDueNs = Math.min(nextDueNs, nowNs + Math.min(untilDueNs, Duration.ofDays(1).toNanos()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received > 0 || !messages.isEmpty();
    }

    private void tallySent(int bytes) {
        lock.lock();
        try {
            tally.sent(bytes);
        } finally {
            lock.unlock();
        }
    }

    private boolean isHelloDue(Line line, long nowNs) {
        if (subscriptions.isEmpty() || !ports.isConnected(line.peer)) {
            return false;
        }
        boolean isUnanswered = line.reader.session() == 0 && nowNs - line.helloNs >= config.limits().heartbeat().toNanos();
        return line.isHelloDue || line.helloVersion != subscriptions.version() || isUnanswered;
    }

    private ByteBuffer hello(Line line, long nowNs) {
        line.isHelloDue = false;
        line.isHelloSaid = true;
        line.helloNs = nowNs;
        line.helloVersion = subscriptions.version();
        SessionReader reader = line.reader;
        boolean isFollowing = reader.session() != 0 && !reader.isEnded();
        return new Hello(subscriptions.version(), subscriptions.count(), config.limits().windowBytes(),
                isFollowing ? reader.session() : 0, isFollowing ? reader.expected() : 0, reader.room(), subscriptions.policy(),
                config.text(), subscriptions.filters()).write(subscriber);
    }

    private ByteBuffer leave(Line line) {
        return ByteBuffer.wrap(MessageLayout.header(MessageType.LEAVE, 0, line.reader.session(), subscriber));
    }

    @Override
    public long untilDueNs() {
        return nextDueNs - environment.clock().nanoTime();
    }

    @Override
    public boolean isWaiting() {
        return isWoken;
    }

    @Override
    public void end() {
        List<Line> leaving;
        lock.lock();
        try {
            leaving = lines.values().stream().filter(line -> line.isHelloSaid && ports.isConnected(line.peer)).toList();
        } finally {
            lock.unlock();
        }
        leaving.forEach(line -> line.peer.socket().send(line.peer, leave(line)));
        ports.close();
        plain.close(loop);
        sockets.close();
    }

    /** Hears publishers. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer bytes) {
            long nowNs = environment.clock().nanoTime();
            lock.lock();
            try {
                tally.received(bytes.remaining());
                Optional<MalformedMessage> fault = message.wrap(bytes);
                if (fault.isPresent()) {
                    tally.malformed(fault.get());
                    return;
                }
                Optional<Line> line = line(from, nowNs);
                if (line.isPresent()) {
                    take(line.get(), bytes, nowNs);
                }
            } finally {
                lock.unlock();
            }
        }

        private void take(Line line, ByteBuffer bytes, long nowNs) {
            switch (message.type()) {
                case KNOCK, WHO -> {
                    line.reader.hear(nowNs);
                    line.isHelloDue = true;
                }
                case WELCOME, DATA, STATE, END -> {
                    if (message.subscriber() == subscriber && line.isHelloSaid) {
                        line.reader.take(bytes, environment.wallClock().epochNanos(), nowNs);
                    } else {
                        tally.strays++;
                    }
                }
                case LOST -> {
                    if (config.isBinding()) {
                        line.reader.leaveSession();
                        lines.remove(line.peer);
                    }
                }
                case HELLO, CREDIT, LEAVE -> tally.malformed(MalformedMessage.UNKNOWN_TYPE);
            }
        }

        @Override
        public void onParts(Peer from) {
            lock.lock();
            try {
                tally.malformed(MalformedMessage.SEVERAL_PARTS);
            } finally {
                lock.unlock();
            }
        }
    }

    /** The publisher at {@code peer}; a new one if there is place for it. */
    private Optional<Line> line(Peer peer, long nowNs) {
        Line known = lines.get(peer);
        if (known != null) {
            return Optional.of(known);
        }
        if (message.type() == MessageType.LOST) {
            return Optional.empty();
        }
        if (lines.size() >= config.limits().peers()) {
            tally.refusedPeers++;
            if (!isFull) {
                isFull = true;
                lock.tellLater(environment, new Notice.Degraded(config.text(),
                        "more than " + config.limits().peers() + " publishers want to be followed; new ones are not"));
            }
            return Optional.empty();
        }
        isFull = false;
        var line = new Line(peer, new SessionReader(subscriptions, config.limits(), tally, nowNs));
        lines.put(peer, line);
        return Optional.of(line);
    }
}
