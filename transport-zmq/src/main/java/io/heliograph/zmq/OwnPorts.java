package io.heliograph.zmq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The sockets at which one side of an address meets own peers: it waits at all its endpoints, or connects to each. Confined to
 * the thread that owns the sockets, once that has started.
 *
 * <p>One that connects is opened anew when it hears nothing for long, and soon when nobody has knocked yet: of a hundred
 * connections between two JeroMQ 0.6.0 some never get through their greetings, on which it gives up only after the handshake's
 * limit; a peer that once spoke something else it gives up for ever; and within a process it never connects again.
 */
final class OwnPorts {

    /** How long the first knock may take, at first; twice as long each time. */
    private static final long LEAST_PATIENCE_NS = Duration.ofMillis(250).toNanos();
    private static final long MOST_PATIENCE_NS = Duration.ofSeconds(4).toNanos();

    /** One endpoint that is connected to. */
    private static final class Line {
        private final ZmqEndpoint endpoint;
        private final DealerSocket socket;
        /** Who was bound to the name before what had arrived was received. */
        private long bindingBefore = InProcessNames.UNBOUND;
        /** Of the socket that there is now; written by ZeroMQ's thread. */
        private AtomicInteger refusals = new AtomicInteger();
        private int earlierRefusals;
        private boolean isHeard;
        /** Since something was heard, or since it was opened. */
        private long sinceNs;
        private long patienceNs = LEAST_PATIENCE_NS;

        private Line(ZmqEndpoint endpoint, long mostBytes, long nowNs) {
            this.endpoint = endpoint;
            this.socket = new DealerSocket(mostBytes);
            this.sinceNs = nowNs;
        }

        void hear(long nowNs) {
            isHeard = true;
            sinceNs = nowNs;
            patienceNs = LEAST_PATIENCE_NS;
        }

        void lose(long nowNs) {
            isHeard = false;
            sinceNs = nowNs;
        }

        long dueNs(long silenceNs) {
            return sinceNs + (isHeard ? silenceNs : Math.min(patienceNs, silenceNs));
        }

        /** Notes who is heard before it hands on what is said. */
        PeerSocket.Receiver listening(PeerSocket.Receiver then, long nowNs) {
            return new PeerSocket.Receiver() {
                @Override
                public void onMessage(Peer from, ByteBuffer message) {
                    if (message.limit() > MessageLayout.TYPE_AT
                            && (message.get(MessageLayout.TYPE_AT) & 0xff) == MessageType.LOST.code) {
                        lose(nowNs);
                    } else {
                        hear(nowNs);
                    }
                    then.onMessage(from, message);
                }

                @Override
                public void onParts(Peer from) {
                    then.onParts(from);
                }
            };
        }
    }

    private final ZmqConfig config;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final byte[] knock;
    private final long mostBytes;
    private final GateRules.Kind peers;
    private final RandomGenerator random;
    private final List<RouterSocket> routers = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Runnable onBound;

    /**
     * @param knock     what each peer is sent first
     * @param mostBytes the largest message that is read
     * @param peers     who is met
     */
    OwnPorts(ZmqConfig config, Sockets sockets, SocketLoop loop, byte[] knock, long mostBytes, GateRules.Kind peers,
            RandomGenerator random) {
        this.config = config;
        this.sockets = sockets;
        this.loop = loop;
        this.knock = knock;
        this.mostBytes = mostBytes;
        this.peers = peers;
        this.random = random;
        this.onBound = loop::wakeUp;
    }

    /** Opens them all, before the thread starts. */
    void open(long nowNs) throws IOException {
        for (ZmqEndpoint endpoint : config.endpoints()) {
            if (config.isBinding()) {
                RouterSocket router = sockets.bindOwn(endpoint, knock, mostBytes, peers);
                routers.add(router);
                loop.watch(router.channel());
            } else {
                var line = new Line(endpoint, mostBytes, nowNs);
                lines.add(line);
                connect(line);
            }
        }
        if (!config.isBinding() && config.isInProcess()) {
            InProcessNames.listen(onBound);
        }
    }

