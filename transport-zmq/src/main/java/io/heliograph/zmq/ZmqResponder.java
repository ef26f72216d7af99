package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.RequestException;
import io.heliograph.Responder;
import io.heliograph.Session;
import io.heliograph.discovery.Announcement;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Answers requests at a ZeroMQ address: those of own peers at own-port, and over TCP those of foreign peers at PORT.
 *
 * <p>Thread-safe. Starts one daemon thread, {@code heliograph-zmq-responder ADDRESS}, which alone uses the sockets, and JeroMQ's
 * own two (see {@link Sockets}). Handlers run on virtual threads, {@code heliograph-zmq-handler ADDRESS}, one for each request:
 * at most as many as requests may be in flight, more are refused. Whose request is cancelled, or whose requester is gone, is
 * interrupted; what it then answers is counted and thrown away.
 */
public final class ZmqResponder implements Responder {

    private final RequestConfig config;
    private final RequestHandler handler;
    private final Environment environment;
    private final long session;
    private final TellingLock lock = new TellingLock();
    private final ReceivedRequests requests;
    private final ResponderPorts ports;
    private final Thread.Builder handlers;
    private Optional<Announcement> announcement = Optional.empty();

    private ZmqResponder(RequestConfig config, RequestHandler handler, Environment environment) {
        this.config = config;
        this.handler = handler;
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        this.requests = new ReceivedRequests(config, session);
        this.handlers = Thread.ofVirtual().name("heliograph-zmq-handler " + config.text());
        this.ports = new ResponderPorts(config, session, requests, lock, this::handle, this::onFailure, environment);
    }

    /**
     * Opens a responder, which answers at once.
     *
     * @throws io.heliograph.HeliographException if a port cannot be bound, or a host has no address
     */
    static ZmqResponder open(RequestConfig config, RequestHandler handler, Environment environment) {
        var responder = new ZmqResponder(config, handler, environment);
        responder.ports.open();
        return responder;
    }

    /**
     * Has it announced from here on, until it is closed.
     *
     * @throws RuntimeException if it cannot be; this is closed then
     */
    ZmqResponder announced(Optional<Announcing> asked) {
        try {
            announcement = asked.map(announcing -> announcing.open(environment));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        return this;
    }

    private void handle(ReceivedRequest request, Event event) {
        Thread thread = handlers.unstarted(() -> respond(request, event));
        lock.lock();
        try {
            request.handler = Optional.of(thread);
        } finally {
            lock.unlock();
        }
        thread.start();
    }

    /** Whatever a handler throws, an Error included, is an answer that its requester must get. */
    private void respond(ReceivedRequest request, Event event) {
        try {
            Optional<Event> answer = Optional.ofNullable(handler.respond(event));
            if (answer.isEmpty()) {
                finish(all -> all.fail(request, RequestException.Cause.RESPONDER_FAILED, "the handler returned no answer"));
                return;
            }
            int most = config.zmq().limits().eventBytes();
            Optional<ByteBuffer> message = RequestMessages.answer(session, request.id, answer.get(), most);
            finish(all -> message.ifPresentOrElse(bytes -> all.answer(request, bytes),
                    () -> all.fail(request, RequestException.Cause.TOO_LARGE,
                            "the answer has " + answer.get().size() + " bytes, at most " + most + "; see max-event")));
        } catch (Throwable thrown) {
            finish(all -> all.fail(request, RequestException.Cause.RESPONDER_FAILED, String.valueOf(thrown.getMessage())));
        }
    }

    private void finish(Consumer<ReceivedRequests> outcome) {
        lock.lock();
        try {
            outcome.accept(requests);
        } finally {
            lock.unlock();
        }
        ports.wakeUp();
    }

    /** What became of the requests that came. */
    public ResponderSums sums() {
        lock.lock();
        try {
            return requests.sums();
        } finally {
            lock.unlock();
        }
    }

    private void onFailure(Throwable failure) {
        boolean isKnown;
        lock.lock();
        try {
            isKnown = requests.isClosing() && ports.isDone();
            if (!isKnown) {
                requests.end();
            }
        } finally {
            lock.unlock();
        }
        if (!isKnown) {
            environment.tell(new Notice.TransportFailed(config.text(), String.valueOf(failure)));
        }
    }

    /** Stops answering; whoever waits for an answer is told so, as far as that takes no longer than the linger. */
    @Override
    public void close() {
        announcement.ifPresent(Announcement::close);
        lock.lock();
        try {
            if (!requests.isClosing()) {
                requests.close();
            }
        } finally {
            lock.unlock();
        }
        ports.close();
    }
}
