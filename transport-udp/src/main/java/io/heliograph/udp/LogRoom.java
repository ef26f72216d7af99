package io.heliograph.udp;

import io.heliograph.PublishResult;
import io.heliograph.flow.Admission;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.time.Clock;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * Finds room for an event that a publisher's log has none for, as the policy in force says: the oldest datagrams are given up,
 * the event is, or its thread waits for a report that makes room.
 *
 * <pre>
 *   look for reports, some times  -->  wait in the socket, 1 ms  -->  wait for the sender's thread to hear one
 * </pre>
 *
 * <p>Guarded by the publisher's lock, which is not held while a thread waits.
 */
final class LogRoom {

    /** Since when a publish is refused that has not been. */
    static final long NOT_WAITED = Long.MIN_VALUE;

    /** Who hands over so much at once streams, and hears reports itself; who publishes now and then leaves it to the thread. */
    private static final int LEAST_BYTES_OF_A_STREAM = 8_192;

    /** A thread that needs room looks so often for a report before it waits for one. */
    private static final int LOOKS_BEFORE_WAITING = 4;

    /** So long it waits for a report itself; then the sender's thread does, and signals. */
    private static final long REPORT_WAIT_NS = 1_000_000;

    private final SessionSender sender;
    private final Credit credit;
    private final ReportHearing hearing;
    private final SenderThread thread;
    private final TellingLock lock;
    private final Condition changed;
    private final Clock clock;

    /** @param changed is signalled when there may be room */
    LogRoom(SessionSender sender, Credit credit, ReportHearing hearing, SenderThread thread, TellingLock lock, Condition changed,
            Clock clock) {
        this.sender = sender;
        this.credit = credit;
        this.hearing = hearing;
        this.thread = thread;
        this.lock = lock;
        this.changed = changed;
        this.clock = clock;
    }

    /**
     * Whoever publishes fast hears reports on the way, so that the sender's thread need not come between.
     *
     * @param bytes what was handed over at once
     */
    void hearOnTheWay(int bytes) {
        long nowNs = clock.nanoTime();
        boolean isStreaming = bytes >= LEAST_BYTES_OF_A_STREAM;
        if (sender.isReliable() && (isStreaming && hearing.isDue(nowNs) || sender.transmitter().isShortOfCredit())) {
            hearing.hear(nowNs);
        }
    }

    /** Since when a publish is refused that has no room now: {@code startedNs}, or now if that is {@link #NOT_WAITED}. */
    long refusedSinceNs(long startedNs) {
        return startedNs == NOT_WAITED ? clock.nanoTime() : startedNs;
    }

    /**
     * Makes or waits for room.
     *
     * @param startedNs since when it is refused
     * @return how the publish ends; empty if it is to be tried again
     */
    Optional<PublishResult> make(long startedNs) {
        FlowPolicy policy = credit.policy();
        return switch (Admission.judgeFullRing(policy, clock.nanoTime() - startedNs)) {
            case EVICT_OLDEST -> {
                sender.giveUpOldest();
                yield Optional.empty();
            }
            case DROP -> Optional.of(PublishResult.DROPPED);
            case WAIT -> await(startedNs + policy.maxWait().toNanos());
            case BACK_PRESSURED -> Optional.of(PublishResult.BACK_PRESSURED);
            default -> throw new IllegalStateException("a ring has no such verdict under " + policy);
        };
    }

    private Optional<PublishResult> await(long deadlineNs) {
        sender.flush();
        for (int i = 0; i < LOOKS_BEFORE_WAITING && sender.isReliable(); i++) {
            if (hearing.hear(clock.nanoTime())) {
                return Optional.empty();
            }
        }
        long nowNs = clock.nanoTime();
        sender.schedule().beginWait(nowNs);
        try {
            if (!awaitReport(Math.min(deadlineNs - nowNs, REPORT_WAIT_NS))) {
                hearing.heardLast(nowNs);
                thread.wake();
                clock.await(lock, changed, deadlineNs);
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(PublishResult.BACK_PRESSURED);
        } finally {
            sender.schedule().endWait();
        }
    }

    /** Waits in the socket, without the lock, instead of the sender's thread; says whether there was a report. */
    private boolean awaitReport(long timeoutNs) {
        if (!sender.isReliable() || timeoutNs <= 0 || !hearing.tryEnterSocket()) {
            return false;
        }
        lock.unlock();
        try {
            return hearing.await(timeoutNs);
        } finally {
            hearing.leaveSocket();
            lock.lock();
        }
    }
}
