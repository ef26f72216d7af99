package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends events to a UDP address. Events are packed: {@code publish} appends to the open datagram, which leaves when it is
 * full or, if the sender's thread gets there first, at once.
 *
 * <p>Thread-safe. {@link #start} starts one daemon thread, {@code heliograph-udp-sender ADDRESS}, which sends what is
 * open, keeps heartbeats and hears subscribers' reports. Without it, a test calls {@link #doWork} itself. The buffer form
 * of {@code publish} allocates nothing.
 */
public final class UdpPublisher implements Publisher {

    private static final int FAST_HEARTBEATS = 100;
    private static final int LEAST_ENDS_OF_STREAM = 3;
    private static final Duration END_OF_STREAM_PERIOD = Duration.ofMillis(10);
    private static final long LONGEST_WAIT_NS = 1_000_000_000;

    private final String address;
    private final InetSocketAddress target;
    private final DatagramIo io;
    private final UdpLimits limits;
    private final Environment environment;
    private final long session;
    private final long startEpochNanos;
    private final long startNs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final DatagramWriter open;
    private final Listeners listeners;
    private final Datagram datagram = new Datagram();
    private Optional<Thread> thread = Optional.empty();
    private FlowPolicy policy;
    private long nextDatagram;
    private long nextEvent;
    private long firstOpenEvent;
    private long datagramsNotSent;
    private long strayDatagrams;
    private long nextHeartbeatNs;
    private int idleHeartbeats;
    private int endOfStreamSent;
    private long closingSinceNs;
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
        this.target = target;
        this.io = io;
        this.limits = limits;
        this.environment = environment;
        this.policy = UdpTransport.requirePossible(policy);
        this.startEpochNanos = environment.wallClock().epochNanos();
        this.startNs = environment.clock().nanoTime();
        this.nextHeartbeatNs = startNs;
        this.session = Session.start(startEpochNanos, environment.random());
        this.open = new DatagramWriter(maxDatagramBytes);
        this.listeners = new Listeners(limits);
    }

    /** Starts the thread that sends. */
    public UdpPublisher start() {
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-sender " + address).start(this::run));
        return this;
    }

    @Override
    public PublishResult publish(Event event) {
        boolean wasEmpty;
        lock.lock();
        try {
            if (isClosed) {
                return ledger.count(PublishResult.CLOSED);
            }
            if (!prepare(event)) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            wasEmpty = open.isEmpty();
            open.append(event);
            accept();
        } finally {
            lock.unlock();
        }
        wakeIf(wasEmpty);
        return PublishResult.ACCEPTED;
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        boolean wasEmpty;
        lock.lock();
        try {
            if (isClosed) {
                return ledger.count(PublishResult.CLOSED);
            }
            if (!prepare(topic, length)) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            wasEmpty = open.isEmpty();
            open.append(bytes, from, length);
            accept();
        } finally {
            lock.unlock();
        }
        wakeIf(wasEmpty);
        return PublishResult.ACCEPTED;
    }

    /** Makes room for {@code event} in the open datagram; says {@code false} if it fits into none. */
    private boolean prepare(Event event) {
        if (event.size() > policy.limit().bytes()) {
            return false;
        }
        int frameBytes = FrameEncoder.encodedLength(event, event.topic());
        if (!open.canEverHold(event.topic(), frameBytes)) {
            return false;
        }
        if (!open.isEmpty() && open.hasRoom(FrameEncoder.encodedLength(event, open.topic()))) {
            return true;
        }
        beginDatagram(event.topic());
        return true;
    }

    private boolean prepare(String topic, int length) {
        int frameBytes = FrameEncoder.encodedLength(length);
        boolean isSameTopic = topic.equals(open.topic());
        if (!isSameTopic || topic.isEmpty()) {
            Topic.require(topic);
        }
        if (length > policy.limit().bytes() || !open.canEverHold(topic, frameBytes)) {
            return false;
        }
        if (open.isEmpty() || !isSameTopic || !open.hasRoom(frameBytes)) {
            beginDatagram(topic);
        }
        return true;
    }

    private void beginDatagram(String topic) {
        sendOpen();
        open.begin(topic);
        firstOpenEvent = nextEvent;
    }

    private void accept() {
        nextEvent++;
        ledger.count(PublishResult.ACCEPTED);
        if (listeners.isEmpty()) {
            ledger.countUnheard();
        }
    }

    private void wakeIf(boolean wasEmpty) {
        if (wasEmpty) {
            io.wakeUp();
        }
    }

    /**
     * Sends what is open or due and hears reports. For the thread that {@link #start} starts, or a test instead of it.
     *
     * @param timeoutNs how long to wait for a report
     * @throws IOException if the socket failed
     */
    public void doWork(long timeoutNs) throws IOException {
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            sendOpen();
            if (isClosed) {
                sendEndOfStream(nowNs);
            } else if (nowNs - nextHeartbeatNs >= 0) {
                sendHeartbeat(nowNs);
            }
            listeners.forgetSilent(nowNs);
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
            environment.notices().onNotice(new Notice.TransportFailed(address, String.valueOf(failure)));
            lock.lock();
            try {
                isClosed = true;
                isDone = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private long untilDueNs() {
        lock.lock();
        try {
            if (!open.isEmpty() || isDone) {
                return 0;
            }
            return Math.clamp(nextHeartbeatNs - environment.clock().nanoTime(), 0, LONGEST_WAIT_NS);
        } finally {
            lock.unlock();
        }
    }

    private void sendOpen() {
        if (open.isEmpty()) {
            return;
        }
        send(open.data(stamp(nextDatagram, firstOpenEvent)));
        nextDatagram++;
        idleHeartbeats = 0;
        nextHeartbeatNs = environment.clock().nanoTime() + limits.heartbeat().toNanos();
    }

    private void sendHeartbeat(long nowNs) {
        send(open.heartbeat(0, stamp(nextDatagram, nextEvent)));
        idleHeartbeats = Math.min(idleHeartbeats + 1, FAST_HEARTBEATS);
        Duration period = idleHeartbeats < FAST_HEARTBEATS ? limits.heartbeat() : limits.slowHeartbeat();
        nextHeartbeatNs = nowNs + period.toNanos();
    }

    private void sendEndOfStream(long nowNs) {
        if (endOfStreamSent == 0) {
            closingSinceNs = nowNs;
        }
        if (endOfStreamSent == 0 || nowNs - nextHeartbeatNs >= 0) {
            send(open.heartbeat(DatagramLayout.END_OF_STREAM, stamp(nextDatagram, nextEvent)));
            endOfStreamSent++;
            nextHeartbeatNs = nowNs + END_OF_STREAM_PERIOD.toNanos();
        }
        boolean isHeard = listeners.isEmpty() && endOfStreamSent >= LEAST_ENDS_OF_STREAM;
        if (isHeard || nowNs - closingSinceNs >= limits.linger().toNanos()) {
            isDone = true;
            changed.signalAll();
        }
    }

    /** Where listeners come and go, the next one should not have to wait long to hear of this session. */
    private void beFrequent() {
        idleHeartbeats = 0;
        long soonNs = environment.clock().nanoTime() + limits.heartbeat().toNanos();
        if (!isClosed && nextHeartbeatNs - soonNs > 0) {
            nextHeartbeatNs = soonNs;
        }
    }

    private DatagramWriter.Stamp stamp(long sequence, long firstEvent) {
        long ageNs = environment.clock().nanoTime() - startNs;
        return new DatagramWriter.Stamp(session, sequence, firstEvent, ageNs, startEpochNanos + ageNs);
    }

    /** A datagram that the operating system does not take is lost on the way like any other: subscribers are told. */
    private void send(ByteBuffer bytes) {
        try {
            if (!io.send(bytes, target)) {
                datagramsNotSent++;
            }
        } catch (IOException e) {
            datagramsNotSent++;
            if (datagramsNotSent == 1) {
                environment.notices().onNotice(new Notice.Degraded(address, "a datagram could not be sent: " + e.getMessage()));
            }
        }
    }

    private void onReport(ByteBuffer bytes, InetSocketAddress source) {
        lock.lock();
        try {
            boolean isReport = datagram.wrap(bytes).isEmpty() && datagram.type() == DatagramLayout.STATUS
                    && datagram.session() == session;
            if (!isReport) {
                strayDatagrams++;
                return;
            }
            ByteBuffer body = datagram.body();
            int before = listeners.count();
            long id = body.getLong();
            if (datagram.isFlagged(DatagramLayout.LEAVING)) {
                listeners.leave(id);
            } else {
                listeners.hear(id, body.getLong(), body.getLong(), body.getInt(), environment.clock().nanoTime());
            }
            if (listeners.count() != before) {
                beFrequent();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public FlowPolicy policy() {
        lock.lock();
        try {
            return policy;
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            return listeners.count();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PublisherSums sums() {
        lock.lock();
        try {
            return ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    /** What the subscribers known now say they lost, all together. */
    public long lostAtSubscribers() {
        lock.lock();
        try {
            return listeners.lost();
        } finally {
            lock.unlock();
        }
    }

    /** Datagrams that the operating system did not take; their events are lost(network) at the subscribers. */
    public long datagramsNotSent() {
        lock.lock();
        try {
            return datagramsNotSent;
        } finally {
            lock.unlock();
        }
    }

    /** Datagrams that arrived here and are no report to this session. */
    public long strayDatagrams() {
        lock.lock();
        try {
            return strayDatagrams;
        } finally {
            lock.unlock();
        }
    }

    /** Reports of subscribers beyond the table's limit. */
    public long refusedListeners() {
        lock.lock();
        try {
            return listeners.refused();
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
        return session;
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
