package io.heliograph.zmq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sockets at which one side of a request-reply address meets the other: it waits at all its endpoints, or connects to each.
 * Confined to the thread that owns the sockets, once that has started.
 *
 * <p>An idle connection is left alone: that it still stands is ZeroMQ's heartbeats' business. One that is lost is made anew, by
 * a new socket, so that nothing is sent later than its sender believes. One that never gets through its greetings is made anew
 * soon, since JeroMQ 0.6.0 gives it up only after the handshake's limit.
 */
final class RequestLines {

    /** How long greetings may take, at first; twice as long each time. */
    private static final long LEAST_PATIENCE_NS = Duration.ofMillis(250).toNanos();
    private static final long MOST_PATIENCE_NS = Duration.ofSeconds(4).toNanos();

    /** One endpoint that is connected to. */
    private static final class Line {
        private final ZmqEndpoint endpoint;
        private final PeerSocket socket;
        private final Peer peer;
        private ConnectionWatch watch = new ConnectionWatch(() -> { });
        private boolean isOpen;
        private boolean isReady;
        /** Whether the other side has said that it closes. */
        private boolean isGone;
        private boolean isRefused;
        private long binding = InProcessNames.UNBOUND;
        /** Who was bound to the name before what had arrived was received. */
        private long bindingBefore = InProcessNames.UNBOUND;
        private long openedNs;
        private long hopedSinceNs;
        private long patienceNs = LEAST_PATIENCE_NS;

        private Line(ZmqEndpoint endpoint, PeerSocket socket, Peer peer) {
            this.endpoint = endpoint;
            this.socket = socket;
            this.peer = peer;
        }
    }

    private final RequestConfig config;
    private final RequestSockets sockets;
    private final SocketLoop loop;
    private final List<PeerSocket> bound = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Runnable onBound;

    RequestLines(RequestConfig config, RequestSockets sockets, SocketLoop loop) {
        this.config = config;
        this.sockets = sockets;
        this.loop = loop;
        this.onBound = loop::wakeUp;
    }

    /** Opens those at which own peers are met, or foreign responders are asked; before the thread starts. */
    void open(long nowNs) throws IOException {
        for (ZmqEndpoint endpoint : config.zmq().endpoints()) {
            if (config.zmq().isBinding()) {
                add(sockets.bindOwn(endpoint));
            } else {
                Line line = line(endpoint);
                lines.add(line);
                connect(line, nowNs);
                line.hopedSinceNs = nowNs;
            }
        }
        if (!config.zmq().isBinding() && config.zmq().isInProcess()) {
            InProcessNames.listen(onBound);
        }
    }

    private Line line(ZmqEndpoint endpoint) {
        if (config.isPlainPeer()) {
            var socket = new PlainReqSocket(config);
            return new Line(endpoint, socket, socket.peer());
        }
        var socket = new DealerSocket();
        return new Line(endpoint, socket, socket.peer());
    }

    /** Opens those at which foreign requesters are answered; before the thread starts. */
    void openPlainReplies() throws IOException {
        for (ZmqEndpoint endpoint : config.zmq().endpoints()) {
            if (endpoint.plain().isPresent()) {
                add(sockets.plainReplies(endpoint));
            }
        }
    }

    private void add(PeerSocket socket) throws IOException {
        bound.add(socket);
        loop.watch(socket.channel());
    }

    private void connect(Line line, long nowNs) throws IOException {
        line.watch = new ConnectionWatch(loop::wakeUp);
        line.openedNs = nowNs;
        switch (line.socket) {
            case DealerSocket dealer -> {
                sockets.connectOwn(dealer, line.endpoint, line.watch);
                line.isOpen = dealer.isOpen();
                line.binding = dealer.binding();
            }
            case PlainReqSocket dealer -> {
                sockets.connectPlain(dealer, line.endpoint, line.watch);
                line.isOpen = true;
            }
            case RouterSocket _, PlainRepSocket _ -> throw new IllegalStateException("it waits for others");
        }
        if (line.isOpen) {
            loop.watch(line.socket.channel());
        }
    }

    /** Hands over what has arrived; says how many messages. */
    int receive(PeerSocket.Receiver receiver, int limit) {
        if (config.zmq().isInProcess()) {
            lines.forEach(line -> line.bindingBefore = InProcessNames.binding(line.endpoint.own()));
        }
        int received = 0;
        for (PeerSocket socket : bound) {
            received += socket.receive(receiver, limit);
        }
        for (Line line : lines) {
            if (line.isOpen) {
                received += line.socket.receive(receiver, limit);
            }
        }
        return received;
    }

