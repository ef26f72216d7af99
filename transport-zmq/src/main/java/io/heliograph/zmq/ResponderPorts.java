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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A responder's sockets and the thread that owns them: hears requests, and sends answers. Everything but {@link #wakeUp} and
 * {@link #close} belongs to that thread.
 */
final class ResponderPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 256;
    /** When what ZeroMQ has no room for is offered again. */
    private static final long AGAIN_NS = Duration.ofMillis(1).toNanos();

    private final RequestConfig config;
    private final ReceivedRequests requests;
    private final TellingLock lock;
    private final BiConsumer<ReceivedRequest, Event> onRequest;
    private final Environment environment;
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
    private long closingNs;
    private boolean isClosing;
    private volatile boolean isDone;

    /**
     * @param onRequest called on this thread, under no lock, for each request that is to be handled
     * @param onFailure told what ended the thread, or one of ZeroMQ's
     */
    ResponderPorts(RequestConfig config, long session, ReceivedRequests requests, TellingLock lock,
            BiConsumer<ReceivedRequest, Event> onRequest, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.requests = requests;
        this.lock = lock;
        this.onRequest = onRequest;
        this.environment = environment;
        this.loop = new SocketLoop("responder " + config.text(), this, onFailure, RequesterPorts.IDLE_TURNS);
        this.sockets = new RequestSockets(config, new Sockets(config.zmq(), failure -> {
            onFailure.accept(failure);
            halt();
        }, environment), RequestMessages.ready(session, (int) Math.min(Integer.MAX_VALUE, config.mostBytes())));
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
            lines.open(environment.clock().nanoTime());
            lines.openPlainReplies();
        });
    }

    /** Something waits to be sent, or the end is to be said. */
    void wakeUp() {
        loop.wakeUp();
    }

    /** Whether the sockets are closed on purpose. */
    boolean isDone() {
        return isDone;
    }

    /** Waits until what is to be said is, or the linger is over. */
    void close() {
        loop.wakeUp();
        loop.join(config.zmq().limits().linger().multipliedBy(2).plusSeconds(1));
    }

    @Override
    public boolean turn() {
        nowNs = environment.clock().nanoTime();
        int received = lines.receive(receiver, MESSAGES_PER_TURN);
        if (received == 0) {
            try {
                untilDueNs = lines.onTime(nowNs, peer -> { }, this::lose);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        boolean hasSent = send();
        if (locked(requests::isClosing)) {
            end(nowNs);
        }
        return received > 0 || hasSent;
    }

    private void lose(Peer peer) {
        lock.lock();
        try {
            requests.onLost(peer);
        } finally {
            lock.unlock();
        }
    }

    private boolean send() {
        if (isFull && nowNs - againNs < 0) {
            return false;
        }
        isFull = false;
        boolean hasSent = false;
        for (RemoteRequester to : locked(() -> requests.hasOutgoing() ? requests.all() : List.<RemoteRequester>of())) {
            for (int i = 0; i < MESSAGES_PER_TURN && sendNext(to); i++) {
                hasSent = true;
            }
        }
        return hasSent;
    }

    private boolean sendNext(RemoteRequester to) {
        Optional<RemoteRequester.Outgoing> next = locked(() -> requests.take(to));
        if (next.isEmpty()) {
            return false;
        }
        PeerSocket.Sent sent = lines.send(to.peer, next.get().message());
        lock.lock();
        try {
            switch (sent) {
                case TAKEN -> requests.onSent(next.get());
                case FULL -> {
                    requests.putBack(to, next.get());
                    isFull = true;
                    againNs = nowNs + AGAIN_NS;
                }
                case GONE -> requests.onLost(to.peer);
            }
        } finally {
            lock.unlock();
        }
        return sent == PeerSocket.Sent.TAKEN;
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
        if (!locked(requests::hasOutgoing) || now - closingNs >= config.zmq().limits().linger().toNanos()) {
            isDone = true;
            loop.stop();
        }
    }

    @Override
    public long untilDueNs() {
        long now = environment.clock().nanoTime();
        return isFull ? Math.min(untilDueNs, againNs - now) : untilDueNs;
    }

    @Override
    public boolean isWaiting() {
        return locked(() -> requests.isClosing() || !isFull && requests.hasOutgoing());
    }

    @Override
    public void end() {
        lines.close();
        sockets.close();
        lock.lock();
        try {
            requests.end();
        } finally {
            lock.unlock();
        }
    }

    /** Hears requesters. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer bytes) {
            Optional<MalformedMessage> wrong = message.wrap(bytes);
            switch (wrong.isPresent() ? RequestMessageType.BYE : message.type()) {
                case REQUEST -> onRequest(from);
                case CANCEL -> change(() -> requests.cancel(from, message.id()));
                case LEAVE -> lose(from);
                case LOST -> {
                    lose(from);
                    reconnect(from);
                }
                case KNOCK -> {
                    lines.onReady(from);
                    change(() -> requests.requester(from));
                }
                case READY, ANSWER, FAILURE, BYE -> change(() -> wrong.ifPresentOrElse(requests::malformed, requests::stray));
            }
        }

        private void onRequest(Peer from) {
            Optional<ReceivedRequest> begun = locked(() -> requests.requester(from)
                    .flatMap(requester -> requests.begin(requester, message.id(), message.length())));
            if (begun.isEmpty()) {
                return;
            }
            switch (decoder.decode(message.frame(), FrameEncoder.NO_TOPIC)) {
                case DecodedEvent(Event event) -> onRequest.accept(begun.get(), event);
                case MalformedFrame reason -> change(() -> requests.fail(begun.get(), RequestException.Cause.RESPONDER_FAILED,
                        "the request cannot be read: " + reason));
            }
        }

        private void reconnect(Peer from) {
            try {
                lines.onLost(from, nowNs);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void change(Runnable change) {
            lock.lock();
            try {
                change.run();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onParts(Peer from) {
            change(() -> requests.malformed(MalformedMessage.SEVERAL_PARTS));
        }
    }
}
