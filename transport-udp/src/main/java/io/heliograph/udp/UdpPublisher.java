package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.HeliographException;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.discovery.Announcement;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.udp.SessionSender.Appended;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Sends events to a UDP address. Events are packed: one that finds nothing waiting leaves at once, those that follow it
 * closely gather in the open datagram, which leaves when its train is full or as soon as the sender's thread gets there.
 *
 * <p>Thread-safe. {@link #start} starts one daemon thread, {@code heliograph-udp-sender ADDRESS}, which sends what
 * waits, keeps heartbeats, hears subscribers' reports and answers their requests for repair; where the address says
 * {@code announce=NAME}, also an {@link Announcement}, which has a thread of its own. Without them, a test calls
 * {@link #doWork} itself. The buffer form of {@code publish} allocates nothing, nor does an {@link UdpAppender}.
 */
public final class UdpPublisher implements Publisher {

    private static final Duration LONGEST_LINGER = Duration.ofMinutes(10);

    /** An event this long after the last datagram leaves at once; one that follows closer waits for company. */
    private static final long PACKING_NS = 20_000;

    private final Feed feed;
    private final String address;
    private final DatagramIo io;
    private final Environment environment;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final SessionSender sender;
    private final Receivers receivers;
    private final Repairs repairs;
    private final Credit credit;
    private final ReportReader reports;
    private final SenderDuty duty;
    private final SenderThread thread;
    private final LogRoom room;
    private final AppenderHandOver handOver;
    private Optional<Supplier<Announcement>> announcing = Optional.empty();
    private Optional<Announcement> announcement = Optional.empty();

    /**
     * @param feed        where to, how large, how reliable
     * @param io          sends, and hears reports; closed with this
     * @param policy      in force
     * @param environment clocks, chance and listener
     */
    UdpPublisher(Feed feed, DatagramIo io, FlowPolicy policy, Environment environment) {
        this.feed = feed;
        this.address = feed.address();
        this.io = io;
        this.environment = environment;
        this.sender = new SessionSender(feed, io, lock, environment);
        this.receivers = new Receivers(feed.limits());
        this.repairs = new Repairs(sender, receivers, feed, environment);
        this.credit = new Credit(sender, receivers, feed.requirePossible(policy));
        Optional<ReceiverSeals> seals = feed.key().map(key -> new ReceiverSeals(key, sender.session(), feed.limits().receivers()));
        this.reports = new ReportReader(lock, changed, environment.clock(), seals, sender, receivers, repairs, credit);
        var hearing = new ReportHearing(io, reports, environment);
        this.duty = new SenderDuty(sender, receivers, credit, address, lock, changed, environment);
        this.thread = new SenderThread(address, duty, hearing, lock, environment);
        this.room = new LogRoom(sender, credit, hearing, thread, lock, changed, environment.clock());
        this.handOver = new AppenderHandOver(lock, ledger, sender, receivers, credit, room);
    }

    /**
     * Opens a publisher without a thread: its owner calls {@link #start}, or {@link #doWork} in a loop.
     *
     * @param address such as {@code udp://239.77.1.1:4770}
     * @throws io.heliograph.ConfigException    for anything in the address or the policy that cannot be used
     * @throws io.heliograph.TransportException if no socket can be opened
     */
    public static UdpPublisher open(String address, FlowPolicy policy, Environment environment) {
        return open(address, policy, environment, UnaryOperator.identity());
    }

    /**
     * The same, with a socket of one's own making around the one that is opened: to lose, delay or count datagrams.
     *
     * @param around makes, of the socket that is opened, the one that is used; closing it closes that one
     * @throws io.heliograph.ConfigException    for anything in the address or the policy that cannot be used
     * @throws io.heliograph.TransportException if no socket can be opened
     */
    public static UdpPublisher open(String address, FlowPolicy policy, Environment environment,
            UnaryOperator<DatagramIo> around) {
        return UdpTransport.openPublisher(UdpConfig.of(Address.parse(address)), Optional.of(policy), environment, around);
    }

    /** Says how this is to be announced from {@link #start} on. */
    UdpPublisher announcing(Supplier<Announcement> opening) {
        announcing = Optional.of(opening);
        return this;
    }

    /**
     * Starts the thread that sends, and announces this where the address asks for it.
     *
     * @throws io.heliograph.ConfigException    if it cannot be announced; this is closed then
     * @throws io.heliograph.TransportException if no socket can be opened to announce it; this is closed then
     */
    public UdpPublisher start() {
        try {
            announcement = announcing.map(Supplier::get);
        } catch (HeliographException e) {
            io.close();
            throw e;
        }
        thread.start(() -> announcement.ifPresent(Announcement::close));
        return this;
    }

    @Override
    public PublishResult publish(Event event) {
        lock.lock();
        try {
            boolean wasClear = sender.isClear();
            if (event.size() > credit.policy().limit().bytes()) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            long startedNs = LogRoom.NOT_WAITED;
            while (!sender.isClosed()) {
                Appended appended = credit.allows(1) ? sender.append(event) : Appended.NO_ROOM;
                if (appended != Appended.NO_ROOM) {
                    return finish(appended, wasClear);
                }
                startedNs = room.refusedSinceNs(startedNs);
                Optional<PublishResult> refused = room.make(startedNs);
                if (refused.isPresent()) {
                    return ledger.count(refused.get());
                }
            }
            return ledger.count(PublishResult.CLOSED);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        lock.lock();
        try {
            boolean wasClear = sender.isClear();
            if (length > credit.policy().limit().bytes()) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            long startedNs = LogRoom.NOT_WAITED;
            while (!sender.isClosed()) {
                Appended appended = credit.allows(1) ? sender.append(topic, bytes, from, length) : Appended.NO_ROOM;
                if (appended != Appended.NO_ROOM) {
                    return finish(appended, wasClear);
                }
                startedNs = room.refusedSinceNs(startedNs);
                Optional<PublishResult> refused = room.make(startedNs);
                if (refused.isPresent()) {
                    return ledger.count(refused.get());
                }
            }
            return ledger.count(PublishResult.CLOSED);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A fast way in for one thread that sends bursts on {@code topic}.
     *
     * @throws io.heliograph.ConfigException if {@code topic} is not a topic
     */
    public UdpAppender appender(String topic) {
        return new UdpAppender(this, handOver, topic, feed.maxDatagramBytes(), feed.tailBytes());
    }

    private PublishResult finish(Appended appended, boolean wasClear) {
        if (appended == Appended.TOO_LARGE) {
            return ledger.count(PublishResult.TOO_LARGE);
        }
        ledger.count(PublishResult.ACCEPTED);
        if (receivers.isEmpty()) {
            ledger.countUnheard();
        }
        if (wasClear) {
            if (environment.clock().nanoTime() - sender.transmitter().lastSentNs() >= PACKING_NS) {
                sender.flush();
            } else {
                // The sender's thread sleeps until there is something to send; it knows already where there was.
                thread.wake();
            }
        }
        return PublishResult.ACCEPTED;
    }

    /**
     * Sends what waits or is due and hears reports. For the thread that {@link #start} starts, or a test instead of it.
     *
     * @param timeoutNs how long to wait for a report
     * @throws IOException if the socket failed
     */
    public void doWork(long timeoutNs) throws IOException {
        thread.doWork(timeoutNs);
    }

    @Override
    public FlowPolicy policy() {
        return credit.policy();
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        feed.requirePossible(replacement);
        lock.lock();
        try {
            credit.replacePolicy(replacement);
            sender.schedule().sayAt(environment.clock().nanoTime());
            credit.apply();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.wake();
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (receivers.subscriptions() < count && !sender.isClosed()) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(lock, changed, deadlineNs);
            }
            return receivers.subscriptions() >= count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int subscribers() {
        return locked(() -> receivers.subscriptions());
    }

    @Override
    public PublisherSums sums() {
        return locked(() -> ledger.sums());
    }

    /** What the subscribers known now say they lost, all together. */
    public long lostAtSubscribers() {
        return locked(() -> receivers.lost());
    }

    /** Datagrams that the operating system did not take; their events are lost(network) at the subscribers. */
    public long datagramsNotSent() {
        return locked(() -> sender.lines().datagramsNotSent());
    }

    /** Datagrams that were given up before they were sent; subscribers are told which, and count their events as lost. */
    public long datagramsSkipped() {
        return locked(() -> sender.datagramsSkipped());
    }

    /** Datagrams that arrived here and are no report to this session. */
    public long strayDatagrams() {
        return locked(() -> reports.strayDatagrams());
    }

    /** Those of {@link #strayDatagrams} that could not be read, by reason; absent where there was none. */
    public Map<MalformedDatagram, Long> malformedDatagrams() {
        return locked(() -> reports.malformed());
    }

    /** Reports of subscribers beyond the table's limit. */
    public long refusedListeners() {
        return locked(() -> receivers.refused());
    }

    /** Datagrams sent again to the one receiver that asked. */
    public long repairsToOne() {
        return locked(() -> repairs.toOne());
    }

    /** Datagrams sent again to all, since several receivers asked. */
    public long repairsToGroup() {
        return locked(() -> repairs.toGroup());
    }

    /** How often the way to the subscribers turned out to carry less than was sent, so that the rate was limited. */
    public long congestions() {
        return locked(() -> sender.transmitter().congestions());
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
     * subscriber has all of it. One that is waited for has the time it needs, until it is silent for so long that it is
     * evicted; the others have it as long as one comes further or asks for what it misses within that time. Ten minutes at most.
     */
    @Override
    public void close() {
        announcement.ifPresent(Announcement::close);
        beginClose();
        thread.join(LONGEST_LINGER);
        io.close();
    }

    /** Ends the stream without waiting: {@link #doWork} says the rest. For tests that run without the thread. */
    void beginClose() {
        lock.lock();
        try {
            sender.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.wake();
    }

    /** Whether the end of the stream has been said. */
    boolean isDone() {
        return duty.isDone();
    }
}
