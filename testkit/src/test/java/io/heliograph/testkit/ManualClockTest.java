package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ManualClockTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition condition = lock.newCondition();

    @Test
    void standsStillUntilItIsAdvanced() {
        long ns = clock.nanoTime();
        long wall = clock.epochNanos();
        clock.advance(Duration.ofMillis(5));
        assertThat(clock.nanoTime() - ns).isEqualTo(5_000_000);
        assertThat(clock.epochNanos() - wall).isEqualTo(5_000_000);
        assertThat(wall).isEqualTo(Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() * 1_000_000_000L);
    }

    @Test
    void overflowsAfterTenSeconds() {
        long before = clock.nanoTime();
        clock.advance(Duration.ofSeconds(11));
        assertThat(clock.nanoTime()).isNegative();
        assertThat(clock.nanoTime() - before).isEqualTo(Duration.ofSeconds(11).toNanos());
    }

    @Test
    void stepsTheWallClockAlone() {
        long ns = clock.nanoTime();
        long wall = clock.epochNanos();
        clock.stepWall(Duration.ofHours(-1));
        assertThat(clock.nanoTime()).isEqualTo(ns);
        assertThat(clock.epochNanos() - wall).isEqualTo(-Duration.ofHours(1).toNanos());
    }

    @Test
    void refusesToGoBack() {
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT-0.000000001S");
    }

    @Test
    void wakesThoseWhoseDeadlineHasComeAndNoOther() throws Exception {
        var early = sleeper(Duration.ofSeconds(1));
        var late = sleeper(Duration.ofSeconds(20));
        assertThat(clock.awaitWaiting(2, PATIENCE)).isTrue();
        clock.advance(Duration.ofNanos(999_999_999));
        assertThat(clock.waiting()).isEqualTo(2);
        clock.advance(Duration.ofNanos(1));
        early.join(PATIENCE);
        assertThat(early.isAlive()).isFalse();
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
        assertThat(late.isAlive()).isTrue();
        clock.advance(Duration.ofSeconds(19));
        late.join(PATIENCE);
        assertThat(late.isAlive()).isFalse();
    }

    @Test
    void doesNotCountAThreadThatWasSignalled() throws Exception {
        Thread sleeper = sleeper(Duration.ofSeconds(1));
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
        lock.lock();
        try {
            condition.signal();
            assertThat(clock.waiting()).isZero();
        } finally {
            lock.unlock();
        }
        // It looks again and waits on, as its deadline has not come.
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
        sleeper.interrupt();
        sleeper.join(PATIENCE);
        assertThat(clock.waiting()).isZero();
    }

    @Test
    void saysThatNobodyWaitsInTime() throws Exception {
        assertThat(clock.awaitWaiting(1, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void returnsAtOnceWhenTheDeadlineIsPast() throws Exception {
        lock.lock();
        try {
            clock.await(lock, condition, clock.nanoTime());
            clock.await(lock, condition, clock.nanoTime() - 1);
        } finally {
            lock.unlock();
        }
        assertThat(clock.waiting()).isZero();
    }

    /** Each round, several threads begin to wait while the clock jumps past their deadline: none may sleep on. */
    @Test
    void losesNoWakeUp() throws Exception {
        for (int round = 0; round < 200; round++) {
            List<Thread> sleepers = new ArrayList<>();
            var ready = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                long deadlineNs = clock.nanoTime() + 1_000_000;
                sleepers.add(Thread.ofVirtual().start(() -> {
                    ready.countDown();
                    sleepUntil(deadlineNs);
                }));
            }
            assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
            clock.advance(Duration.ofMillis(1));
            for (Thread sleeper : sleepers) {
                assertThat(sleeper.join(PATIENCE)).as("round " + round).isTrue();
            }
        }
    }

    private Thread sleeper(Duration duration) {
        long deadlineNs = clock.nanoTime() + duration.toNanos();
        return Thread.ofPlatform().daemon().start(() -> sleepUntil(deadlineNs));
    }

    private void sleepUntil(long deadlineNs) {
        lock.lock();
        try {
            while (deadlineNs - clock.nanoTime() > 0) {
                clock.await(lock, condition, deadlineNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
