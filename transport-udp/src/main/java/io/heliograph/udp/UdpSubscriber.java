package io.heliograph.udp;

import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TransportException;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.IntakeSubscription;
import io.heliograph.spi.SubscriptionList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Listens at a UDP address: follows every session that sends there, and reports to each publisher once a second that it
 * listens.
 *
 * <p>Thread-safe. {@link #start} starts one daemon thread, {@code heliograph-udp-receiver ADDRESS}, which alone receives;
 * each handled subscription owns another. Without {@link #start}, a test calls {@link #doWork} itself.
 */
public final class UdpSubscriber implements Subscriber {

    private static final long LONGEST_WAIT_NS = 500_000_000;
    private static final long EPOCH_PERIOD_NS = 10_000_000;
    private static final Duration LONGEST_JOIN = Duration.ofSeconds(5);
    private static final int MOST_WINDOW = 1 << 14;

    private final Feed feed;
    private final String address;
    private final DatagramIo io;
    private final UdpLimits limits;
    private final Environment environment;
    private final FlowPolicy defaultPolicy;
    private final long receiverId;
    private final byte[] name;
    private final long listeningSinceNs;
    /** Guards this subscriber and its intakes, so that notices are told when all of it is released. */
    private final TellingLock lock = new TellingLock();
    private final Datagram datagram = new Datagram();
    private final ControlWriter control = new ControlWriter();
    private final DatagramIo.Receiver onArrival = new Arrivals();
    private final UdpCounters.Tally tally = new UdpCounters.Tally();
    private final Map<Long, SessionReceiver> sessions = new HashMap<>();
    /** The same sessions, for the turn that is taken after each arrival. */
    private SessionReceiver[] followed = {};
    private final ForgottenSessions forgotten = new ForgottenSessions();
    /** A subscription, and its handler if that takes events where they lie. */
    private record Opened(Intake intake, Optional<DataHandler> direct) {
    }

    private final List<Opened> opened = new ArrayList<>();
    private final int window;
    private final SubscriptionList subscriptions = new SubscriptionList();
    private Optional<Thread> thread = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private Optional<SessionReceiver> last = Optional.empty();
    private Optional<DatagramSeal> opener = Optional.empty();
    private volatile boolean isClosed;
    private boolean isFull;
    private boolean isReportDue;
    private long epochReadNs;
    private long epochNanos;
    private long nextDueNs;

    /**
     * @param feed        what it listens to
     * @param io          receives, and sends reports to publishers; closed with this
     * @param policy      in force where neither a subscription nor a publisher asks for one
     * @param environment clocks, chance and listener
     */
    UdpSubscriber(Feed feed, DatagramIo io, FlowPolicy policy, Environment environment) {
        this.feed = feed;
        this.address = feed.address();
        this.io = io;
        this.limits = feed.limits();
        this.environment = environment;
        this.defaultPolicy = policy;
        // Half the socket's buffer: the other half is for what its datagrams cost beside their bytes.
        this.window = Math.clamp(io.receiveBufferBytes() / 2 / feed.maxDatagramBytes(), 8, MOST_WINDOW);
        this.receiverId = environment.random().nextLong();
        this.name = address.getBytes(StandardCharsets.UTF_8).length > DatagramLayout.MAX_NAME_BYTES
                ? new byte[0]
                : address.getBytes(StandardCharsets.UTF_8);
        this.listeningSinceNs = environment.clock().nanoTime();
        this.nextDueNs = listeningSinceNs;
        this.epochReadNs = listeningSinceNs;
        this.epochNanos = environment.wallClock().epochNanos();
    }

    /**
     * Opens a subscriber without a thread: its owner calls {@link #doWork} in a loop, and that is where events are
     * received and where those who subscribe directly handle them.
     *
     * @param address such as {@code udp://239.77.1.1:4770}
     * @throws io.heliograph.ConfigException    for anything in the address that cannot be used
     * @throws io.heliograph.TransportException if the address cannot be listened at
     */
    public static UdpSubscriber open(String address, Environment environment) {
        return open(address, environment, UnaryOperator.identity());
    }

    /**
     * The same, with a socket of one's own making around the one that is opened: to lose, delay or count datagrams.
     *
     * @param around makes, of the socket that is opened, the one that is used; closing it closes that one
     * @throws io.heliograph.ConfigException    for anything in the address that cannot be used
     * @throws io.heliograph.TransportException if the address cannot be listened at
     */
    public static UdpSubscriber open(String address, Environment environment, UnaryOperator<DatagramIo> around) {
        return UdpTransport.openSubscriber(UdpConfig.of(Address.parse(address)), environment, around);
    }

    /** Starts the thread that receives. */
    public UdpSubscriber start() {
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-receiver " + address).start(this::run));
        return this;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.empty());
            return IntakeSubscription.handled(intake, feed::requirePossible, closed -> remove(intake, closed),
                    environment, handler, label(interest));
        });
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.empty());
            return IntakeSubscription.polled(intake, feed::requirePossible, closed -> remove(intake, closed),
                    environment, label(interest));
        });
    }

    /**
     * Hands events to {@code handler} where they lie, on the thread that receives: the fastest way, for a handler that is
     * fast itself. It is alone with its subscriber best: whatever else subscribes here waits for it.
     *
     * @throws io.heliograph.ConfigException if the interest asks for a policy that this address cannot do
     */
    public Subscription subscribeDirect(Interest interest, DataHandler handler) {
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.of(handler));
            return IntakeSubscription.polled(intake, feed::requirePossible, closed -> remove(intake, closed),
                    environment, label(interest));
        });
    }

    /** What the sockets saw. */
    public UdpCounters counters() {
        lock.lock();
        try {
            return tally.snapshot();
        } finally {
            lock.unlock();
        }
    }

    /** Datagrams that the kernel dropped for want of room: at least so many; empty where it does not tell. */
    public OptionalLong kernelDrops() {
        return io.kernelDrops();
    }

    /**
     * Receives what has arrived and does what is due. For the thread that {@link #start} starts, or a test instead of it.
     *
     * @param timeoutNs how long to wait for a datagram
     * @return how many datagrams were received
     * @throws IOException if the socket failed
     */
    public int doWork(long timeoutNs) throws IOException {
        int received = io.receive(onArrival, timeoutNs);
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            if (received > 0 || nowNs - nextDueNs >= 0 || isReportDue) {
                workSessions(nowNs);
            }
        } finally {
            lock.unlock();
        }
        return received;
    }

    private void workSessions(long nowNs) {
        isReportDue = false;
        long due = LONGEST_WAIT_NS;
        for (SessionReceiver session : followed) {
            session.onTime(nowNs);
            session.request(nowNs);
            if (session.takeReportTurn(nowNs)) {
                report(session, session.hasListeners() ? 0 : DatagramLayout.LEAVING);
            }
            due = Math.min(due, session.untilDueNs(nowNs));
        }
        nextDueNs = nowNs + due;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
            for (SessionReceiver session : sessions.values()) {
                session.leave(environment.clock().nanoTime());
                if (session.hasListeners()) {
                    report(session, DatagramLayout.LEAVING);
                }
            }
        } finally {
            lock.unlock();
        }
        io.wakeUp();
        thread.ifPresent(own -> join(own, LONGEST_JOIN));
        subscriptions.close();
        io.close();
    }

    private void run() {
        try {
            while (!isClosed) {
                doWork(untilDueNs());
            }
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever ends this thread must not leave a subscriber that is silently deaf.
            if (!isClosed) {
                fail(failure);
            }
        }
    }

    private void fail(Throwable cause) {
        lock.lock();
        try {
            failure = Optional.of(cause);
            opened.forEach(one -> one.intake().close());
        } finally {
            lock.unlock();
        }
        environment.tell(new Notice.TransportFailed(address, String.valueOf(cause)));
    }

    private long untilDueNs() {
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            return isReportDue ? 0 : Math.clamp(nextDueNs - nowNs, 0, LONGEST_WAIT_NS);
        } finally {
            lock.unlock();
        }
    }

    /** The wall clock, asked a hundred times a second and gone on with by the other: asking costs and allocates. */
    private long epochNanosAt(long nowNs) {
        if (nowNs - epochReadNs >= EPOCH_PERIOD_NS) {
            epochReadNs = nowNs;
            epochNanos = environment.wallClock().epochNanos();
        }
        return epochNanos + (nowNs - epochReadNs);
    }

    /** Takes trains in, one turn of the lock for each. */
    private final class Arrivals implements DatagramIo.Receiver {
        @Override
        public void onDatagram(ByteBuffer bytes, InetSocketAddress source) {
            onDatagrams(bytes, Math.max(1, bytes.remaining()), source);
        }

        @Override
        public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
            lock.lock();
            try {
                long nowNs = environment.clock().nanoTime();
                long epochNanos = epochNanosAt(nowNs);
                int end = train.limit();
                int at = train.position();
                do {
                    int next = Math.min(at + segmentBytes, end);
                    take(train.limit(next).position(at), source, epochNanos, nowNs);
                    at = next;
                } while (at < end);
            } finally {
                lock.unlock();
            }
        }
    }

    private void take(ByteBuffer bytes, InetSocketAddress source, long epochNanos, long nowNs) {
        tally.datagrams++;
        tally.bytes += bytes.remaining();
        Optional<MalformedDatagram> fault = feed.key().isEmpty() ? datagram.wrap(bytes) : wrapSealed(feed.key().get(), bytes);
        if (fault.isEmpty() && !isForSubscribers(datagram.type())) {
            fault = Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        }
        if (fault.isPresent()) {
            tally.malformed.merge(fault.get(), 1L, Long::sum);
            return;
        }
        Optional<SessionReceiver> session = session(source, nowNs);
        if (session.isPresent()) {
            last = session;
            session.get().onDatagram(datagram, epochNanos, nowNs);
        }
    }

    /** Opens a sealed datagram with its session's key, which is kept only if it proves something. */
    private Optional<MalformedDatagram> wrapSealed(PresharedKey key, ByteBuffer bytes) {
        Optional<MalformedDatagram> fault = datagram.wrapHeader(bytes);
        if (fault.isPresent()) {
            return fault;
        }
        if (!datagram.isFlagged(DatagramLayout.KEYED)) {
            return Optional.of(MalformedDatagram.UNSEALED);
        }
        if (!isForSubscribers(datagram.type())) {
            return Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        }
        if (bytes.remaining() < DatagramLayout.HEADER_BYTES + DatagramSeal.overheadBytes(datagram.type())) {
            return Optional.of(MalformedDatagram.TOO_SHORT);
        }
        long session = datagram.session();
        if (last.isEmpty() || last.get().session() != session) {
            last = Optional.ofNullable(sessions.get(session));
        }
        opener = last.isPresent() ? last.get().credentials().publishers()
                : Optional.of(DatagramSeal.ofPublisher(key.bytes(), session));
        Optional<MalformedDatagram> unproven = opener.orElseThrow().refuse(bytes);
        return unproven.isPresent() ? unproven : datagram.wrapOpened(bytes);
    }

    private static boolean isForSubscribers(int type) {
        return type != DatagramLayout.STATUS && type != DatagramLayout.NAK;
    }

    /** The session that the datagram at hand belongs to; none if it has ended or may not be followed. */
    private Optional<SessionReceiver> session(InetSocketAddress source, long nowNs) {
        Optional<SessionReceiver> known = last.isPresent() && last.get().session() == datagram.session()
                ? last
                : Optional.ofNullable(sessions.get(datagram.session()));
        if (known.isPresent()) {
            if (!known.get().source().equals(source)) {
                tally.foreignSources++;
                return Optional.empty();
            }
            return known;
        }
        Optional<ForgottenSessions.Place> before = forgotten.take(datagram.session());
        if (before.isPresent() && before.get().isEnded()) {
            forgotten.put(datagram.session(), before.get());
            tally.duplicates++;
            return Optional.empty();
        }
        if (sessions.size() >= limits.sessions() && !forgetOne(nowNs)) {
            before.ifPresent(place -> forgotten.put(datagram.session(), place));
            tally.refusedSessions++;
            if (!isFull) {
                isFull = true;
                lock.tellLater(environment, new Notice.Degraded(address,
                        "more than " + limits.sessions() + " sessions send here; new ones are not followed"));
            }
            return Optional.empty();
        }
        isFull = false;
        boolean isHeardFromItsStart = datagram.isAgeKnown() && nowNs - datagram.ageNs() - listeningSinceNs >= 0;
        ForgottenSessions.Place start = before.orElse(isHeardFromItsStart
                ? ForgottenSessions.Place.START
                : new ForgottenSessions.Place(datagram.sequence(), datagram.firstEvent(), false));
        Credentials credentials = feed.key().isEmpty() ? Credentials.open(receiverId)
                : Credentials.keyed(feed.key().get(), datagram.session(), opener.orElseThrow(), environment.random());
        var joined = new SessionReceiver(datagram, source, start, feed, window, defaultPolicy, credentials,
                new RepairRequests(credentials.receiverId(), environment.random(), credentials.sealing(this::send), tally),
                tally, nowNs);
        if (before.isPresent()) {
            joined.goOn();
        }
        opened.forEach(one -> joined.add(one.intake(), one.direct(), nowNs));
        sessions.put(joined.session(), joined);
        followed = sessions.values().toArray(SessionReceiver[]::new);
        return Optional.of(joined);
    }

    /** Makes place in the table: an ended session goes first, then the one that has been silent longest. */
    private boolean forgetOne(long nowNs) {
        Optional<SessionReceiver> least = sessions.values().stream()
                .filter(session -> session.isEnded() || nowNs - session.lastHeardNs() >= limits.silence().toNanos())
                .min(Comparator.comparing((SessionReceiver session) -> !session.isEnded())
                        .thenComparing(SessionReceiver::lastHeardNs));
        least.ifPresent(session -> {
            boolean hasEnded = session.isEnded();
            session.retire();
            forgotten.put(session.session(), session.forgotten(hasEnded));
            sessions.remove(session.session());
            followed = sessions.values().toArray(SessionReceiver[]::new);
            last = Optional.empty();
        });
        return least.isPresent();
    }

    private void report(SessionReceiver session, int flags) {
        try {
            int blocking = session.isBlocking() ? DatagramLayout.BLOCKING : 0;
            Credentials own = session.credentials();
            ByteBuffer status = own.sealed(control.status(session.session(), own.receiverId(), session.cookie(), session.report(),
                    session.takeEcho(environment.clock().nanoTime()), name, flags | blocking));
            if (!send(status, session.source())) {
                tally.sendFailures++;
            }
        } catch (IOException e) {
            tally.sendFailures++;
        }
    }

    private boolean send(ByteBuffer datagram, InetSocketAddress target) throws IOException {
        return io.send(datagram, target);
    }

    private Intake open(Interest interest, Optional<DataHandler> direct) {
        interest.policy().ifPresent(feed::requirePossible);
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new TransportException("the subscriber at " + address + " has failed; open another one", failure.get());
            }
            var intake = new Intake(label(interest), interest, lock, this::onRoom, environment);
            opened.add(new Opened(intake, direct));
            long nowNs = environment.clock().nanoTime();
            sessions.values().forEach(session -> session.add(intake, direct, nowNs));
            wakeUp();
            return intake;
        } finally {
            lock.unlock();
        }
    }

    /** A handler has taken an event: its publisher may go on, when enough of them are taken. */
    private void onRoom() {
        if (sessions.isEmpty() || isReportDue) {
            return;
        }
        for (SessionReceiver session : sessions.values()) {
            if (session.isWaitedFor()) {
                wakeUp();
                return;
            }
        }
    }

    private void wakeUp() {
        isReportDue = true;
        io.wakeUp();
    }

    private void remove(Intake intake, Subscription closed) {
        lock.lock();
        try {
            opened.removeIf(one -> one.intake() == intake);
            sessions.values().forEach(session -> session.remove(intake));
            wakeUp();
        } finally {
            lock.unlock();
        }
        subscriptions.remove(closed);
    }

    private String label(Interest interest) {
        return interest.filter() + " at " + address;
    }

    static void join(Thread thread, Duration longest) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, longest.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
