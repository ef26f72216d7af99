package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Requester;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/**
 * Asks the responders at a ZeroMQ address: each request whichever has the fewest unanswered. A request made before a connection
 * stands waits for that, unless it is refused everywhere.
 *
 * <p>Thread-safe; a request takes a lock for a moment, never waits, and holds no carrier of virtual threads. Starts one daemon
 * thread, {@code heliograph-zmq-requester ADDRESS}, which alone uses the sockets, and JeroMQ's own two (see {@link Sockets});
 * where nobody waits for an answer, but something hangs on it, a virtual thread {@code heliograph-zmq-answer} completes it.
 */
public final class ZmqRequester implements Requester {

    /** A longer one is as long as this. */
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final RequestConfig config;
    private final Environment environment;
    private final long life;
    private final TellingLock lock = new TellingLock();
    private final Condition serversChanged = lock.newCondition();
    private final AtomicLong ids = new AtomicLong();
    private final OpenRequests requests;
    private final RequesterPorts ports;
    private volatile boolean isClosed;

    private ZmqRequester(RequestConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        this.life = environment.random().nextLong();
        this.requests = new OpenRequests(config, life);
        this.ports = new RequesterPorts(config, life, requests, lock, serversChanged::signalAll, this::onFailure, environment);
    }

    /**
     * Opens a requester, whose thread runs.
     *
     * @throws io.heliograph.HeliographException if a port cannot be bound, or a host has no address
     */
    static ZmqRequester open(RequestConfig config, Environment environment) {
        var requester = new ZmqRequester(config, environment);
        requester.ports.open();
        return requester;
    }

    @Override
    public CompletableFuture<Event> request(Event request, Duration timeout) {
        return send(request, timeout, false);
    }

    @Override
    public CompletableFuture<Event> requestIdempotent(Event request, Duration timeout) {
        return send(request, timeout, true);
    }

    private CompletableFuture<Event> send(Event event, Duration timeout, boolean isIdempotent) {
        long id = ids.incrementAndGet();
        Optional<ByteBuffer> message = RequestMessages.request(life, id, event, config.zmq().limits().eventBytes());
        long nowNs = environment.clock().nanoTime();
        long deadlineNs = nowNs + (timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout).toNanos();
        var request = new OpenRequest(id, message.orElse(NOTHING), event.topic(), isIdempotent, deadlineNs, this::giveUp);
        List<PendingAnswer> settled;
        lock.lock();
        try {
            if (message.isEmpty()) {
                requests.beginTooLarge(request, event.size());
            } else {
                requests.begin(request, nowNs);
            }
            settled = requests.takeSettled();
        } finally {
            lock.unlock();
        }
        settled.forEach(PendingAnswer::announce);
        ports.wakeUp();
        return request.answer;
    }

    /** Whoever made the request completes it otherwise; nothing happens if it is settled. */
    private void giveUp(OpenRequest request) {
        lock.lock();
        try {
            requests.giveUp(request);
        } finally {
            lock.unlock();
        }
        ports.wakeUp();
    }

    /** How many responders it is connected to. */
    public int responders() {
        lock.lock();
        try {
            return requests.servers().ready();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until it is connected to {@code count} responders.
     *
     * @return whether it is
     */
    public boolean awaitResponders(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (requests.servers().ready() < count && !isClosed) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(lock, serversChanged, deadlineNs);
            }
            return requests.servers().ready() >= count;
        } finally {
            lock.unlock();
        }
    }

    /** What became of its requests. */
    public RequesterSums sums() {
        lock.lock();
        try {
            return requests.sums();
        } finally {
            lock.unlock();
        }
    }

    private void onFailure(Throwable failure) {
        if (ports.isDone() && isClosed) {
            return;
        }
        closeRequests();
        environment.tell(new Notice.TransportFailed(config.text(), String.valueOf(failure)));
    }

    @Override
    public void close() {
        if (closeRequests()) {
            ports.close();
        }
    }

    private boolean closeRequests() {
        List<PendingAnswer> settled;
        lock.lock();
        try {
            if (isClosed) {
                return false;
            }
            isClosed = true;
            requests.close();
            settled = requests.takeSettled();
            serversChanged.signalAll();
        } finally {
            lock.unlock();
        }
        settled.forEach(PendingAnswer::announce);
        return true;
    }
}
