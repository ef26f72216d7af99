package io.heliograph.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.ConfigException;
import io.heliograph.demo.DemoConfig.Generator;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DemoTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsInFourLinesWhereEverythingIsAndEndsWithLedgersThatClose() {
        var config = new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.of(Duration.ofSeconds(2)), Generator.ON, StatusLine.AT_END);

        int code = demo(config).run();

        assertThat(code).isZero();
        assertThat(lines(out)).singleElement().asString().matches("page    http://127\\.0\\.0\\.1:[0-9]+");
        List<String> told = lines(err);
        assertThat(told).hasSize(7);
        assertThat(told.get(0)).matches("send    127\\.0\\.0\\.1:([0-9]+) .*echo 'foo:1\\|c' >/dev/udp/127\\.0\\.0\\.1/\\1");
        assertThat(told.get(1)).matches("events  \\./heliograph sub 'udp://239\\.77\\.1\\.1:[0-9]+\\?interface=loopback'");
        assertThat(told.get(2)).matches("now     in [0-9]+/s  out [0-9]+/s  subscribers 1  lost 0");
        assertThat(told.get(3)).startsWith("ledger: {\"role\":\"publisher\",\"offered\":").endsWith("\"difference\":0}");
        assertThat(told.get(4)).startsWith("ledger: {\"role\":\"subscriber\",\"known\":").endsWith("\"difference\":0}")
                .containsPattern("\"delivered\":[1-9]").contains("\"in_flight\":0");
        // Behind them the outbox, and the page's own endpoint.
        assertThat(told.get(5)).startsWith("ledger: {\"role\":\"publisher\",\"offered\":").endsWith("\"difference\":0}")
                .containsPattern("\"accepted\":[1-9]");
        assertThat(told.get(6)).startsWith("ledger: {\"role\":\"subscriber\",\"known\":").endsWith("\"difference\":0}");
    }

    @Test
    void onATerminalTheLastLineIsRewrittenInPlace() {
        var config = new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.of(Duration.ofMillis(1200)), Generator.OFF, StatusLine.REWRITTEN);

        demo(config).run();

        String told = err.toString(StandardCharsets.UTF_8);
        assertThat(told.split("\rnow ")).hasSize(3);
        assertThat(told.split("\n")).hasSize(7);
    }

    @Test
    void stopsWhenItIsTold() throws InterruptedException {
        var demo = demo(new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.empty(), Generator.OFF, StatusLine.AT_END));
        demo.stop();

        assertThat(demo.run()).isZero();
        assertThat(lines(err)).last().asString().startsWith("ledger: ");
    }

    @Test
    void aPortThatWasAskedForAndIsTakenIsNamedInOneLine() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var config = new DemoConfig(OptionalInt.of(taken.getLocalPort()), OptionalInt.of(0), Optional.empty(), Generator.OFF, StatusLine.AT_END);

            assertThat(demo(config).run()).isEqualTo(3);
            assertThat(lines(out)).isEmpty();
            assertThat(lines(err)).singleElement().asString().contains("127.0.0.1:" + taken.getLocalPort()).contains("in use");
        }
        try (var taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            err.reset();
            var config = new DemoConfig(OptionalInt.of(0), OptionalInt.of(taken.getLocalPort()), Optional.empty(), Generator.OFF, StatusLine.AT_END);

            assertThat(demo(config).run()).isEqualTo(3);
            assertThat(lines(err)).singleElement().asString().contains("127.0.0.1:" + taken.getLocalPort()).contains("in use");
        }
    }

    @Test
    void aUsualPortThatIsTakenIsPassedOver() {
        var usual = new DemoConfig(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Generator.OFF, StatusLine.AT_END);
        try (DemoHouse first = DemoHouse.open(usual); DemoHouse second = DemoHouse.open(usual)) {
            assertThat(second.url()).isNotEqualTo(first.url());
            assertThat(second.parts().statsd().localAddress()).isNotEqualTo(first.parts().statsd().localAddress());
            assertThat(second.parts().address()).isNotEqualTo(first.parts().address());
        }
    }

    @Test
    void portsAndDurationsThatCannotBeAreRefused() {
        Assertions.assertThatThrownBy(() -> new DemoConfig(OptionalInt.of(65_536), OptionalInt.empty(), Optional.empty(), Generator.ON, StatusLine.AT_END))
                .isInstanceOf(ConfigException.class).hasMessageContaining("65536").hasMessageContaining("0 to 65535");
        Assertions.assertThatThrownBy(() -> new DemoConfig(OptionalInt.empty(), OptionalInt.empty(), Optional.of(Duration.ZERO), Generator.ON, StatusLine.AT_END))
                .isInstanceOf(ConfigException.class).hasMessageContaining("duration");
    }

    private Demo demo(DemoConfig config) {
        return new Demo(config, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static List<String> lines(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isEmpty()).toList();
    }
}
