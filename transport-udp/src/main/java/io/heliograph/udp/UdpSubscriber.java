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
import io.heliograph.spi.Environment;
import io.heliograph.spi.IntakeSubscription;
import io.heliograph.spi.SubscriptionList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Listens at a UDP address: follows every session that sends there, and reports to each publisher once a second that it
 * listens.
 *
 * <p>Thread-safe. {@link #start} starts one daemon thread, {@code heliograph-udp-receiver ADDRESS}, which alone receives;
 * each handled subscription owns another. Without {@link #start}, a test calls {@link #doWork} itself.
 */
public final class UdpSubscriber implements Subscriber {

    private static final long LONGEST_WAIT_NS = 100_000_000;

    private final String address;
    private final DatagramIo io;
    private final DatagramIo reports;
    private final UdpLimits limits;
    private final Environment environment;
    private final FlowPolicy defaultPolicy;
    private final long receiverId;
    private final byte[] name;
    private final long listeningSinceNs;
    /** Guards this subscriber and its intakes, so that notices are told when all of it is released. */
    private final TellingLock lock = new TellingLock();
    private final Datagram datagram = new Datagram();
    private final DatagramWriter writer =
            new DatagramWriter(DatagramLayout.HEADER_BYTES + DatagramLayout.STATUS_FIXED_BYTES + DatagramLayout.MAX_NAME_BYTES, 1);
    private final UdpCounters.Tally tally = new UdpCounters.Tally();
    private final Map<Long, SessionReceiver> sessions = new HashMap<>();
    private final ForgottenSessions forgotten = new ForgottenSessions();
    private final List<Intake> intakes = new ArrayList<>();
    private final SubscriptionList subscriptions = new SubscriptionList();
    private Optional<Thread> thread = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private volatile boolean isClosed;
    private boolean isFull;

    /**
     * @param address     for names and notices
     * @param io          receives; closed with this
     * @param reports     sends reports to publishers; may be {@code io} itself; closed with this
     * @param policy      in force where a subscription asks for none
     * @param environment clocks, chance and listener
     */
    public UdpSubscriber(String address, DatagramIo io, DatagramIo reports, UdpLimits limits, FlowPolicy policy,
            Environment environment) {
        this.address = address;
        this.io = io;
        this.reports = reports;
        this.limits = limits;
        this.environment = environment;
        this.defaultPolicy = UdpTransport.requirePossible(policy);
        this.receiverId = environment.random().nextLong();
        this.name = address.getBytes(StandardCharsets.UTF_8).length > DatagramLayout.MAX_NAME_BYTES
                ? new byte[0]
                : address.getBytes(StandardCharsets.UTF_8);
        this.listeningSinceNs = environment.clock().nanoTime();
    }

    /** Starts the thread that receives. */
    public UdpSubscriber start() {
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-receiver " + address).start(this::run));
        return this;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        return subscriptions.add(() -> {
            Intake intake = open(interest);
            return IntakeSubscription.handled(intake, UdpTransport::requirePossible, closed -> remove(intake, closed),
                    environment, handler, label(interest));
        });
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        return subscriptions.add(() -> {
            Intake intake = open(interest);
            return IntakeSubscription.polled(intake, UdpTransport::requirePossible, closed -> remove(intake, closed),
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
        int received = io.receive(this::onDatagram, timeoutNs);
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            for (SessionReceiver session : sessions.values()) {
                session.onTime(nowNs);
                if (session.takeReportTurn(nowNs)) {
                    report(session, session.hasListeners() ? 0 : DatagramLayout.LEAVING);
                }
            }
        } finally {
            lock.unlock();
        }
        return received;
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
        thread.ifPresent(UdpSubscriber::join);
        subscriptions.close();
        io.close();
        reports.close();
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
            intakes.forEach(Intake::close);
        } finally {
            lock.unlock();
        }
        environment.tell(new Notice.TransportFailed(address, String.valueOf(cause)));
    }

    private long untilDueNs() {
        long nowNs = environment.clock().nanoTime();
        lock.lock();
        try {
            long due = LONGEST_WAIT_NS;
            for (SessionReceiver session : sessions.values()) {
                due = Math.min(due, session.untilDueNs(nowNs));
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    private void onDatagram(ByteBuffer bytes, InetSocketAddress source) {
        lock.lock();
        try {
            tally.datagrams++;
            tally.bytes += bytes.remaining();
            Optional<MalformedDatagram> fault = datagram.wrap(bytes);
            if (fault.isEmpty() && datagram.type() == DatagramLayout.STATUS) {
                fault = Optional.of(MalformedDatagram.UNKNOWN_TYPE);
            }
            if (fault.isPresent()) {
                tally.malformed.merge(fault.get(), 1L, Long::sum);
                return;
            }
            long nowNs = environment.clock().nanoTime();
            session(source, nowNs).ifPresent(
                    session -> session.onDatagram(datagram, environment.wallClock().epochNanos(), nowNs));
        } finally {
            lock.unlock();
        }
    }

    /** The session that the datagram at hand belongs to; none if it has ended or may not be followed. */
    private Optional<SessionReceiver> session(InetSocketAddress source, long nowNs) {
        SessionReceiver known = sessions.get(datagram.session());
        if (known != null) {
            if (!known.source().equals(source)) {
                tally.foreignSources++;
                return Optional.empty();
            }
            return Optional.of(known);
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
        var joined = new SessionReceiver(datagram.session(), source, start.expected(), start.nextEvent(), limits,
                defaultPolicy, tally);
        intakes.forEach(joined::add);
        sessions.put(joined.session(), joined);
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
        });
        return least.isPresent();
    }

    private void report(SessionReceiver session, int flags) {
        long epochNanos = environment.wallClock().epochNanos();
        var stamp = new DatagramWriter.Stamp(session.session(), 0, 0, 0, epochNanos);
        try {
            if (!reports.send(writer.status(flags, receiverId, session.report(), name, stamp),
                    session.source())) {
                tally.sendFailures++;
            }
        } catch (IOException e) {
            tally.sendFailures++;
        }
    }

    private Intake open(Interest interest) {
        interest.policy().ifPresent(UdpTransport::requirePossible);
        var intake = new Intake(label(interest), interest, lock, () -> { }, environment);
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new TransportException("the subscriber at " + address + " has failed; open another one", failure.get());
            }
            intakes.add(intake);
            sessions.values().forEach(session -> session.add(intake));
        } finally {
            lock.unlock();
        }
        io.wakeUp();
        return intake;
    }

    private void remove(Intake intake, Subscription closed) {
        lock.lock();
        try {
            intakes.remove(intake);
            sessions.values().forEach(session -> session.remove(intake));
        } finally {
            lock.unlock();
        }
        io.wakeUp();
        subscriptions.remove(closed);
    }

    private String label(Interest interest) {
        return interest.filter() + " at " + address;
    }

    static void join(Thread thread) {
        try {
            TimeUnit.SECONDS.timedJoin(thread, 5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
