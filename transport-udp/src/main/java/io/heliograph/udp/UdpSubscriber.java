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
import java.time.Duration;
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
    private static final Duration LONGEST_JOIN = Duration.ofSeconds(5);

    private final Feed feed;
    private final String address;
    private final DatagramIo io;
    private final Environment environment;
    /** Guards this subscriber and its intakes, so that notices are told when all of it is released. */
    private final TellingLock lock = new TellingLock();
    private final UdpCounters.Tally tally = new UdpCounters.Tally();
    private final FollowedSessions sessions;
    private final DatagramDispatcher dispatcher;
    private final SubscriptionList subscriptions = new SubscriptionList();
    private Optional<Thread> thread = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private volatile boolean isClosed;
    private boolean isReportDue;
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
        this.environment = environment;
        this.sessions = new FollowedSessions(feed, io, policy, lock, environment, tally);
        this.dispatcher = new DatagramDispatcher(feed.key(), sessions, lock, environment, tally);
        this.nextDueNs = environment.clock().nanoTime();
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
     * @throws io.heliograph.ConfigException if the interest asks for a policy that this address cannot do, or sets a condition
     */
    public Subscription subscribeDirect(Interest interest, DataHandler handler) {
        interest.requireNoCondition("a subscription whose handler sees events where they lie");
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
        int received = io.receive(dispatcher, timeoutNs);
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
        for (SessionReceiver session : sessions.all()) {
            session.onTime(nowNs);
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
            sessions.leave();
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
            sessions.abandon();
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

    private Intake open(Interest interest, Optional<DataHandler> direct) {
        interest.policy().ifPresent(feed::requirePossible);
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new TransportException("the subscriber at " + address + " has failed; open another one", failure.get());
            }
            var intake = new Intake(label(interest), interest, lock, this::onRoom, environment);
            sessions.add(intake, direct);
            wakeUp();
            return intake;
        } finally {
            lock.unlock();
        }
    }

    /** A handler has taken an event: its publisher may go on, when enough of them are taken. */
    private void onRoom() {
        for (SessionReceiver session : sessions.all()) {
            if (isReportDue) {
                return;
            }
            if (session.isWaitedFor()) {
                wakeUp();
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
            sessions.remove(intake);
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
