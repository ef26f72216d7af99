package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heliograph.ConfigException;
import io.heliograph.flow.FlowPolicy.BackPressure;
import io.heliograph.flow.FlowPolicy.Buffer;
import io.heliograph.flow.FlowPolicy.Drop;
import io.heliograph.flow.FlowPolicy.Victim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FlowPolicyTest {

    private static final Limit TEN_THOUSAND = new Limit(10_000, 64L << 20);

    static Stream<Arguments> written() {
        Limit small = new Limit(5, 1L << 20);
        Optional<Limit> spill = Optional.of(new Limit(1 << 30, 1L << 30));
        return Stream.of(
                Arguments.of("drop-oldest:10000", new Drop(TEN_THOUSAND, Victim.OLDEST)),
                Arguments.of("drop-newest:5,1MiB", new Drop(small, Victim.NEWEST)),
                Arguments.of("drop-same-key:10000", new Drop(TEN_THOUSAND, Victim.SAME_KEY)),
                Arguments.of("drop-oldest", new Drop(TEN_THOUSAND, Victim.OLDEST)),
                Arguments.of("backpressure", new BackPressure(TEN_THOUSAND, Duration.ofSeconds(1))),
                Arguments.of("backpressure:10000,wait=100ms", new BackPressure(TEN_THOUSAND, Duration.ofMillis(100))),
                Arguments.of("backpressure:5,1MiB,wait=0s", new BackPressure(small, Duration.ZERO)),
                Arguments.of("buffer", new Buffer(TEN_THOUSAND, Optional.empty(), new Drop(TEN_THOUSAND, Victim.OLDEST))),
                Arguments.of("buffer:10000,64MiB,spill=1GiB,then=drop-oldest",
                        new Buffer(TEN_THOUSAND, spill, new Drop(TEN_THOUSAND, Victim.OLDEST))),
                Arguments.of("buffer:5,1MiB,then=drop-newest",
                        new Buffer(small, Optional.empty(), new Drop(small, Victim.NEWEST))),
                Arguments.of("buffer:5,1MiB,then=backpressure,wait=2s",
                        new Buffer(small, Optional.empty(), new BackPressure(small, Duration.ofSeconds(2)))));
    }

    @ParameterizedTest
    @MethodSource("written")
    void isReadAsItIsWritten(String text, FlowPolicy policy) {
        assertThat(FlowPolicy.parse(text)).isEqualTo(policy);
        assertThat(FlowPolicy.parse(policy.text())).isEqualTo(policy);
        assertThat(policy).hasToString(policy.text());
    }

    @Test
    void readsBackEveryTextItWrites() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            FlowPolicy policy = random(random);
            assertThat(FlowPolicy.parse(policy.text())).as("seed %d, %s", seed, policy).isEqualTo(policy);
        }
    }

    private static FlowPolicy random(Random random) {
        var limit = new Limit(1 + random.nextInt(1 << 30), 1 + (random.nextLong(Long.MAX_VALUE) >> random.nextInt(63)));
        Duration wait = Duration.ofNanos(random.nextLong(Duration.ofDays(1).toNanos() + 1) / (random.nextBoolean() ? 1 : 1_000_000)
                * (random.nextBoolean() ? 1 : 1_000));
        wait = wait.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1) : wait;
        FlowPolicy plain = random.nextBoolean()
                ? new BackPressure(limit, wait)
                : new Drop(limit, Victim.values()[random.nextInt(3)]);
        Optional<Limit> spill = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new Limit(1 << 30, 1 + random.nextLong(1L << 50)));
        return random.nextInt(3) == 0 ? new Buffer(limit, spill, plain) : plain;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "drop", "drop:5", "drop-last:5", "DROP-OLDEST:5", "backpressure:5,wait=1s,wait=2s", "drop-oldest:5,wait=1s",
        "drop-oldest:5,spill=1MiB", "drop-oldest:5,then=drop-newest", "backpressure:5,then=drop-oldest", "backpressure:5,spill=1MiB",
        "buffer:5,then=buffer", "buffer:5,then=drop", "buffer:5,then=", "buffer:5,wait=1s", "buffer:5,then=drop-oldest,wait=1s",
        "drop-oldest:5,1MiB,9", "drop-oldest:5,x=1", "buffer:5,then=drop-oldest,then=drop-oldest", "buffer:5,spill=1,spill=2"})
    void refusesWhatIsNoPolicyAndSaysWhatIs(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> FlowPolicy.parse(text))
                .withMessageStartingWith("policy '" + text + "': allowed is drop-oldest|drop-newest|drop-same-key:EVENTS")
                .withMessageContainingAll("buffer:", "backpressure:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "drop-oldest:0          | limit in events | a whole number from 1 to 1073741824",
        "drop-oldest:           | limit in events | a whole number from 1 to 1073741824",
        "drop-oldest:1073741825 | limit in events | a whole number from 1 to 1073741824",
        "drop-oldest:x          | limit in events | a whole number",
        "drop-oldest:5,         | limit in bytes  | a number and one of B, KiB",
        "drop-oldest:5,0B       | limit in bytes  | at least 1",
        "drop-oldest:5,1MB      | limit in bytes  | a number and one of B, KiB",
        "buffer:5,spill=much    | spill           | a number and one of B, KiB",
        "buffer:5,spill=0B      | limit in bytes  | at least 1",
        "backpressure:5,wait=1  | wait            | a number and one of ns",
        "backpressure:5,wait=2d | wait            | 0 to 1 day",
    })
    void namesThePartThatIsWrong(String text, String setting, String allowed) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> FlowPolicy.parse(text))
                .withMessageStartingWith(setting + " '").withMessageContaining("allowed is " + allowed);
    }

    @Test
    void boundsLimitsAndWaits() {
        assertThat(new Limit(1, 1).events()).isOne();
        assertThat(new Limit(1 << 30, Long.MAX_VALUE).bytes()).isEqualTo(Long.MAX_VALUE);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new Limit(0, 1));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new Limit((1 << 30) + 1, 1));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new Limit(1, 0));
        assertThat(new BackPressure(TEN_THOUSAND, Duration.ofDays(1)).maxWait()).isEqualTo(Duration.ofDays(1));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new BackPressure(TEN_THOUSAND, Duration.ofDays(1).plusNanos(1)));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new BackPressure(TEN_THOUSAND, Duration.ofNanos(-1)));
        assertThat(Limit.DEFAULT).isEqualTo(TEN_THOUSAND).hasToString("10000,64MiB");
        assertThat(Limit.events(3)).isEqualTo(new Limit(3, 64L << 20));
    }

    @Test
    void aBufferEndsInNoBuffer() {
        FlowPolicy buffer = FlowPolicy.buffer(TEN_THOUSAND);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new Buffer(TEN_THOUSAND, Optional.empty(), buffer))
                .withMessageContaining("a drop or backpressure policy");
    }

    @Test
    void ordersByStrength() {
        List<FlowPolicy> byStrength = List.of(FlowPolicy.dropSameKey(TEN_THOUSAND), FlowPolicy.buffer(TEN_THOUSAND),
                FlowPolicy.backPressure(TEN_THOUSAND, Duration.ZERO));
        for (int ceiling = 0; ceiling < 3; ceiling++) {
            for (int asked = 0; asked < 3; asked++) {
                assertThat(FlowPolicy.isAllowedUnder(byStrength.get(ceiling), byStrength.get(asked)))
                        .isEqualTo(asked <= ceiling);
            }
        }
    }
}
