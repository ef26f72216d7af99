package io.heliograph.udp;

import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A publisher's thread, {@code heliograph-udp-sender ADDRESS}: does its duty and hears reports, and rests between while
 * publishing threads hear them. Without {@link #start}, {@link #doWork} is called instead.
 *
 * <p>Thread-safe. Allocates nothing per turn.
 */
final class SenderThread {

    /** What it waits for at most where somebody else does the work now. */
    private static final long LONGEST_WAIT_NS = 1_000_000_000;

    private final String address;
    private final SenderDuty duty;
    private final ReportHearing hearing;
    private final TellingLock lock;
    private final Environment environment;
    private Optional<Thread> thread = Optional.empty();

    SenderThread(String address, SenderDuty duty, ReportHearing hearing, TellingLock lock, Environment environment) {
        this.address = address;
        this.duty = duty;
        this.hearing = hearing;
        this.lock = lock;
        this.environment = environment;
    }

    /** @param onFailure called when the thread has ended before its duty was done */
    void start(Runnable onFailure) {
        thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-udp-sender " + address).start(() -> run(onFailure)));
    }

    /** Ends its waiting or resting: there is something to do. */
    void wake() {
        hearing.wakeUp();
        if (thread.isPresent()) {
            hearing.endRest(thread.get());
        }
    }

    /** Waits until it has ended, if it was started. */
    void join(Duration longest) {
        thread.ifPresent(own -> UdpSubscriber.join(own, longest));
    }

    private void run(Runnable onFailure) {
        try {
            while (!duty.isDone()) {
                work();
            }
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever ends this thread must not leave a publisher that accepts and never sends.
            lock.lock();
            try {
                duty.abandon();
            } finally {
                lock.unlock();
            }
            environment.tell(new Notice.TransportFailed(address, String.valueOf(failure)));
            onFailure.run();
        }
    }

    private void work() throws IOException {
        if (hearing.isRestDue(environment.clock().nanoTime())) {
            workBetweenRests();
            return;
        }
        long untilDueNs = untilDueNs();
        if (untilDueNs > 0 && hearing.tryEnterSocket()) {
            try {
                doWork(untilDueNs);
            } finally {
                hearing.leaveSocket();
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
                duty.doWork(environment.clock().nanoTime());
                untilDueNs = duty.untilDueNs(environment.clock().nanoTime());
            } finally {
                lock.unlock();
            }
        }
        if (untilDueNs > 0) {
            hearing.rest(untilDueNs);
        }
    }

    private long untilDueNs() {
        lock.lock();
        try {
            return duty.untilDueNs(environment.clock().nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what is due and hears reports, once.
     *
     * @param timeoutNs how long to wait for a report
     * @throws IOException if the socket failed
     */
    void doWork(long timeoutNs) throws IOException {
        lock.lock();
        try {
            duty.doWork(environment.clock().nanoTime());
        } finally {
            lock.unlock();
        }
        hearing.receive(timeoutNs);
    }
}
