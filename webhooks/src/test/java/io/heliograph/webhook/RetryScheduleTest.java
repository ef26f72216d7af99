package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryScheduleTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final RetrySchedule schedule = RetrySchedule.defaults();
    private final Random random = new Random(5);

    @Test
    void followsTheExampleOfStandardWebhooks() {
        assertThat(schedule.first()).isZero();
        assertThat(schedule.delays()).extracting(Duration::toSeconds)
                .containsExactly(0L, 5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
    }

    @Test
    void waitsTheDelayAndUpToAFifthMore() {
        for (int made = 1; made < 10; made++) {
            Duration delay = schedule.delays().get(made);
            Duration shortest = Duration.ofDays(1000);
            Duration longest = Duration.ZERO;
            for (int i = 0; i < 1000; i++) {
                Duration next = schedule.next(made, Optional.empty(), random).orElseThrow();
                shortest = next.compareTo(shortest) < 0 ? next : shortest;
                longest = next.compareTo(longest) > 0 ? next : longest;
            }
            assertThat(shortest).isBetween(delay, delay.multipliedBy(102).dividedBy(100));
            assertThat(longest).isBetween(delay.multipliedBy(118).dividedBy(100), delay.multipliedBy(120).dividedBy(100));
        }
    }

    @Test
    void endsAfterTheLastAttempt() {
        assertThat(schedule.next(9, Optional.empty(), random)).isPresent();
        assertThat(schedule.next(10, Optional.empty(), random)).isEmpty();
        assertThat(schedule.next(10, Optional.of(Duration.ofSeconds(1)), random)).isEmpty();
        assertThat(schedule.withDelays(List.of(Duration.ZERO)).next(1, Optional.empty(), random)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,300", "1,300", "299,300", "301,301", "3600,3600", "86400,86400", "86401,86400", "1000000000,86400"})
    void obeysRetryAfterWithinItsBounds(long askedSeconds, long expectedSeconds) {
        RetrySchedule exact = new RetrySchedule(schedule.delays(), 0, schedule.maxRetryAfter());

        assertThat(exact.next(2, Optional.of(Duration.ofSeconds(askedSeconds)), random)).contains(Duration.ofSeconds(expectedSeconds));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "120,120", "' 120 ',120", "1000000000,1000000000", "999999999999999,999999999999999",
        "99999999999999999999999999,1000000000000000", "'Thu, 01 Jan 2026 00:00:30 GMT',30", "'Thu, 1 Jan 2026 00:00:30 GMT',30",
        "'Wed, 31 Dec 2025 23:59:59 GMT',0", "'Sun, 06 Nov 1994 08:49:37 GMT',0"})
    void readsRetryAfterAsSecondsOrDate(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "5s", "0x10", "+5", "١", "Sun, 99 Nov 2026 08:49:37 GMT", "2026-01-01T00:00:30Z"})
    void takesNoGarbageForRetryAfter(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @Test
    void refusesValuesOutOfTheirBounds() {
        List<Duration> now = List.of(Duration.ZERO);
        assertThatThrownBy(() -> schedule.withDelays(List.of())).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> schedule.withDelays(Collections.nCopies(65, Duration.ZERO))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> schedule.withDelays(List.of(Duration.ofSeconds(-1)))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> schedule.withDelays(List.of(Duration.ofDays(31)))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RetrySchedule(now, -0.1, Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RetrySchedule(now, 1.1, Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RetrySchedule(now, Double.NaN, Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThat(schedule.withDelays(Collections.nCopies(64, Duration.ofDays(30))).delays()).hasSize(64);
    }
}
