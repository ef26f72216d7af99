package io.heliograph.discovery;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells who listens that a publisher or responder is there, until it is closed: a beacon at once, then one each three
 * quarters of a period to one period, by chance, so that many do not fall into step; then a goodbye.
 *
 * <p>Thread-safe. Runs one daemon thread, {@code heliograph-announcer NAME}. Allocates nothing per beacon. Nobody is told
 * anything that is not in its arguments; nothing of a beacon is secret.
 */
public final class Announcement implements AutoCloseable {

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
    private static final int EXPIRY_PERIODS = 3;

    /** The least wait is the period less one such part of it. */
    private static final int JITTER_PART = 4;

    private final Beacon beacon;
    private final DiscoveryGroup group;
    private final long periodNs;
    private final DatagramChannel channel;
    private final Environment environment;
    private final SplittableRandom random;
    private final LongAdder sent = new LongAdder();
    private final LongAdder notSent = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final Thread thread;
    private boolean isClosed;
    private boolean isFailing;

    private Announcement(Beacon beacon, AnnouncementConfig config, DatagramChannel channel, SplittableRandom random,
            Environment environment) {
        this.beacon = beacon;
        this.group = config.group();
        this.periodNs = config.period().toNanos();
        this.channel = channel;
        this.random = random;
        this.environment = environment;
        this.thread = Thread.ofPlatform().daemon().name("heliograph-announcer " + beacon.name()).unstarted(this::run);
    }

    /**
     * Begins to announce.
     *
     * @param addresses   where it is, as others would write it, without settings that are secret
     * @param environment clock, chance (asked here alone, by the caller's thread) and who hears of faults
     * @throws io.heliograph.ConfigException    for what a beacon cannot say, or an interface without an IPv4 address
     * @throws io.heliograph.TransportException if no socket can be opened
     */
    public static Announcement open(AnnouncementConfig config, NetworkInterface networkInterface, List<String> addresses,
            Environment environment) {
        int expiryMs = (int) config.period().multipliedBy(EXPIRY_PERIODS).toMillis();
        var beacon = new Beacon(environment.random().nextLong(), config.name(), addresses, config.topics(), expiryMs);
        // Chance of its own: the environment's is its owner's, and used under that one's lock.
        var random = new SplittableRandom(environment.random().nextLong());
        var announcement = new Announcement(beacon, config, DiscoverySockets.sender(networkInterface), random, environment);
        announcement.thread.start();
        return announcement;
    }

    private void run() {
        try {
            ByteBuffer bytes = BeaconCodec.encode(beacon);
            do {
                send(bytes);
            } while (awaitTurn());
            send(BeaconCodec.encode(beacon.goodbye()));
        } finally {
            DiscoverySockets.close(channel);
        }
    }

    private void send(ByteBuffer bytes) {
        try {
            boolean isTaken = channel.send(bytes.rewind(), group.address()) > 0;
            (isTaken ? sent : notSent).increment();
            isFailing = false;
        } catch (IOException e) {
            notSent.increment();
            if (!isFailing) {
                environment.tell(new Notice.Degraded(group.toString(),
                        beacon.name() + " cannot be announced for now: " + e.getMessage()));
            }
            isFailing = true;
        }
    }

    /** Waits for the next beacon's turn, or says that there is none. */
    private boolean awaitTurn() {
        lock.lock();
        try {
            long dueNs = environment.clock().nanoTime() + periodNs - random.nextLong(periodNs / JITTER_PART + 1);
            while (!isClosed && environment.clock().nanoTime() - dueNs < 0) {
                environment.clock().await(lock, closing, dueNs);
            }
            return !isClosed;
        } catch (InterruptedException e) {
            // Nobody else knows this thread; whoever interrupts it all the same wants it to end.
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What is announced. */
    public Beacon beacon() {
        return beacon;
    }

    /** Beacons that the operating system took, the goodbye included. */
    public long sent() {
        return sent.sum();
    }

    /** Beacons that it did not take. */
    public long notSent() {
        return notSent.sum();
    }

    /** Says goodbye, once, and ends; waits for at most a second. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, LONGEST_CLOSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
