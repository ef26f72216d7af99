package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;

/**
 * Sends events to a UDP address. Events are packed: {@code publish} appends to the open datagram, which leaves when its
 * train is full or, if the sender's thread gets there first, at once.
 *
 * <p>Thread-safe. {@link #start} starts one daemon thread, {@code heliograph-udp-sender ADDRESS}, which sends what
 * waits, keeps heartbeats and hears subscribers' reports. Without it, a test calls {@link #doWork} itself. The buffer
 * form of {@code publish} allocates nothing.
 */
public final class UdpPublisher implements Publisher {

    private static final long LONGEST_WAIT_NS = 1_000_000_000;

    private final String address;
    private final DatagramIo io;
    private final Environment environment;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final SessionSender sender;
    private final Listeners listeners;
    private final Datagram datagram = new Datagram();
    private Optional<Thread> thread = Optional.empty();
    private FlowPolicy policy;
    private long strayDatagrams;
    private boolean isClosed;
    private volatile boolean isDone;

    /**
     * @param address          for names and notices
     * @param io               sends, and hears reports; closed with this
     * @param maxDatagramBytes the largest datagram sent
     * @param policy           in force
     * @param environment      clocks, chance and listener
     */
    public UdpPublisher(String address, InetSocketAddress target, DatagramIo io, int maxDatagramBytes, UdpLimits limits,
            FlowPolicy policy, Environment environment) {
        this.address = address;
        this.io = io;
        this.environment = environment;
        this.policy = UdpTransport.requirePossible(policy);
        this.sender = new SessionSender(address, target, io, maxDatagramBytes, limits, lock, environment);
        this.listeners = new Listeners(limits);
    }

    /** Starts the thread that sends. */
    public UdpPublisher start() {
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-sender " + address).start(this::run));
        return this;
    }

    @Override
    public PublishResult publish(Event event) {
        boolean wasClear;
        lock.lock();
        try {
            wasClear = sender.isClear();
            if (isClosed) {
                return ledger.count(PublishResult.CLOSED);
            }
            if (event.size() > policy.limit().bytes() || !sender.append(event)) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            accept();
        } finally {
            lock.unlock();
        }
        wakeIf(wasClear);
        return PublishResult.ACCEPTED;
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        boolean wasClear;
        lock.lock();
        try {
            wasClear = sender.isClear();
            if (isClosed) {
                return ledger.count(PublishResult.CLOSED);
            }
            if (length > policy.limit().bytes() || !sender.append(topic, bytes, from, length)) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            accept();
        } finally {
            lock.unlock();
        }
        wakeIf(wasClear);
        return PublishResult.ACCEPTED;
    }

    private void accept() {
        ledger.count(PublishResult.ACCEPTED);
        if (listeners.isEmpty()) {
            ledger.countUnheard();
        }
    }

    /** The sender's thread sleeps until there is something to send; it knows already where there was. */
    private void wakeIf(boolean wasClear) {
        if (wasClear) {
            io.wakeUp();
        }
    }

    /**
     * Sends what waits or is due and hears reports. For the thread that {@link #start} starts, or a test instead of it.
     *
     * @param timeoutNs how long to wait for a report
     * @throws IOException if the socket failed
     */
    public void doWork(long timeoutNs) throws IOException {
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            listeners.forgetSilent(nowNs);
            if (!isClosed) {
                sender.doWork(nowNs);
            } else if (sender.sayEnd(listeners.count(), nowNs)) {
                isDone = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        io.receive(this::onReport, timeoutNs);
    }

    private void run() {
        try {
            while (!isDone) {
                doWork(untilDueNs());
            }
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever ends this thread must not leave a publisher that accepts and never sends.
            lock.lock();
            try {
                isClosed = true;
                isDone = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            environment.tell(new Notice.TransportFailed(address, String.valueOf(failure)));
        }
    }

    private long untilDueNs() {
        lock.lock();
        try {
            return isDone ? 0 : Math.min(sender.untilDueNs(environment.clock().nanoTime()), LONGEST_WAIT_NS);
        } finally {
            lock.unlock();
        }
    }

    private void onReport(ByteBuffer bytes, InetSocketAddress source) {
        lock.lock();
        try {
            boolean isReport = datagram.wrap(bytes).isEmpty() && datagram.type() == DatagramLayout.STATUS
                    && datagram.session() == sender.session();
            if (!isReport) {
                strayDatagrams++;
                return;
            }
            ByteBuffer body = datagram.body();
            long nowNs = environment.clock().nanoTime();
            int before = listeners.count();
            long id = body.getLong();
            if (datagram.isFlagged(DatagramLayout.LEAVING)) {
                listeners.leave(id);
            } else {
                listeners.hear(id, body.getLong(), body.getLong(), body.getInt(), nowNs);
            }
            if (listeners.count() != before && !isClosed) {
                sender.beFrequent(nowNs);
            }
            if (listeners.count() != before) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public FlowPolicy policy() {
        return locked(() -> policy);
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        UdpTransport.requirePossible(replacement);
        lock.lock();
        try {
            policy = replacement;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (listeners.count() < count && !isClosed) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(lock, changed, deadlineNs);
            }
            return listeners.count() >= count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int subscribers() {
        return locked(() -> listeners.count());
    }

    @Override
    public PublisherSums sums() {
        return locked(() -> ledger.sums());
    }

    /** What the subscribers known now say they lost, all together. */
    public long lostAtSubscribers() {
        return locked(() -> listeners.lost());
    }

    /** Datagrams that the operating system did not take; their events are lost(network) at the subscribers. */
    public long datagramsNotSent() {
        return locked(() -> sender.datagramsNotSent());
    }

    /** Datagrams that arrived here and are no report to this session. */
    public long strayDatagrams() {
        return locked(() -> strayDatagrams);
    }

    /** Reports of subscribers beyond the table's limit. */
    public long refusedListeners() {
        return locked(() -> listeners.refused());
    }

    private <T> T locked(Supplier<T> reading) {
        lock.lock();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    /** The address that this publisher sends from, and hears reports at. */
    public InetSocketAddress localAddress() {
        return io.localAddress();
    }

    /** This publisher's session. */
    public long session() {
        return sender.session();
    }

    /**
     * Ends the stream: sends what is open, then word of the end each 10 ms, three times at least, until every known
     * subscriber has heard it or the linger time is over.
     */
    @Override
    public void close() {
        beginClose();
        thread.ifPresent(UdpSubscriber::join);
        io.close();
    }

    /** Ends the stream without waiting: {@link #doWork} says the rest. For tests that run without the thread. */
    void beginClose() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        io.wakeUp();
    }

    /** Whether the end of the stream has been said. */
    boolean isDone() {
        return isDone;
    }
}
