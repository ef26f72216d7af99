package io.heliograph.statsd;

import io.heliograph.Publisher;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.PortableDatagramIo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Listens for StatsD datagrams and publishes, once a flush period, one event for each metric that changed.
 *
 * <p>Thread-safe. Two daemon threads work for it, both from {@link #start} to {@link #close}:
 * <ul>
 *   <li>{@code statsd-receiver} reads the socket and applies the lines; it never waits for a publisher;
 *   <li>{@code statsd-flush} ends the pane on time, makes its events, and publishes them.
 * </ul>
 * One lock stands between them. A publisher that takes longer than a period delays the next flush, whose pane is then as
 * many periods long: nothing is lost by that.
 */
public final class StatsdServer implements AutoCloseable {

    private static final long RECEIVE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_AFTER_ERROR_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int ROUNDS_ON_CLOSE = 16;
    private static final int LINGER_SECONDS = 5;

    private final DatagramIo io;
    private final Flush flush;
    private final Clock clock;
    private final WallClock wallClock;
    private final long periodNs;
    private final Thread receiver = Thread.ofPlatform().daemon().name("statsd-receiver").unstarted(this::receive);
    private final Thread flusher = Thread.ofPlatform().daemon().name("statsd-flush").unstarted(this::flush);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    // Guarded by lock.
    private final DatagramIntake intake;
    private long paneStartNs;
    private long receiveErrors;
    private OptionalLong kernelDropsAtClose = OptionalLong.empty();
    private boolean socketClosed;

    private volatile boolean closed;

    private StatsdServer(StatsdConfig config, DatagramIo io, Publisher publisher, Clock clock, WallClock wallClock) {
        this.io = io;
        this.flush = new Flush(publisher, clock);
        this.clock = clock;
        this.wallClock = wallClock;
        this.periodNs = config.flushPeriod().toNanos();
        this.paneStartNs = clock.nanoTime();
        this.intake = new DatagramIntake(config, new SecureRandom().nextLong());
    }

    /**
     * Opens the socket that {@code config} names, and starts.
     *
     * @param publisher takes the events; the server does not close it
     * @throws io.heliograph.AddressInUseException if the port is taken
     * @throws io.heliograph.TransportException    if the operating system refuses
     */
    public static StatsdServer start(StatsdConfig config, Publisher publisher) {
        DatagramIo io = PortableDatagramIo.unicast(config.socketAddress(), config.receiveBufferBytes());
        return start(config, io, publisher, Clock.SYSTEM, WallClock.SYSTEM);
    }

    /**
     * Starts on a socket that is open already and from now on belongs to the server.
     *
     * @param config    its address and buffer are not looked at
     * @param publisher takes the events; the server does not close it
     * @param clock     says when a pane ends
     * @param wallClock dates the panes
     */
    public static StatsdServer start(StatsdConfig config, DatagramIo io, Publisher publisher, Clock clock,
            WallClock wallClock) {
        var server = new StatsdServer(config, io, publisher, clock, wallClock);
        server.receiver.start();
        server.flusher.start();
        return server;
    }

    /** Where the server listens. */
    public InetSocketAddress localAddress() {
        return io.localAddress();
    }

    /** The receive buffer that the operating system granted, in bytes. */
    public int receiveBufferBytes() {
        return io.receiveBufferBytes();
    }

    /** The counts so far. */
    public StatsdCounters counters() {
        Flush.Counts flushed = flush.counts();
        OptionalLong openSocketDrops = io.kernelDrops();
        lock.lock();
        try {
            OptionalLong drops = socketClosed ? kernelDropsAtClose : openSocketDrops;
            return new StatsdCounters(intake.datagrams(), intake.bytes(), intake.oversized(), intake.lines(),
                    intake.applied(), intake.bad(), intake.rejected(), intake.series(), drops, receiveErrors,
                    flushed.panes(), flushed.events(), flushed.published(), flushed.failures(), flushed.abandoned());
        } finally {
            lock.unlock();
        }
    }

    /** The sums of each numbered generator heard so far. */
    public List<GeneratorSums> generators() {
        lock.lock();
        try {
            return intake.generators();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads what the socket still holds (at most some thousand datagrams), closes it, and flushes the last pane. A
     * publisher that is slow gets {@value #LINGER_SECONDS} s; events that it did not take by then are counted as
     * abandoned. Idempotent; returns when all that is done.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                flush.setDeadline(clock.nanoTime() + TimeUnit.SECONDS.toNanos(LINGER_SECONDS));
            }
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        io.wakeUp();
        joinUninterruptibly(receiver);
        joinUninterruptibly(flusher);
    }

    private void receive() {
        while (!closed) {
            receiveOnce(RECEIVE_TIMEOUT_NS);
        }
        for (int round = 0; round < ROUNDS_ON_CLOSE && receiveOnce(0) > 0; round++) {
            // What arrived before the close counts.
        }
        closeSocket();
    }

    private int receiveOnce(long timeoutNs) {
        try {
            return io.receive((datagram, source) -> onDatagram(datagram), timeoutNs);
        } catch (IOException | RuntimeException e) {
            pauseAfterError();
            return 0;
        }
    }

    private void onDatagram(ByteBuffer datagram) {
        lock.lock();
        try {
            intake.onDatagram(datagram);
        } finally {
            lock.unlock();
        }
    }

    private void pauseAfterError() {
        lock.lock();
        try {
            receiveErrors++;
            if (!closed) {
                clock.await(lock, closing, clock.nanoTime() + PAUSE_AFTER_ERROR_NS);
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void closeSocket() {
        lock.lock();
        try {
            kernelDropsAtClose = io.kernelDrops();
            socketClosed = true;
            io.close();
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        boolean last;
        do {
            last = awaitPaneEnd();
            if (last) {
                joinUninterruptibly(receiver);
            }
            flush.publish(endPane());
        } while (!last);
    }

    /** Returns whether the server closes, and so the pane is the last one. */
    private boolean awaitPaneEnd() {
        lock.lock();
        try {
            long endNs = paneStartNs + periodNs;
            while (!closed && clock.nanoTime() - endNs < 0) {
                clock.await(lock, closing, endNs);
            }
        } catch (InterruptedException e) {
            closed = true;
            io.wakeUp();
        } finally {
            lock.unlock();
        }
        return closed;
    }

    /** A pane's length is a whole number of periods, and never 0: the rest belongs to the next one. */
    private Pane endPane() {
        lock.lock();
        try {
            long nowNs = clock.nanoTime();
            long periods = Math.max(1, (nowNs - paneStartNs) / periodNs);
            long lengthNs = periods * periodNs;
            long behindNs = nowNs - paneStartNs - lengthNs;
            paneStartNs += lengthNs;
            Instant end = Instant.EPOCH.plusNanos(wallClock.epochNanos() - Math.max(0, behindNs));
            return intake.closePane(end, Duration.ofNanos(lengthNs));
        } finally {
            lock.unlock();
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
