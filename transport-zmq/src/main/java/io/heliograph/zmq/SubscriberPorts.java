package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    /** After ZeroMQ was full for a publisher. */
    private static final long AGAIN_NS = Duration.ofMillis(1).toNanos();

    /** What a follower has to say to the publisher at {@code to}. */
    private record Word(Follower of, Peer to, ByteBuffer message) {
    }

    /** A publisher at the other end, and who follows it, by their feeds' names. */
    private static final class Line {
        private final Peer peer;
        /** Never changed but replaced, since a handler may subscribe, or close its own subscription. */
        private Map<Long, Follower> followers = Map.of();
        /** That it has knocked with. */
        private long session;

        private Line(Peer peer) {
            this.peer = peer;
        }
    }

    private final ZmqConfig config;
    private final TellingLock lock;
    private final Environment environment;
    private final List<Feed> feeds = new ArrayList<>();
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final PlainLines plain;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Message message = new Message();
    private final PeerSocket.Receiver receiver = new Hearing();
    private final Map<Peer, Line> lines = new HashMap<>();
    private boolean isFull;
    private boolean isToldOfNoLast;
    private long nextDueNs;
    private volatile boolean isWoken;
    private volatile boolean isClosing;

    /** @param subscriptions all that there will be */
    SubscriberPorts(ZmqConfig config, Subscriptions subscriptions, TellingLock lock, Consumer<Throwable> onFailure,
            Environment environment) {
        this.config = config;
        this.lock = lock;
        this.environment = environment;
        this.sockets = new Sockets(config, failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        tally.refusals = sockets.refusals();
        this.loop = new SocketLoop("subscriber " + config.text(), this, onFailure);
        this.ports = new OwnPorts(config, sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, 0, 0),
                MessageLayout.mostBytesToSubscriber(config.limits()), GateRules.Kind.PUBLISHERS, environment.random());
        this.plain = new PlainLines(config, ports, subscriptions, lock, tally, environment);
        if (config.latecomers().from() == Latecomers.From.LIVE) {
            feeds.add(feed(subscriptions));
        }
    }

    private Feed feed(Subscriptions subscriptions) {
        return new Feed(environment.random().nextLong(), subscriptions, config.latecomers().from(), config.limits().peers());
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        loop.start(() -> {
            ports.open(environment.clock().nanoTime());
            if (!config.isInProcess()) {
                plain.open(sockets, loop);
            }
        });
    }

    /** The subscriptions have changed, or there is room. */
    void wakeUp() {
        isWoken = true;
        loop.wakeUp();
    }

    /** Under the lock: whether the room that a handler has made was waited for. */
    boolean isRoomWaitedFor() {
        for (Line line : lines.values()) {
            for (Follower follower : line.followers.values()) {
                if (follower.isRoomWaitedFor()) {
                    return true;
                }
            }
        }
        return plain.isRoomWaitedFor();
    }

    /** Under the lock: there is one subscription more. One that begins with last values has lanes of its own. */
    void add(Subscriptions.Opened opened) {
        if (config.latecomers().from() == Latecomers.From.LAST) {
            var alone = new Subscriptions();
            alone.add(opened.intake(), opened.interest(), opened.direct());
            Feed feed = feed(alone);
            feeds.add(feed);
            long nowNs = environment.clock().nanoTime();
            lines.values().forEach(line -> follow(line, feed, nowNs));
        }
    }

    private void follow(Line line, Feed feed, long nowNs) {
        Map<Long, Follower> more = new LinkedHashMap<>(line.followers);
        more.put(feed.subscriber(), new Follower(feed, line.session, config, tally, nowNs));
        line.followers = more;
    }

    private static void forgetDone(Line line) {
        Map<Long, Follower> rest = new LinkedHashMap<>(line.followers);
        rest.values().removeIf(Follower::isDone);
        line.followers = rest;
    }

    /** Under the lock: a subscription is gone. */
    void remove(Intake intake) {
        plain.remove(intake);
        lines.values().forEach(line -> line.followers.values().forEach(follower -> follower.remove(intake)));
        feeds.forEach(feed -> feed.subscriptions().remove(intake));
        feeds.removeIf(feed -> feed.asksLast() && feed.subscriptions().isEmpty());
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
        List<Word> words = new ArrayList<>(0);
        lock.lock();
        try {
            long due = Duration.ofDays(1).toNanos();
            long epochNanos = environment.wallClock().epochNanos();
            for (Line line : lines.values()) {
                boolean isConnected = ports.isConnected(line.peer);
                boolean isAnyDone = false;
                for (Follower follower : line.followers.values()) {
                    due = Math.min(due, follower.onTime(epochNanos, nowNs));
                    follower.due(isConnected, nowNs).ifPresent(message -> words.add(new Word(follower, line.peer, message)));
                    isAnyDone |= follower.isDone();
                }
                if (isAnyDone) {
                    forgetDone(line);
                }
            }
            nextDueNs = nowNs + due;
        } finally {
            lock.unlock();
        }
        boolean hasSent = send(words, nowNs);
        try {
            received += plain.turn(nowNs) ? 1 : 0;
            if (received == 0) {
                long untilDueNs = Math.min(ports.onTime(nowNs), plain.untilDueNs(nowNs));
                nextDueNs = Math.min(nextDueNs, nowNs + Math.min(untilDueNs, Duration.ofDays(1).toNanos()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received > 0 || hasSent;
    }

    /** Says whether any of them was taken. */
    private boolean send(List<Word> words, long nowNs) {
        boolean hasSent = false;
        for (Word word : words) {
            boolean isTaken = word.to().socket().send(word.to(), word.message()) == PeerSocket.Sent.TAKEN;
            hasSent |= isTaken;
            lock.lock();
            try {
                if (isTaken) {
                    tally.sent(word.message().capacity());
                } else {
                    word.of().onRefused(word.message());
                    nextDueNs = Math.min(nextDueNs, nowNs + AGAIN_NS);
                }
            } finally {
                lock.unlock();
            }
        }
        return hasSent;
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
        List<ByteBuffer> words = new ArrayList<>();
        List<Peer> to = new ArrayList<>();
        lock.lock();
        try {
            lines.values().stream().filter(line -> ports.isConnected(line.peer)).forEach(line ->
                    line.followers.values().stream().filter(Follower::isHelloSaid).forEach(follower -> {
                        words.add(follower.leave());
                        to.add(line.peer);
                    }));
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < words.size(); i++) {
            to.get(i).socket().send(to.get(i), words.get(i));
        }
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
                case KNOCK -> {
                    line.session = message.session();
                    line.followers.values().forEach(follower -> follower.knock(line.session, nowNs));
                }
                case WHO -> line.followers.forEach((name, follower) -> {
                    if (message.subscriber() == 0 || message.subscriber() == name) {
                        follower.knock(message.session(), nowNs);
                    }
                });
                case WELCOME, DATA, STATE, END -> takeOfLane(line, bytes, nowNs);
                case LOST -> {
                    if (config.isBinding()) {
                        line.followers.values().forEach(Follower::lose);
                        lines.remove(line.peer);
                    }
                }
                case HELLO, CREDIT, LEAVE -> tally.malformed(MalformedMessage.UNKNOWN_TYPE);
            }
        }

        private void takeOfLane(Line line, ByteBuffer bytes, long nowNs) {
            Follower follower = line.followers.get(message.subscriber());
            if (follower == null || !follower.isHelloSaid()) {
                tally.strays++;
                return;
            }
            if (message.type() == MessageType.WELCOME && follower.asksLast() && !message.isFlagged(MessageLayout.KEEPS_LAST)) {
                tellOfNoLast();
            }
            follower.take(bytes, environment.wallClock().epochNanos(), nowNs);
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

    private void tellOfNoLast() {
        if (!isToldOfNoLast) {
            isToldOfNoLast = true;
            lock.tellLater(environment, new Notice.Degraded(config.text(),
                    "from=last, but a publisher keeps no last values: begins live there; its address wants last-values=N"));
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
        var line = new Line(peer);
        feeds.forEach(feed -> follow(line, feed, nowNs));
        lines.put(peer, line);
        return Optional.of(line);
    }
}
