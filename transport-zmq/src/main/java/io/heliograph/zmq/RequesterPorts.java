package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A requester's sockets and the thread that owns them: sends requests, and hears answers. Everything but {@link #wakeUp} and
 * {@link #close} belongs to that thread.
 */
final class RequesterPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 256;
    /** A lone request's answer comes sooner than the thread would wake up. */
    static final int IDLE_TURNS = 100;
    /** When what ZeroMQ has no room for is offered again. */
    private static final long AGAIN_NS = Duration.ofMillis(1).toNanos();

    private final RequestConfig config;
    private final OpenRequests requests;
    private final TellingLock lock;
    private final Runnable onServers;
    private final Environment environment;
    private final long requester;
    private final SocketLoop loop;
    private final RequestSockets sockets;
    private final RequestLines lines;
    private final RequestMessage message = new RequestMessage();
    private final FrameDecoder decoder = new FrameDecoder();
    private final PeerSocket.Receiver receiver = new Hearing();
    private long nowNs;
    private long againNs;
    private boolean isFull;
    private long untilDueNs;
    private boolean isClosing;
    private long closingNs;
    private volatile boolean isToClose;
    private volatile boolean isDone;

    /**
     * @param onServers called under the lock when responders have come or gone
     * @param onFailure told what ended the thread, or one of ZeroMQ's
     */
    RequesterPorts(RequestConfig config, long requester, OpenRequests requests, TellingLock lock, Runnable onServers,
            Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.requester = requester;
        this.requests = requests;
        this.lock = lock;
        this.onServers = onServers;
        this.environment = environment;
        this.loop = new SocketLoop("requester " + config.text(), this, onFailure, IDLE_TURNS);
        this.sockets = new RequestSockets(config, new Sockets(config.zmq(), failure -> {
            onFailure.accept(failure);
            halt();
        }, environment), MessageLayout.header(MessageType.KNOCK, 0, 0, requester));
        requests.count(sockets.refusals());
        this.lines = new RequestLines(config, sockets, loop);
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        isDone = true;
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        loop.start(() -> {
            nowNs = environment.clock().nanoTime();
            lines.open(nowNs);
            requests.setMayConnect(lines.mayConnect(nowNs));
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

    /** Says what is still to be said, as long as that takes no longer than the linger, and ends. */
    void close() {
        isToClose = true;
        loop.wakeUp();
        loop.join(config.zmq().limits().linger().multipliedBy(2).plusSeconds(1));
    }

    @Override
    public boolean turn() {
        nowNs = environment.clock().nanoTime();
        int received = lines.receive(receiver, MESSAGES_PER_TURN);
        if (received == 0) {
            keepLines();
        }
        work();
        boolean hasSent = send();
        if (isToClose) {
            end(nowNs);
        }
        return received > 0 || hasSent;
    }

    private void keepLines() {
        try {
            untilDueNs = lines.onTime(nowNs, this::onGreeted, this::onGone);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A foreign responder says nothing by itself. */
    private void onGreeted(Peer peer) {
        change(() -> {
            requests.onReady(peer, Integer.MAX_VALUE, nowNs);
            onServers.run();
        });
    }

    private void onGone(Peer peer) {
        change(() -> {
            requests.onLost(peer, nowNs);
            onServers.run();
        });
    }

    /** Does what is due, and gives up what cannot be hoped for. */
    private void work() {
        boolean mayConnect = lines.mayConnect(nowNs);
        change(() -> {
            requests.setMayConnect(mayConnect);
            requests.onTime(nowNs);
        });
    }

    private void change(Runnable change) {
        List<PendingAnswer> settled;
        lock.lock();
        try {
            change.run();
            settled = requests.takeSettled();
        } finally {
            lock.unlock();
        }
        settled.forEach(PendingAnswer::announce);
    }

    private boolean send() {
        if (isFull && nowNs - againNs < 0) {
            return false;
        }
        isFull = false;
        boolean hasSent = false;
        for (Server server : locked(() -> requests.servers().hasOutgoing() ? requests.servers().all() : List.<Server>of())) {
            for (int i = 0; i < MESSAGES_PER_TURN && sendNext(server); i++) {
                hasSent = true;
            }
        }
        return hasSent;
    }

    private boolean sendNext(Server server) {
        Optional<Server.Outgoing> next = locked(server::take);
        if (next.isEmpty()) {
            return false;
        }
        switch (lines.send(server.peer, next.get().message())) {
            case TAKEN -> {
                return true;
            }
            case FULL -> {
                lock.lock();
                try {
                    server.putBack(next.get());
                } finally {
                    lock.unlock();
                }
                isFull = true;
                againNs = nowNs + AGAIN_NS;
            }
            case GONE -> change(() -> {
                server.putBack(next.get());
                requests.onLost(server.peer, nowNs);
                onServers.run();
            });
        }
        return false;
    }

    private <T> T locked(Supplier<T> reading) {
        lock.lock();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    private void end(long now) {
        if (!isClosing) {
            isClosing = true;
            closingNs = now;
        }
        boolean isSaid = !locked(requests.servers()::hasOutgoing);
        if (isSaid || now - closingNs >= config.zmq().limits().linger().toNanos()) {
            isDone = true;
            loop.stop();
        }
    }

    @Override
    public long untilDueNs() {
        long now = environment.clock().nanoTime();
        long dueNs = Math.min(untilDueNs, locked(() -> requests.untilDueNs(now)));
        return isFull ? Math.min(dueNs, againNs - now) : dueNs;
    }

    @Override
    public boolean isWaiting() {
        return isToClose || !isFull && locked(requests.servers()::hasOutgoing);
    }

    @Override
    public void end() {
        lines.close();
        sockets.close();
    }

    /** Hears responders. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer bytes) {
            Optional<MalformedMessage> wrong = message.wrap(bytes);
            if (wrong.isPresent()) {
                change(() -> requests.malformed(wrong.get()));
                return;
            }
            switch (message.type()) {
                case ANSWER -> onAnswer(from);
                case FAILURE -> change(() -> requests.onFailure(from, message.id(),
                        message.kind().orElse(RequestException.Cause.RESPONDER_FAILED), message.text(), nowNs));
                case READY -> {
                    lines.onReady(from);
                    change(() -> {
                        requests.onReady(from, message.mostBytes(), nowNs);
                        onServers.run();
                    });
                }
                case BYE -> {
                    lines.onBye(from);
                    change(() -> {
                        requests.onBye(from);
                        onServers.run();
                    });
                }
                case LOST -> onLost(from);
                case KNOCK -> {
                    // An own peer, but none that answers.
                }
                case REQUEST, CANCEL, LEAVE -> change(requests::stray);
            }
        }

        private void onAnswer(Peer from) {
            long id = message.id();
            switch (decoder.decode(message.frame(), FrameEncoder.NO_TOPIC)) {
                case DecodedEvent(Event answer) -> change(() -> requests.onAnswer(from, id, answer));
                case MalformedFrame reason -> change(() -> requests.onFailure(from, id, RequestException.Cause.RESPONDER_FAILED,
                        "the answer cannot be read: " + reason, nowNs));
            }
        }

        private void onLost(Peer from) {
            try {
                lines.onLost(from, nowNs);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            boolean mayConnect = lines.mayConnect(nowNs);
            change(() -> {
                requests.setMayConnect(mayConnect);
                requests.onLost(from, nowNs);
                onServers.run();
            });
        }

        @Override
        public void onParts(Peer from) {
            change(() -> requests.malformed(MalformedMessage.SEVERAL_PARTS));
        }
    }
}