    /** The other side has said that it is there. */
    void onReady(Peer peer) {
        for (Line line : lines) {
            if (line.peer == peer) {
                ready(line);
            }
        }
    }

    private static void ready(Line line) {
        line.isReady = true;
        line.isGone = false;
        line.isRefused = false;
        line.patienceNs = LEAST_PATIENCE_NS;
    }

    /** The other side has said that it closes. */
    void onBye(Peer peer) {
        for (Line line : lines) {
            if (line.peer == peer) {
                line.isReady = false;
                line.isGone = true;
            }
        }
    }

    /** The connection is lost: another is made. */
    void onLost(Peer peer, long nowNs) throws IOException {
        for (Line line : lines) {
            if (line.peer == peer) {
                line.isReady = false;
                line.isGone = false;
                line.isRefused = false;
                line.hopedSinceNs = nowNs;
                reopen(line, nowNs);
            }
        }
    }

    private void reopen(Line line, long nowNs) throws IOException {
        if (line.isOpen) {
            loop.ignore(line.socket.channel());
            line.socket.abandon();
            line.isOpen = false;
        }
        connect(line, nowNs);
    }

    /** Whether somebody may still turn up, as far as can be seen: a connection has been asked for and not been refused. */
    boolean mayConnect(long nowNs) {
        for (Line line : lines) {
            if (line.isOpen && !line.isReady && !line.isGone && !isRefused(line)
                    && nowNs - line.hopedSinceNs < config.zmq().limits().silence().toNanos()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRefused(Line line) {
        line.isRefused |= line.watch.isRefused();
        return line.isRefused;
    }

    /**
     * Connects where there is no connection, or none that gets through its greetings. To be called when nothing is left to be
     * received.
     *
     * @param onGreeted told of foreign responders that have just been reached
     * @param onGone    told of connections within this process that are gone
     * @return how long until it may be due again
     */
    long onTime(long nowNs, Consumer<Peer> onGreeted, Consumer<Peer> onGone) throws IOException {
        long untilDueNs = Long.MAX_VALUE;
        for (Line line : lines) {
            if (config.zmq().isInProcess()) {
                followName(line, nowNs, onGone);
            } else if (config.isPlainPeer() && !line.isReady && line.watch.isGreeted()) {
                ready(line);
                onGreeted.accept(line.peer);
            }
            if (line.isOpen && !line.isReady && !line.isGone) {
                if (nowNs - line.openedNs >= patienceNs(line)) {
                    line.patienceNs = Math.min(2 * line.patienceNs, MOST_PATIENCE_NS);
                    reopen(line, nowNs);
                }
                untilDueNs = Math.min(untilDueNs, line.openedNs + patienceNs(line) - nowNs);
            }
        }
        return untilDueNs;
    }

    /** Where nobody is, ZeroMQ tries again by itself; a new socket is only for what it gives up. */
    private long patienceNs(Line line) {
        return isRefused(line) ? config.zmq().limits().silence().toNanos() : line.patienceNs;
    }

    /** Connects to whoever was bound before nothing was left to be received: whoever has gone by then has said what it had to say. */
    private void followName(Line line, long nowNs, Consumer<Peer> onGone) throws IOException {
        long binding = line.bindingBefore;
        if (line.isOpen && line.binding != binding) {
            loop.ignore(line.socket.channel());
            line.socket.abandon();
            line.isOpen = false;
            line.isReady = false;
            line.isGone = false;
            onGone.accept(line.peer);
        }
        if (!line.isOpen && binding != InProcessNames.UNBOUND) {
            line.isRefused = false;
            line.hopedSinceNs = nowNs;
            connect(line, nowNs);
        }
    }

    /** Sends without waiting. */
    PeerSocket.Sent send(Peer to, ByteBuffer message) {
        return to.socket().send(to, message);
    }

    /** Closes them all; what they still hold is sent for a while. */
    void close() {
        InProcessNames.forget(onBound);
        bound.forEach(this::close);
        bound.clear();
        for (Line line : lines) {
            if (line.isOpen) {
                line.isOpen = false;
                close(line.socket);
            }
        }
    }

    private void close(PeerSocket socket) {
        try {
            loop.ignore(socket.channel());
        } catch (IOException e) {
            // It is closed next.
        }
        socket.close();
    }
}
