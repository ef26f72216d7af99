package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ZmqReportTest {

    private final Samples samples = new Samples();

    /** Every peer at its figure. */
    @BeforeEach
    void measure() {
        samples.add("jeromq.1to1.rate", 2.29e6);
        samples.add("libzmq.1to1.rate", 2.36e6);
        samples.add("libzmq.1to3.rate", 1.43e6);
        samples.add("jeromq.rtt.p50", 88);
        samples.add("jeromq.rtt.p99", 207);
        samples.add("heliograph.single.rate", 2.29e6);
        samples.add("heliograph.packed.rate", 10e6);
        samples.add("heliograph.1to3.rate", 5e6);
        samples.add("heliograph.stalled.rate", 9e6);
        samples.add("heliograph.rtt.p50", 90);
        samples.add("heliograph.rtt.p99", 250);
    }

    private Report report(Map<String, String> failures) {
        return new SuiteReport("zmq", samples, failures, new ZmqPeers()).of(ZmqRows.ALL);
    }

    private Row row(String name) {
        return report(Map.of()).rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void hasEveryRowWithItsGoal() {
        assertThat(report(Map.of()).rows().stream().collect(Collectors.toMap(Row::name, Row::goal))).containsOnly(
                entry("zmq.1to1.100B.single", ">=0.9"), entry("zmq.1to1.100B.packed", ">=4"),
                entry("zmq.1to1.100B.packed.libzmq", ">=3"), entry("zmq.1to3.100B.packed.libzmq", ">=1"),
                entry("zmq.rtt.p50", "<=1.1"), entry("zmq.rtt.p99", "<=1.25"), entry("zmq.stalled-neighbour", ">=0.9"));
    }

    @Test
    void dividesOursByThePeersOrTheSoloRate() {
        assertThat(report(Map.of()).rows()).allSatisfy(row -> {
            assertThat(row.meetsGoal()).as(row.name()).isTrue();
            assertThat(row.remark()).as(row.name()).isEmpty();
        });
        assertThat(row("zmq.1to1.100B.single").ratio()).isEqualTo(1, within(1e-9));
        assertThat(row("zmq.1to1.100B.single").peerName()).contains("JeroMQ 0.6.0");
        assertThat(row("zmq.1to3.100B.packed.libzmq").peerName()).contains("libzmq 4");
        assertThat(row("zmq.1to3.100B.packed.libzmq").ours()).isEqualTo(5);
        assertThat(row("zmq.rtt.p99").ratio()).isEqualTo(250.0 / 207, within(1e-9));
        assertThat(row("zmq.stalled-neighbour").ratio()).isEqualTo(0.9, within(1e-9));
        assertThat(row("zmq.stalled-neighbour").toJson()).contains("\"peer\":null,\"peer_name\":\"target\"");
        assertThat(report(Map.of()).toJson()).startsWith("{\"suite\":\"zmq\",\"rows\":[{\"name\":\"zmq.1to1.100B.single\",");
    }

    @Test
    void warnsOfAPeerBelowFourFifthsOfItsFigureButIsNotVoid() {
        samples.add("libzmq.1to3.rate", 0);
        samples.add("libzmq.1to3.rate", 0.7e6);
        assertThat(row("zmq.1to3.100B.packed.libzmq").remark()).isEqualTo("beware: the peer is at 0.4895 of its figure");
        assertThat(row("zmq.1to3.100B.packed.libzmq").verdict()).isEqualTo("met");
        assertThat(report(Map.of()).voidBecause()).isEmpty();
    }

    @Test
    void keepsTheRowOfAPeerThatIsMissing() {
        var some = new Samples();
        some.add("heliograph.packed.rate", 10e6);
        Report report = new SuiteReport("zmq", some, Map.of("libzmq.1to1", "it is not installed"), new ZmqPeers()).of(ZmqRows.ALL);
        assertThat(report.rows()).hasSameSizeAs(ZmqRows.ALL).noneMatch(Row::meetsGoal);
        assertThat(report.toJson()).contains("{\"name\":\"zmq.1to1.100B.packed.libzmq\",\"unit\":\"M/s\",\"ours\":10,\"peer\":null,",
                "\"remark\":\"libzmq.1to1 failed: it is not installed\"");
    }

    @Test
    void choosesRowsByTheBeginningOfTheirNames() {
        assertThat(BenchArguments.parse("zmq", "--quick", "--row", "zmq.rtt").choose(ZmqRows.ALL))
                .extracting(CaseRow::name).containsExactly("zmq.rtt.p50", "zmq.rtt.p99");
    }
}