    private void connect(Line line) throws IOException {
        // What an earlier one was refused says nothing of who is there now, however late it is heard.
        var refusals = new AtomicInteger();
        line.earlierRefusals += line.refusals.get();
        line.refusals = refusals;
        sockets.connectOwn(line.socket, line.endpoint, knock, mostBytes, peers, () -> {
            refusals.incrementAndGet();
            loop.wakeUp();
        });
        if (line.socket.isOpen()) {
            loop.watch(line.socket.channel());
        }
    }

    /** Hands over what has arrived; says how many messages. */
    int receive(PeerSocket.Receiver receiver, int limit, long nowNs) {
        if (config.isInProcess()) {
            lines.forEach(line -> line.bindingBefore = InProcessNames.binding(line.endpoint.own()));
        }
        int received = 0;
        for (RouterSocket router : routers) {
            received += router.receive(receiver, limit);
        }
        for (Line line : lines) {
            received += line.socket.receive(line.listening(receiver, nowNs), limit);
        }
        return received;
    }

    /** Whether an own peer has been heard at the endpoint of that number, on the connection that there is now. */
    boolean isHeard(int endpoint) {
        return lines.get(endpoint).isHeard;
    }

    /** How often a connection to the endpoint of that number was refused, or lost. */
    int refusals(int endpoint) {
        return lines.get(endpoint).earlierRefusals + lines.get(endpoint).refusals.get();
    }

    /** Connects anew to the endpoint of that number, unless somebody is heard there. */
    void retry(int endpoint, long nowNs) throws IOException {
        Line line = lines.get(endpoint);
        if (!line.isHeard) {
            close(line);
            line.sinceNs = nowNs;
            connect(line);
        }
    }

    /** Whether {@code peer} has been heard on the connection that there is now. */
    boolean isConnected(Peer peer) {
        for (Line line : lines) {
            if (line.socket == peer.socket()) {
                return line.isHeard;
            }
        }
        return true;
    }

    /**
     * Connects where there is no connection, or none that anything is heard of; says how long until it may be due again. To be
     * called when nothing is left to be received.
     */
    long onTime(long nowNs) throws IOException {
        long untilDueNs = Long.MAX_VALUE;
        for (Line line : lines) {
            if (config.isInProcess()) {
                followName(line, nowNs);
            }
            if (line.socket.isOpen()) {
                long silenceNs = config.limits().silence().toNanos();
                if (line.dueNs(silenceNs) - nowNs <= 0) {
                    reopen(line, nowNs);
                }
                untilDueNs = Math.min(untilDueNs, line.dueNs(silenceNs) - nowNs);
            }
        }
        return untilDueNs;
    }

    /** Connects to whoever was bound before nothing was left to be received: whoever has gone by then has said what it had to say. */
    private void followName(Line line, long nowNs) throws IOException {
        long binding = line.bindingBefore;
        if (line.socket.isOpen() && line.socket.binding() != binding) {
            close(line);
        }
        if (!line.socket.isOpen() && binding != InProcessNames.UNBOUND) {
            line.sinceNs = nowNs;
            connect(line);
        }
    }

    private void reopen(Line line, long nowNs) throws IOException {
        close(line);
        line.patienceNs = Math.min(2 * line.patienceNs, MOST_PATIENCE_NS);
        // Not all at the same moment, where many have lost the same peer.
        line.sinceNs = nowNs + random.nextLong(line.patienceNs / 2);
        connect(line);
    }

    private void close(Line line) throws IOException {
        line.isHeard = false;
        if (line.socket.isOpen()) {
            loop.ignore(line.socket.channel());
            line.socket.close();
        }
    }

    /** Closes them all; what they still hold is sent for a while. */
    void close() {
        InProcessNames.forget(onBound);
        for (RouterSocket router : routers) {
            try {
                loop.ignore(router.channel());
            } catch (IOException e) {
                // It is closed next.
            }
            router.close();
        }
        for (Line line : lines) {
            try {
                close(line);
            } catch (IOException e) {
                line.socket.close();
            }
        }
        routers.clear();
    }

    /** How long a close may take. */
    Duration longestClose() {
        return config.limits().linger().plusSeconds(1);
    }
}
