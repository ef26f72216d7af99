package io.heliograph.demo;

import io.heliograph.Publisher;
import io.heliograph.time.Clock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * The generator: every tenth of a second the shop's datagrams, every second the machine's, over UDP like anyone else's; and twice a
 * second a home for sale, published as any event.
 *
 * <p>Thread-safe. One daemon thread, {@code demo-generator}, works from {@link #start} to {@link #close}.
 */
final class Traffic implements AutoCloseable {

    /** How much more the shop does in a burst. */
    static final int BURST_FACTOR = 10;

    private static final long TICK_NS = Duration.ofMillis(100).toNanos();
    private static final int TICKS_PER_SECOND = 10;
    private static final int TICKS_PER_LISTING = 5;

    private final Publisher publisher;
    private final Listings listings;
    private final Clock clock;
    private final MetricSender shopSender;
    private final MetricSender machineSender;
    private final WebShop shop;
    private final Thread thread = Thread.ofPlatform().daemon().name("demo-generator").unstarted(this::work);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock.
    private long burstEndNs;
    private boolean closed;

    private Traffic(InetSocketAddress target, Publisher publisher, Clock clock, RandomGenerator random) {
        this.publisher = publisher;
        this.listings = new Listings(random);
        this.clock = clock;
        String life = Integer.toHexString(random.nextInt(1 << 16, 1 << 20));
        this.shopSender = new MetricSender("shop-" + life, target);
        this.machineSender = new MetricSender("machine-" + life, target);
        this.shop = new WebShop(random);
        this.burstEndNs = clock.nanoTime();
    }

    /** Makes ready to send metrics to {@code target}, and to publish homes. */
    static Traffic to(InetSocketAddress target, Publisher publisher, Clock clock, RandomGenerator random) {
        return new Traffic(target, publisher, clock, random);
    }

    /** Begins to send. Once only. */
    void start() {
        thread.start();
    }

    /** The shop does {@value #BURST_FACTOR} times as much from now on for {@code length}. */
    void burst(Duration length) {
        lock.lock();
        try {
            burstEndNs = clock.nanoTime() + length.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** How long the burst goes on. */
    Duration burstLeft() {
        lock.lock();
        try {
            return Duration.ofNanos(Math.max(0, burstEndNs - clock.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** The senders, whose datagrams are numbered. */
    List<MetricSender> senders() {
        return List.of(shopSender, machineSender);
    }

    private void work() {
        var machine = new MachineFigures();
        long nextNs = clock.nanoTime();
        for (long tick = 0; awaitUntil(nextNs); tick++) {
            if (tick % TICKS_PER_SECOND == 0) {
                machineSender.send(machine.lines());
            }
            if (tick % TICKS_PER_LISTING == 0) {
                // Whatever becomes of it is in the publisher's sums.
                var _ = publisher.publish(listings.next().toBuilder().time(Instant.now()).build());
            }
            int crowd = burstLeft().isPositive() ? BURST_FACTOR : 1;
            shopSender.send(shop.lines(1.0 / TICKS_PER_SECOND, crowd));
            // After a pause of the whole machine the ticks that were missed are not made up.
            nextNs = Math.max(nextNs + TICK_NS, clock.nanoTime() - TICK_NS);
        }
    }

    /** Returns whether to go on. */
    private boolean awaitUntil(long deadlineNs) {
        lock.lock();
        try {
            while (!closed && clock.nanoTime() - deadlineNs < 0) {
                clock.await(lock, changed, deadlineNs);
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Sends no more. Returns when the thread has ended. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        senders().forEach(MetricSender::close);
    }
}
