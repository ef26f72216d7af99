package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {

    private final ReplayWindow window = new ReplayWindow();

    @Test
    void eachCounterIsFreshOnce() {
        for (long counter : new long[] {0, 1, 5, 3, 4, 70, 69, 7, Long.MAX_VALUE, Long.MAX_VALUE - 63}) {
            assertThat(window.isFresh(counter)).as("%d", counter).isTrue();
            window.see(counter);
            assertThat(window.isFresh(counter)).as("%d again", counter).isFalse();
        }
    }

    @Test
    void whatIsOlderThanTheWindowIsNotFresh() {
        window.see(100);
        assertThat(window.isFresh(37)).isTrue();
        assertThat(window.isFresh(36)).isFalse();
        assertThat(window.isFresh(-1)).isFalse();
        assertThat(window.isFresh(Long.MIN_VALUE)).isFalse();
    }

    @Test
    void theFirstMayBeAnyAndThoseBeforeItAreFresh() {
        window.see(10);
        assertThat(window.isFresh(9)).isTrue();
        assertThat(window.isFresh(0)).isTrue();
        assertThat(window.isFresh(-1)).isFalse();
    }

    @Test
    void itAgreesWithASetWhateverComes() {
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var fresh = new ReplayWindow();
            Set<Long> seen = new HashSet<>();
            long largest = -1;
            for (int step = 0; step < 5_000; step++) {
                long counter = Math.max(0, largest + random.nextInt(random.nextInt(20) == 0 ? 200 : 8) - random.nextInt(90));
                boolean expected = counter > largest - ReplayWindow.WIDTH && !seen.contains(counter);
                assertThat(fresh.isFresh(counter)).as("seed %d, counter %d, largest %d", seed, counter, largest)
                        .isEqualTo(expected);
                if (expected) {
                    fresh.see(counter);
                    seen.add(counter);
                    largest = Math.max(largest, counter);
                }
            }
            assertThat(seen.size()).isGreaterThan(500);
        }
    }
}
