package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatsdConfigTest {

    static Stream<Arguments> unusable() {
        return Stream.of(
                unusable("statsd bind address 'localhost'", config -> config.withBindAddress("localhost")),
                unusable("statsd bind address '::1'", config -> config.withBindAddress("::1")),
                unusable("statsd bind address ''", config -> config.withBindAddress("")),
                unusable("statsd port '65536': allowed is 0 to 65535", config -> config.withPort(65_536)),
                unusable("statsd port '-1'", config -> config.withPort(-1)),
                unusable("statsd flush period 'PT0.009S': allowed is 10 ms to 1 day",
                        config -> config.withFlushPeriod(Duration.ofMillis(9))),
                unusable("statsd forget after", config -> config.withForgetAfter(Duration.ofMillis(999))),
                unusable("statsd max names '0'", config -> config.withMaxNames(0)),
                unusable("statsd max name bytes '2049'", config -> config.withMaxNameBytes(2049)),
                unusable("statsd max datagram bytes '65508'", config -> config.withMaxDatagramBytes(65_508)),
                unusable("statsd receive buffer bytes '1'", config -> config.withReceiveBufferBytes(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusable")
    void refusesWhatCannotBeUsedAndSaysWhy(String message, UnaryOperator<StatsdConfig> change) {
        assertThatThrownBy(() -> change.apply(StatsdConfig.defaults()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void changesOneSettingAtATime() {
        StatsdConfig config = StatsdConfig.defaults()
                .withBindAddress("0.0.0.0").withPort(0).withFlushPeriod(Duration.ofMinutes(10)).withMaxNames(7)
                .withMaxNameBytes(8).withMaxDatagramBytes(9).withReceiveBufferBytes(1 << 20);
        assertThat(config).isEqualTo(new StatsdConfig("0.0.0.0", 0, Duration.ofMinutes(10), Duration.ofMinutes(10), 7, 8,
                9, 1 << 20));
    }

    private static Arguments unusable(String message, UnaryOperator<StatsdConfig> change) {
        return Arguments.of(message, change);
    }
}
