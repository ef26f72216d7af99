package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.testkit.ManualClock;
import io.heliograph.webhook.Turn.Wait;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a clock that overflows while the tests run. */
class EndpointGateTest {

    private static final Optional<String> NO_KEY = Optional.empty();
    private static final Duration DAY = Duration.ofDays(1);
    private static final AttemptResult DELIVERED = new AttemptResult.Delivered(new Answer(204, Optional.empty(), ""), Duration.ZERO);
    private static final AttemptResult REFUSED = new AttemptResult.Failed(FailureReason.CONNECT, "", Optional.empty(), Duration.ZERO);
    private static final AttemptResult OURS = new AttemptResult.Failed(FailureReason.SENDER, "", Optional.empty(), Duration.ZERO);

    private final ManualClock clock = new ManualClock();

    @Test
    void lets4AttemptsRunAtOnce() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        for (int i = 0; i < 4; i++) {
            begin(gate, NO_KEY);
        }

        assertThat(turn(gate)).isEqualTo(new Turn.AfterAnother(Wait.CONCURRENCY));
        gate.end(NO_KEY, DELIVERED, clock.nanoTime());
        assertThat(turn(gate)).isEqualTo(new Turn.Now());
        assertThat(gate.underWay()).isEqualTo(3);
    }

    @Test
    void letsOneRunWhereAllAreOrdered() {
        EndpointGate gate = gate(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT));
        begin(gate, Optional.of("a"));

        assertThat(gate.turn(Optional.of("b"), clock.nanoTime())).isEqualTo(new Turn.AfterAnother(Wait.CONCURRENCY));
        assertThat(new EndpointLimits(9, Ordering.ENDPOINT, Optional.empty(), BreakerConfig.defaults()).concurrency()).isEqualTo(1);
    }

    @Test
    void letsOneOfEachKeyRunWhereKeysAreOrdered() {
        EndpointGate gate = gate(EndpointLimits.defaults().withOrdering(Ordering.KEY));
        begin(gate, Optional.of("a"));

        assertThat(gate.turn(Optional.of("a"), clock.nanoTime())).isEqualTo(new Turn.AfterAnother(Wait.KEY));
        begin(gate, Optional.of("b"));
        begin(gate, NO_KEY);
        begin(gate, NO_KEY);
        assertThat(gate.turn(Optional.of("c"), clock.nanoTime())).isEqualTo(new Turn.AfterAnother(Wait.CONCURRENCY));
        gate.end(Optional.of("a"), DELIVERED, clock.nanoTime());
        assertThat(gate.turn(Optional.of("b"), clock.nanoTime())).isEqualTo(new Turn.AfterAnother(Wait.KEY));
        begin(gate, Optional.of("a"));
    }

    @Test
    void ignoresKeysWhereNothingIsOrdered() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        begin(gate, Optional.of("a"));
        begin(gate, Optional.of("a"));

        assertThat(gate.underWay()).isEqualTo(2);
    }

    @Test
    void keepsToTheRateOverAnHour() {
        EndpointGate gate = gate(EndpointLimits.defaults().withRate(new RateLimit(100, Duration.ofSeconds(1))));
        long startNs = clock.nanoTime();
        long begun = 0;
        long atOnce = 0;
        while (clock.nanoTime() - startNs < Duration.ofHours(1).toNanos()) {
            switch (turn(gate)) {
                case Turn.Now now -> {
                    begin(gate, NO_KEY);
                    gate.end(NO_KEY, DELIVERED, clock.nanoTime());
                    begun++;
                    atOnce += clock.nanoTime() == startNs ? 1 : 0;
                }
                case Turn.At(long atNs, Wait why) -> {
                    assertThat(why).isEqualTo(Wait.RATE);
                    clock.advance(Duration.ofNanos(atNs - clock.nanoTime()));
                }
                case Turn.AfterAnother another -> throw new AssertionError(another);
            }
        }

        assertThat(atOnce).isEqualTo(100);
        assertThat(begun).isBetween(360_098L, 360_100L);
    }

    @ParameterizedTest
    @CsvSource({"1,1000", "3,1000", "7,60000", "1000000,1", "1,86400000"})
    void neverExceedsItsRateNorFallsBehindIt(int max, long perMs) {
        var bucket = new TokenBucket(new RateLimit(max, Duration.ofMillis(perMs)), clock.nanoTime());
        long startNs = clock.nanoTime();
        int taken = 0;
        while (taken < 3 * Math.min(max, 1000)) {
            clock.advance(Duration.ofNanos(bucket.waitNs(clock.nanoTime())));
            bucket.take(clock.nanoTime());
            taken++;
            double allowed = max + (double) (clock.nanoTime() - startNs) / (perMs * 1_000_000.0) * max;
            assertThat((double) taken).isLessThanOrEqualTo(allowed + 1e-6);
        }
        double wanted = Math.max(0, taken - max) * (double) perMs * 1_000_000 / max;
        assertThat((double) (clock.nanoTime() - startNs)).isBetween(wanted, wanted * 1.001 + taken);
    }

    @Test
    void savesNoMoreThanABurst() {
        var bucket = new TokenBucket(new RateLimit(2, Duration.ofSeconds(1)), clock.nanoTime());
        clock.advance(Duration.ofHours(1));
        bucket.take(clock.nanoTime());
        bucket.take(clock.nanoTime());

        assertThat(bucket.waitNs(clock.nanoTime())).isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void leavesAnEndpointAloneThatFails5TimesInARow() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        fail(gate, 4);
        assertThat(turn(gate)).isEqualTo(new Turn.Now());

        fail(gate, 1);

        assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(30), Wait.BREAKER));
        assertThat(gate.isOpen()).isTrue();
        assertThat(gate.opened()).isEqualTo(1);
    }

    @Test
    void triesWithOneAndTwiceAsLateEachTimeItFails() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        fail(gate, 5);
        for (long seconds : new long[] {30, 60, 120, 240, 480, 600, 600}) {
            clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(turn(gate)).isEqualTo(at(Duration.ofNanos(1), Wait.BREAKER));
            clock.advance(Duration.ofNanos(1));
            begin(gate, NO_KEY);
            assertThat(turn(gate)).isEqualTo(new Turn.AfterAnother(Wait.BREAKER));
            gate.end(NO_KEY, REFUSED, clock.nanoTime());
        }
    }

    @Test
    void letsAllThroughAgainWhenTheTrialSucceeds() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        fail(gate, 5);
        clock.advance(Duration.ofSeconds(30));
        begin(gate, NO_KEY);
        gate.end(NO_KEY, DELIVERED, clock.nanoTime());

        assertThat(gate.isOpen()).isFalse();
        fail(gate, 4);
        assertThat(turn(gate)).isEqualTo(new Turn.Now());
        fail(gate, 1);
        assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(30), Wait.BREAKER));
    }

    @Test
    void blamesNoEndpointForTheSendersFaults() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        for (int i = 0; i < 100; i++) {
            begin(gate, NO_KEY);
            gate.end(NO_KEY, OURS, clock.nanoTime());
        }
        assertThat(turn(gate)).isEqualTo(new Turn.Now());
        fail(gate, 5);
        clock.advance(Duration.ofSeconds(30));
        begin(gate, NO_KEY);
        gate.end(NO_KEY, OURS, clock.nanoTime());

        assertThat(turn(gate)).as("the trial is made again").isEqualTo(new Turn.Now());
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void takesAFailureThatEndsLateForNoSecondOpening() {
        EndpointGate gate = gate(EndpointLimits.defaults().withConcurrency(8));
        for (int i = 0; i < 8; i++) {
            begin(gate, NO_KEY);
        }
        for (int i = 0; i < 8; i++) {
            gate.end(NO_KEY, REFUSED, clock.nanoTime());
        }

        assertThat(gate.opened()).isEqualTo(1);
        assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(30), Wait.BREAKER));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "90,90", "86400,86400", "86401,86400", "1000000000,86400"})
    void obeysRetryAfterWithinItsBounds(long askedSeconds, long expectedSeconds) {
        EndpointGate gate = gate(EndpointLimits.defaults());
        begin(gate, NO_KEY);

        gate.end(NO_KEY, answered(503, Optional.of(Duration.ofSeconds(askedSeconds))), clock.nanoTime());

        assertThat(turn(gate)).isEqualTo(expectedSeconds == 0 ? new Turn.Now()
                : at(Duration.ofSeconds(expectedSeconds), Wait.RETRY_AFTER));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 504})
    void slowsDownForAReceiverThatIsOverloaded(int status) {
        EndpointGate gate = gate(EndpointLimits.defaults().withBreaker(new BreakerConfig(1000, Duration.ofSeconds(1), DAY)));
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 64}) {
            begin(gate, NO_KEY);
            gate.end(NO_KEY, answered(status, Optional.empty()), clock.nanoTime());
            assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(seconds), Wait.RETRY_AFTER));
            clock.advance(Duration.ofSeconds(seconds));
        }
        begin(gate, NO_KEY);
        gate.end(NO_KEY, DELIVERED, clock.nanoTime());
        begin(gate, NO_KEY);
        gate.end(NO_KEY, answered(status, Optional.empty()), clock.nanoTime());
        assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(1), Wait.RETRY_AFTER));
    }

    @Test
    void neverShortensAPause() {
        EndpointGate gate = gate(EndpointLimits.defaults());
        begin(gate, NO_KEY);
        begin(gate, NO_KEY);
        gate.end(NO_KEY, answered(429, Optional.of(Duration.ofSeconds(60))), clock.nanoTime());
        gate.end(NO_KEY, answered(429, Optional.of(Duration.ofSeconds(5))), clock.nanoTime());

        assertThat(turn(gate)).isEqualTo(at(Duration.ofSeconds(60), Wait.RETRY_AFTER));
    }

    @Test
    void refusesValuesOutOfTheirBounds() {
        assertThatThrownBy(() -> EndpointLimits.defaults().withConcurrency(0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> EndpointLimits.defaults().withConcurrency(1001)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RateLimit(0, DAY)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RateLimit(1_000_001, DAY)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RateLimit(1, Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RateLimit(1, Duration.ofDays(2))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BreakerConfig(0, DAY, DAY)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BreakerConfig(1, DAY, Duration.ofHours(1))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BreakerConfig(1, Duration.ZERO, DAY)).isInstanceOf(ConfigException.class);
    }

    private EndpointGate gate(EndpointLimits limits) {
        return new EndpointGate(limits, DAY, clock.nanoTime());
    }

    private Turn turn(EndpointGate gate) {
        return gate.turn(NO_KEY, clock.nanoTime());
    }

    private void begin(EndpointGate gate, Optional<String> key) {
        assertThat(gate.turn(key, clock.nanoTime())).isEqualTo(new Turn.Now());
        gate.begin(key, clock.nanoTime());
    }

    private void fail(EndpointGate gate, int times) {
        for (int i = 0; i < times; i++) {
            begin(gate, NO_KEY);
            gate.end(NO_KEY, REFUSED, clock.nanoTime());
        }
    }

    private Turn at(Duration fromNow, Wait why) {
        return new Turn.At(clock.nanoTime() + fromNow.toNanos(), why);
    }

    private static AttemptResult answered(int status, Optional<Duration> retryAfter) {
        return new AttemptResult.Failed(FailureReason.STATUS, "", Optional.of(new Answer(status, retryAfter, "")), Duration.ZERO);
    }
}
