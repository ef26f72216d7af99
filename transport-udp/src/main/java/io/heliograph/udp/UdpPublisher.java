package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.HeliographException;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.discovery.Announcement;
import io.heliograph.flow.Admission;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.udp.SessionSender.Appended;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
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
    private static final long LONGEST_WAIT_NS = 1_000_000_000;
    private static final long NOT_WAITED = Long.MIN_VALUE;

    /** An event this long after the last datagram leaves at once; one that follows closer waits for company. */
    private static final long PACKING_NS = 20_000;

    /** Who hands over so much at once streams, and hears reports itself; who publishes now and then leaves it to the thread. */
    private static final int LEAST_BYTES_OF_A_STREAM = 8_192;

    /** A thread that needs room looks so often for a report before it waits for one. */
    private static final int LOOKS_BEFORE_WAITING = 4;

    /** So long it waits for a report itself; then the sender's thread does, and signals. */
    private static final long REPORT_WAIT_NS = 1_000_000;

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
    private final Optional<ReceiverSeals> seals;
    private final Map<MalformedDatagram, Long> malformed = new EnumMap<>(MalformedDatagram.class);
    private final Datagram datagram = new Datagram();
    private final DatagramIo.Receiver onReport = this::onReport;
    private final Consumer<Receivers.Receiver> tellEvicted;
    private final SenderRest rest;
    private Optional<Supplier<Announcement>> announcing = Optional.empty();
    private Optional<Announcement> announcement = Optional.empty();
    private Optional<Thread> thread = Optional.empty();
    private volatile FlowPolicy policy;
    private byte[] policyText;
    private SessionSender.Standing standing;
    private long strayDatagrams;
    private boolean isClosed;
    private volatile boolean isDone;

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
        this.policy = feed.requirePossible(policy);
        this.policyText = policy.text().getBytes(StandardCharsets.US_ASCII);
        this.receivers = new Receivers(feed.limits());
        this.tellEvicted = gone -> lock.tellLater(environment, new Notice.SubscriberEvicted(address, gone.name()));
        this.rest = new SenderRest(environment.clock().nanoTime());
        this.standing = new SessionSender.Standing(0, policyText);
        this.repairs = new Repairs(sender, receivers, feed, environment);
        this.seals = feed.key().map(key -> new ReceiverSeals(key, sender.session(), feed.limits().receivers()));
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
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-sender " + address).start(this::run));
        return this;
    }

    @Override
    public PublishResult publish(Event event) {
        lock.lock();
        try {
            boolean wasClear = sender.isClear();
            if (event.size() > policy.limit().bytes()) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            long startedNs = NOT_WAITED;
            while (!isClosed) {
                Appended appended = hasCredit(1) ? sender.append(event) : Appended.NO_ROOM;
                if (appended != Appended.NO_ROOM) {
                    return finish(appended, wasClear);
                }
                startedNs = startedNs == NOT_WAITED ? environment.clock().nanoTime() : startedNs;
                Optional<PublishResult> refused = makeRoom(startedNs);
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
            if (length > policy.limit().bytes()) {
                return ledger.count(PublishResult.TOO_LARGE);
            }
            long startedNs = NOT_WAITED;
            while (!isClosed) {
                Appended appended = hasCredit(1) ? sender.append(topic, bytes, from, length) : Appended.NO_ROOM;
                if (appended != Appended.NO_ROOM) {
                    return finish(appended, wasClear);
                }
                startedNs = startedNs == NOT_WAITED ? environment.clock().nanoTime() : startedNs;
                Optional<PublishResult> refused = makeRoom(startedNs);
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
        return new UdpAppender(this, topic, feed.maxDatagramBytes(), feed.tailBytes());
    }

    /** Takes an appender's datagrams in. */
    PublishResult take(UdpAppender appender, Chunk chunk, int events) {
        boolean isMuch = chunk.sealedBytes() >= LEAST_BYTES_OF_A_STREAM;
        lock.lock();
        try {
            long startedNs = NOT_WAITED;
            while (!isClosed) {
                if (hasCreditTogether(events) && sender.take(appender, chunk, events)) {
                    ledger.count(PublishResult.ACCEPTED, events);
                    if (receivers.isEmpty()) {
                        ledger.countUnheard(events);
                    }
                    if (isMuch || sender.isShortOfCredit()) {
                        hearAmongOthers();
                    }
                    return PublishResult.ACCEPTED;
                }
                startedNs = startedNs == NOT_WAITED ? environment.clock().nanoTime() : startedNs;
                Optional<PublishResult> refused = makeRoom(startedNs);
                if (refused.isPresent()) {
                    return refused.get();
                }
            }
            return PublishResult.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    /** How many events an appender may hand over at once, so that no subscriber's credit is too small for them. */
    int mostEventsAtOnce() {
        FlowPolicy now = policy;
        return now instanceof FlowPolicy.Drop ? Integer.MAX_VALUE : Math.max(1, now.limit().events() / 4);
    }

    /** Counts one event that an appender refused. */
    PublishResult refuse(PublishResult result) {
        return locked(() -> ledger.count(result));
    }

    /** Counts events that an appender still had when it was closed. */
    void refuse(PublishResult result, int events) {
        locked(() -> ledger.count(result, events));
    }

    /** Whoever gives events up waits for nobody, whatever subscribers still say that have not heard so yet. */
    private boolean hasCredit(int events) {
        return !policy.waits() || sender.nextEvent() + events <= receivers.limitEvent();
    }

    /** Where the room of a subscriber that has got everything is smaller than all of them, they go as soon as one may. */
    private boolean hasCreditTogether(int events) {
        return hasCredit(events) || hasCredit(1) && sender.isClear() && receivers.acknowledged() >= sender.end();
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
            if (environment.clock().nanoTime() - sender.lastSentNs() >= PACKING_NS) {
                sender.flush();
            } else {
                // The sender's thread sleeps until there is something to send; it knows already where there was.
                wakeSender();
            }
        }
        return PublishResult.ACCEPTED;
    }

    /** Makes or waits for room, or says how the publish ends. */
    private Optional<PublishResult> makeRoom(long startedNs) {
        long waitedNs = environment.clock().nanoTime() - startedNs;
        return switch (Admission.judgeFullRing(policy, waitedNs)) {
            case EVICT_OLDEST -> {
                sender.giveUpOldest();
                yield Optional.empty();
            }
            case DROP -> Optional.of(PublishResult.DROPPED);
            case WAIT -> awaitRoom(startedNs + policy.maxWait().toNanos());
            case BACK_PRESSURED -> Optional.of(PublishResult.BACK_PRESSURED);
            default -> throw new IllegalStateException("a ring has no such verdict under " + policy);
        };
    }

    /** Whoever publishes fast hears reports on the way, so that the sender's thread need not come between. */
    private void hearAmongOthers() {
        long nowNs = environment.clock().nanoTime();
        if (sender.isReliable() && (rest.isHearingDue(nowNs) || sender.isShortOfCredit())) {
            hear(nowNs);
        }
    }

    /** Takes in the reports that are there; says whether there was any. */
    private boolean hear(long nowNs) {
        try {
            rest.heard(nowNs);
            return io.receive(onReport, 0) > 0;
        } catch (IOException e) {
            // The sender's thread meets it as well, and ends loudly.
            return false;
        }
    }

    private Optional<PublishResult> awaitRoom(long deadlineNs) {
        sender.flush();
        for (int i = 0; i < LOOKS_BEFORE_WAITING && sender.isReliable(); i++) {
            if (hear(environment.clock().nanoTime())) {
                return Optional.empty();
            }
        }
        long nowNs = environment.clock().nanoTime();
        sender.beginWait(nowNs);
        try {
            if (!awaitReport(Math.min(deadlineNs - nowNs, REPORT_WAIT_NS))) {
                rest.heardLast(nowNs);
                wakeSender();
                environment.clock().await(lock, changed, deadlineNs);
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(PublishResult.BACK_PRESSURED);
        } finally {
            sender.endWait();
        }
    }

    /** Waits in the socket, without the lock, instead of the sender's thread; says whether there was a report. */
    private boolean awaitReport(long timeoutNs) {
        if (!sender.isReliable() || timeoutNs <= 0 || !rest.tryEnterSocket()) {
            return false;
        }
        lock.unlock();
        try {
            return io.receive(onReport, timeoutNs) > 0;
        } catch (IOException e) {
            return false;
        } finally {
            rest.leaveSocket();
            lock.lock();
        }
    }

    /**
     * Sends what waits or is due and hears reports. For the thread that {@link #start} starts, or a test instead of it.
     *
     * @param timeoutNs how long to wait for a report
     * @throws IOException if the socket failed
     */
    public void doWork(long timeoutNs) throws IOException {
        lock.lock();
        try {
            sendWhatIsDue();
        } finally {
            lock.unlock();
        }
        io.receive(onReport, timeoutNs);
    }

    private void sendWhatIsDue() {
        long nowNs = environment.clock().nanoTime();
        int before = receivers.count();
        receivers.forgetSilent(nowNs, tellEvicted);
        if (receivers.count() != before) {
            onReceiversChanged();
        }
        if (receivers.takeAskTurn(nowNs)) {
            sender.sayAt(nowNs);
        }
        if (!isClosed) {
            sender.doWork(standing(), nowNs);
        } else if (sender.sayEnd(standing(), receivers.subscriptions(), nowNs)) {
            isDone = true;
            changed.signalAll();
        }
    }

    private SessionSender.Standing standing() {
        if (standing.receivers() != receivers.count() || standing.policy() != policyText) {
            standing = new SessionSender.Standing(receivers.count(), policyText);
        }
        return standing;
    }

    private void wakeSender() {
        io.wakeUp();
        if (thread.isPresent()) {
            rest.end(thread.get());
        }
    }

    private void run() {
        try {
            while (!isDone) {
                work();
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
            announcement.ifPresent(Announcement::close);
        }
    }

    private void work() throws IOException {
        if (rest.isDue(environment.clock().nanoTime())) {
            workBetweenRests();
            return;
        }
        long untilDueNs = untilDueNs();
        if (untilDueNs > 0 && rest.tryEnterSocket()) {
            try {
                doWork(untilDueNs);
            } finally {
                rest.leaveSocket();
            }
        } else {
            doWork(0);
        }
    }

    /** Whoever holds the lock now sends and hears on the way: to wait for it would only be in its way. */
    private void workBetweenRests() {
        long untilDueNs = LONGEST_WAIT_NS;
        if (lock.tryLock()) {
            try {
                sendWhatIsDue();
                untilDueNs = isDone ? 0 : untilDueNs();
            } finally {
                lock.unlock();
            }
        }
        if (untilDueNs > 0) {
            rest.rest(untilDueNs);
        }
    }

    private long untilDueNs() {
        lock.lock();
        try {
            long nowNs = environment.clock().nanoTime();
            long untilDueNs = Math.min(sender.untilDueNs(nowNs), receivers.untilAskNs(nowNs));
            return isDone ? 0 : Math.min(untilDueNs, LONGEST_WAIT_NS);
        } finally {
            lock.unlock();
        }
    }

    private void onReport(ByteBuffer bytes, InetSocketAddress source) {
        lock.lock();
        try {
            Optional<MalformedDatagram> fault = seals.isEmpty() ? datagram.wrap(bytes) : seals.get().read(datagram, bytes);
            if (fault.isPresent()) {
                malformed.merge(fault.get(), 1L, Long::sum);
            }
            boolean isOwn = fault.isEmpty() && datagram.session() == sender.session();
            if (isOwn && datagram.type() == DatagramLayout.STATUS) {
                onStatus(source, environment.clock().nanoTime());
            } else if (isOwn && datagram.type() == DatagramLayout.NAK && sender.isReliable()) {
                repairs.onNak(datagram, source, standing(), environment.clock().nanoTime());
            } else {
                strayDatagrams++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void onStatus(InetSocketAddress source, long nowNs) {
        if (sender.isReliable() && !repairs.isProven(datagram, source, nowNs)) {
            return;
        }
        int before = receivers.subscriptions();
        if (datagram.isFlagged(DatagramLayout.LEAVING)) {
            receivers.leave(datagram.control().receiverId());
        } else if (receivers.hear(datagram, source, nowNs)) {
            sender.lingerOn(nowNs);
        }
        if (sender.isReliable() && receivers.isReference(datagram.control().receiverId())) {
            sender.hearReference(datagram, nowNs);
        }
        if (receivers.subscriptions() != before && !isClosed) {
            if (sender.isReliable()) {
                // It may want history, and has to know the policy.
                sender.heartbeatTo(standing(), source);
            }
            sender.beFrequent(nowNs);
        }
        onReceiversChanged();
    }

    private void onReceiversChanged() {
        if (sender.isReliable()) {
            if (policy.waits()) {
                sender.limit(receivers.limitDatagram(), receivers.acknowledged());
            } else {
                sender.limit(Long.MAX_VALUE, Long.MAX_VALUE);
            }
            sender.resume();
        }
        changed.signalAll();
    }

    @Override
    public FlowPolicy policy() {
        return policy;
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        feed.requirePossible(replacement);
        lock.lock();
        try {
            policy = replacement;
            policyText = replacement.text().getBytes(StandardCharsets.US_ASCII);
            sender.sayAt(environment.clock().nanoTime());
            onReceiversChanged();
        } finally {
            lock.unlock();
        }
        wakeSender();
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (receivers.subscriptions() < count && !isClosed) {
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
        return locked(() -> sender.datagramsNotSent());
    }

    /** Datagrams that were given up before they were sent; subscribers are told which, and count their events as lost. */
    public long datagramsSkipped() {
        return locked(() -> sender.datagramsSkipped());
    }

    /** Datagrams that arrived here and are no report to this session. */
    public long strayDatagrams() {
        return locked(() -> strayDatagrams);
    }

    /** Those of {@link #strayDatagrams} that could not be read, by reason; absent where there was none. */
    public Map<MalformedDatagram, Long> malformedDatagrams() {
        return locked(() -> Map.copyOf(malformed));
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
        return locked(() -> sender.congestions());
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
     * subscriber has all of it, or none has come further for the linger time; where subscribers are waited for, for as
     * long as a silent one would be evicted after.
     */
    @Override
    public void close() {
        announcement.ifPresent(Announcement::close);
        beginClose();
        thread.ifPresent(own -> UdpSubscriber.join(own, LONGEST_LINGER));
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
        wakeSender();
    }

    /** Whether the end of the stream has been said. */
    boolean isDone() {
        return isDone;
    }
}
