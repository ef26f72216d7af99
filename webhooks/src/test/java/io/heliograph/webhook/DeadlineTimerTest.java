package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTimerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private final DeadlineTimer timer = DeadlineTimer.start(clock);

    @AfterEach
    void close() {
        timer.close();
    }

    @Test
    void runsNothingBeforeItsMoment() throws InterruptedException {
        var ran = new AtomicInteger();
        timer.schedule(clock.nanoTime() + Duration.ofSeconds(15).toNanos(), ran::incrementAndGet);
        for (int i = 0; i < 15; i++) {
            assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
            assertThat(ran).hasValue(0);
            clock.advance(i < 14 ? Duration.ofSeconds(1) : Duration.ofMillis(999));
        }
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
        assertThat(ran).hasValue(0);

        clock.advance(Duration.ofMillis(1).plus(DeadlineTimer.TICK));

        Soon.until(() -> ran.get() == 1);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void runsNothingThatWasCancelled() throws InterruptedException {
        var ran = new ConcurrentLinkedQueue<String>();
        long atNs = clock.nanoTime() + Duration.ofSeconds(1).toNanos();
        DeadlineTimer.Entry first = timer.schedule(atNs, () -> ran.add("first"));
        timer.schedule(atNs, () -> ran.add("second"));
        DeadlineTimer.Entry third = timer.schedule(atNs, () -> ran.add("third"));
        first.cancel();
        first.cancel();
        third.cancel();
        assertThat(timer.waiting()).isEqualTo(1);

        advance(Duration.ofSeconds(2));

        Soon.until(() -> ran.size() == 1);
        assertThat(ran).containsExactly("second");
        first.cancel();
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void survivesAnActionThatThrows() throws InterruptedException {
        var ran = new AtomicInteger();
        timer.schedule(clock.nanoTime(), () -> {
            throw new IllegalStateException("on purpose");
        });
        timer.schedule(clock.nanoTime() + 1, ran::incrementAndGet);

        advance(Duration.ofSeconds(1));

        Soon.until(() -> ran.get() == 1);
    }

    /** Thousands of deadlines, many cancelled, in steps from a fraction of a tick to many turns of the wheel. */
    @Test
    void runsEachAtItsMomentWhateverTheSteps() throws InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        Map<Integer, Long> dueAt = new HashMap<>();
        Map<Integer, DeadlineTimer.Entry> entries = new HashMap<>();
        var ran = new ConcurrentLinkedQueue<Integer>();
        int scheduled = 0;
        for (int round = 0; round < 60; round++) {
            for (int i = random.nextInt(100); i > 0; i--) {
                int id = scheduled++;
                long atNs = clock.nanoTime() + random.nextLong(Duration.ofSeconds(random.nextInt(3) == 0 ? 60 : 2).toNanos());
                dueAt.put(id, atNs);
                entries.put(id, timer.schedule(atNs, () -> ran.add(id)));
            }
            for (int id : List.copyOf(entries.keySet())) {
                if (random.nextInt(10) == 0) {
                    entries.remove(id).cancel();
                    dueAt.remove(id);
                }
            }
            advance(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(40)));
            List<Integer> expected = new ArrayList<>();
            dueAt.forEach((id, atNs) -> {
                if (clock.nanoTime() - atNs >= DeadlineTimer.TICK.toNanos()) {
                    expected.add(id);
                }
            });
            Soon.until("seed " + seed, () -> ran.containsAll(expected));
            for (int id : List.copyOf(ran)) {
                assertThat(clock.nanoTime() - dueAt.getOrDefault(id, clock.nanoTime())).as("seed %d, early", seed).isNotNegative();
                dueAt.remove(id);
                entries.remove(id);
            }
            ran.clear();
            assertThat(timer.waiting()).as("seed %d", seed).isEqualTo(entries.size());
        }
    }

    /** Lets the timer's thread come to rest before and after, so that it has seen each moment. */
    private void advance(Duration duration) throws InterruptedException {
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
        clock.advance(duration);
        assertThat(clock.awaitWaiting(1, PATIENCE)).isTrue();
    }
}
