package io.heliograph.zmq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The sockets at which one side of an address meets own peers: it waits at all its endpoints, or connects to each. One that
 * connects is opened anew when it has heard nothing for long, since ZeroMQ gives up for ever a peer that once spoke
 * something else, and does not connect again within a process. Confined to the thread that owns the sockets, once that has
 * started.
 */
final class OwnPorts {

    /** One endpoint that is connected to. */
    private static final class Line {
        private final ZmqEndpoint endpoint;
        private Optional<DealerSocket> socket = Optional.empty();
        private long lastHeardNs;

        private Line(ZmqEndpoint endpoint, long nowNs) {
            this.endpoint = endpoint;
            this.lastHeardNs = nowNs;
        }
    }

    private final ZmqConfig config;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final byte[] knock;
    private final long mostBytes;
    private final RandomGenerator random;
    private final List<RouterSocket> routers = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Runnable onBound;

    /**
     * @param knock     what each peer is sent first
     * @param mostBytes the largest message that is read
     */
    OwnPorts(ZmqConfig config, Sockets sockets, SocketLoop loop, byte[] knock, long mostBytes, RandomGenerator random) {
        this.config = config;
        this.sockets = sockets;
        this.loop = loop;
        this.knock = knock;
        this.mostBytes = mostBytes;
        this.random = random;
        this.onBound = loop::wakeUp;
    }

    /** Opens them all, before the thread starts. */
    void open(long nowNs) throws IOException {
        for (ZmqEndpoint endpoint : config.endpoints()) {
            if (config.isBinding()) {
                RouterSocket router = sockets.bindOwn(endpoint, knock, mostBytes);
                routers.add(router);
                loop.watch(router.channel());
            } else {
                var line = new Line(endpoint, nowNs);
                lines.add(line);
                connect(line);
            }
        }
        if (!config.isBinding() && config.isInProcess()) {
            InProcessNames.listen(onBound);
        }
    }

    private void connect(Line line) throws IOException {
        line.socket = sockets.connectOwn(line.endpoint, knock, mostBytes);
        if (line.socket.isPresent()) {
            loop.watch(line.socket.get().channel());
        }
    }

    /** Hands over what has arrived; says how many messages. */
    int receive(PeerSocket.Receiver receiver, int limit, long nowNs) {
        int received = 0;
        for (RouterSocket router : routers) {
            received += router.receive(receiver, limit);
        }
        for (Line line : lines) {
            if (line.socket.isPresent()) {
                int heard = line.socket.get().receive(receiver, limit);
                line.lastHeardNs = heard > 0 ? nowNs : line.lastHeardNs;
                received += heard;
            }
        }
        return received;
    }

    /** Sends without waiting; nobody is there once the socket has been closed. */
    PeerSocket.Sent send(Peer to, ByteBuffer message) {
        boolean isOpen = config.isBinding();
        for (Line line : lines) {
            isOpen |= line.socket.isPresent() && line.socket.get() == to.socket();
        }
        return isOpen ? to.socket().send(to, message) : PeerSocket.Sent.GONE;
    }

    /** Connects where there is no connection, or none that anything is heard of; says how long until it may be due again. */
    long onTime(long nowNs) throws IOException {
        long untilDueNs = Long.MAX_VALUE;
        for (Line line : lines) {
            if (line.socket.isEmpty() && InProcessNames.isBound(line.endpoint.own())) {
                line.lastHeardNs = nowNs;
                connect(line);
            }
            if (line.socket.isPresent()) {
                long dueNs = line.lastHeardNs + config.limits().silence().toNanos() - nowNs;
                if (dueNs <= 0) {
                    reopen(line, nowNs);
                    dueNs = config.limits().silence().toNanos();
                }
                untilDueNs = Math.min(untilDueNs, dueNs);
            }
        }
        return untilDueNs;
    }

    /** The connection at {@code peer} is of no use any more: another is made, as soon as somebody is bound there. */
    void reopen(Peer peer, long nowNs) throws IOException {
        for (Line line : lines) {
            if (line.socket.isPresent() && line.socket.get() == peer.socket()) {
                reopen(line, nowNs);
            }
        }
    }

    private void reopen(Line line, long nowNs) throws IOException {
        close(line);
        // Not all at the same moment, where many have lost the same peer.
        line.lastHeardNs = nowNs - random.nextLong(1 + config.limits().silence().toNanos() / 4);
        connect(line);
    }

    private void close(Line line) throws IOException {
        if (line.socket.isPresent()) {
            loop.ignore(line.socket.get().channel());
            line.socket.get().close();
            line.socket = Optional.empty();
        }
    }

    /** Closes them all; what they still hold is sent for a while. */
    void close() {
        InProcessNames.forget(onBound);
        for (RouterSocket router : routers) {
            ignore(router);
            router.close();
        }
        for (Line line : lines) {
            line.socket.ifPresent(socket -> {
                ignore(socket);
                socket.close();
            });
            line.socket = Optional.empty();
        }
        routers.clear();
    }

    private void ignore(PeerSocket socket) {
        try {
            loop.ignore(socket.channel());
        } catch (IOException e) {
            // It is closed next.
        }
    }

    /** How long a close may take. */
    Duration longestClose() {
        return config.limits().linger().plusSeconds(1);
    }
}
