package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UdpReportTest {

    private final Samples samples = new Samples();
    private final Map<String, String> failures = new HashMap<>();

    /** Every peer at its figure, and we ten times as good. */
    @BeforeEach
    void measure() {
        samples.add("bare.channel.rate", 12.8e6);
        rate("aeron.32B.eth", 6.10e6);
        rate("aeron.100B.eth", 2.58e6);
        rate("aeron.1024B.eth", 0.322e6);
        rate("aeron.32B.best", 42.2e6);
        rate("aeron.1to3.32B", 4.25e6);
        rate("aeron.100B.loss1", 0.5e6);
        rate("bare.trains.1024B", 5e6);
        rate("heliograph.32B.eth", 61e6);
        rate("heliograph.100B.eth", 25.8e6);
        rate("heliograph.1024B.eth", 3.22e6);
        rate("heliograph.32B.gso-off", 61e6);
        rate("heliograph.32B.best", 422e6);
        rate("heliograph.32B.portable", 61e6);
        rate("heliograph.1to3.32B", 42.5e6);
        rate("heliograph.100B.loss1", 25.8e6);
        samples.add("heliograph.32B.eth.allocated", 0.0004);
        samples.add("heliograph.idle.cpu", 0.5);
        samples.add("aeron.rtt.p50", 7.4);
        samples.add("aeron.rtt.p99", 325);
        samples.add("heliograph.rtt.p50", 0.74);
        samples.add("heliograph.rtt.p99", 32.5);
    }

    private void rate(String name, double perSecond) {
        samples.add(name + ".rate", perSecond);
    }

    private static Report report(Samples samples, Map<String, String> failures, List<CaseRow> rows) {
        PeerModes modes = PeerModes.none();
        modes.put(UdpRows.aeron("32B.eth", UdpTask.rate(32, 1408)), "DEDICATED");
        return new SuiteReport("udp", samples, failures, new UdpPeers(modes)).of(rows);
    }

    private Report report() {
        return report(samples, failures, UdpRows.ALL);
    }

    private Row row(String name) {
        return report().rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void hasEveryRowWithItsGoal() {
        assertThat(report().rows().stream().collect(Collectors.toMap(Row::name, Row::goal))).containsOnly(
                entry("udp.1to1.32B.eth", ">=8"), entry("udp.1to1.100B.eth", ">=8"), entry("udp.1to1.1024B.eth", ">=8"),
                entry("udp.1to1.32B.gso-off", ">=1.5"), entry("udp.1to1.32B.best", ">=2"),
                entry("udp.1to1.32B.portable", ">=1.5"), entry("udp.1to3.32B", ">=8"), entry("udp.rtt.p50", "<=0.8"),
                entry("udp.rtt.p99", "<=0.8"), entry("udp.loss1.rate", ">=0.85"), entry("udp.loss1.vs-aeron", ">=4"),
                entry("udp.raw", ">=0.4"), entry("udp.idle.cpu", "<=1"), entry("udp.alloc", "<=0"));
    }

    @Test
    void dividesOursByThePeersOrTheTarget() {
        assertThat(report().voidBecause()).isEmpty();
        assertThat(report().rows()).allSatisfy(row -> {
            assertThat(row.meetsGoal()).as(row.name()).isTrue();
            assertThat(row.remark()).as(row.name()).isEmpty();
        });
        assertThat(row("udp.1to1.32B.eth").ours()).isEqualTo(61);
        assertThat(row("udp.1to1.32B.eth").ratio()).isEqualTo(10, within(1e-9));
        assertThat(row("udp.1to1.32B.eth").peerName()).contains("Aeron 1.51.0 DEDICATED");
        assertThat(row("udp.rtt.p50").ratio()).isEqualTo(0.1, within(1e-9));
        assertThat(row("udp.loss1.rate").ratio()).isEqualTo(1);
        assertThat(row("udp.loss1.rate").toJson()).contains("\"peer\":null,\"peer_name\":\"target\"");
        assertThat(row("udp.raw").ratio()).isEqualTo(0.644, within(1e-9));
        assertThat(row("udp.raw").peerName()).contains("bare GSO/GRO loop");
        assertThat(row("udp.idle.cpu").ratio()).isEqualTo(0.5);
    }

    @Test
    void tellsBytesPerEventToAThousandth() {
        assertThat(row("udp.alloc").ratio()).isZero();
        samples.add("heliograph.32B.eth.allocated", 0.003);
        assertThat(row("udp.alloc").ratio()).isEqualTo(0.002);
        assertThat(row("udp.alloc").meetsGoal()).isFalse();
    }

    @Test
    void isVoidWhereAPeerIsBelowFourFifthsOfItsFigure() {
        rate("aeron.1to3.32B", 2.4e6);
        assertThat(row("udp.1to3.32B").remark()).startsWith("void: the peer is at 0.7824 of its figure");
        assertThat(report().voidBecause().orElseThrow()).startsWith("udp.1to3.32B: void");
        assertThat(row("udp.1to3.32B").meetsGoal()).isTrue();
        assertThat(row("udp.1to3.32B").verdict()).isEqualTo("void");
        assertThat(row("udp.1to1.32B.eth").remark()).isEmpty();
    }

    @Test
    void isVoidWhereAPeersLatencyIsAboveFiveFourthsOfItsFigure() {
        samples.add("aeron.rtt.p50", 11.2);
        assertThat(row("udp.rtt.p50").remark()).startsWith("void");
        assertThat(row("udp.rtt.p99").remark()).isEmpty();
    }

    @Test
    void blamesASlowMachineNotThePeer() {
        samples.add("bare.channel.rate", 0);
        rate("aeron.1to3.32B", 0.6 * 4.25e6 - 0.4 * 4.25e6);
        rate("aeron.32B.eth", 0);
        rate("aeron.32B.eth", 0.2 * 6.10e6);
        assertThat(samples.median("bare.channel.rate")).isEqualTo(6.4e6);
        assertThat(samples.median("aeron.1to3.32B.rate")).isEqualTo(0.6 * 4.25e6, within(1.0));
        assertThat(row("udp.1to3.32B").remark()).isEmpty();
        assertThat(row("udp.1to1.32B.eth").remark()).startsWith("void: the peer is at 0.4 of its figure");
    }

    @Test
    void isVoidWithoutAYardstick() {
        var bare = new Samples();
        bare.add("aeron.1to3.32B.rate", 4.25e6);
        bare.add("heliograph.1to3.32B.rate", 42.5e6);
        List<CaseRow> rows = UdpRows.ALL.stream().filter(row -> row.name().equals("udp.1to3.32B")).toList();
        assertThat(report(bare, Map.of(), rows).voidBecause()).isPresent();
    }

    @Test
    void countsNoTailThatThePeerDoesNotRepeat() {
        samples.add("aeron.rtt.p99", 200);
        assertThat(row("udp.rtt.p99").remark()).isEmpty();
        samples.add("aeron.rtt.p99", 400);
        assertThat(row("udp.rtt.p99").remark()).isEqualTo("does not count: the peer's p99 spreads 2x over the runs");
        assertThat(row("udp.rtt.p50").remark()).isEmpty();
    }

    @Test
    void keepsTheRowOfACaseThatFailed() {
        var none = report(new Samples(), Map.of("heliograph.100B.loss1", "it lost some"), UdpRows.ALL);
        assertThat(none.rows()).hasSameSizeAs(UdpRows.ALL).noneMatch(Row::meetsGoal);
        assertThat(none.toJson()).contains("{\"name\":\"udp.loss1.rate\",\"unit\":\"M/s\",\"ours\":null,",
                "\"remark\":\"heliograph.100B.loss1 failed: it lost some\"");
    }

    @Test
    void showsLatenciesBesideRates() {
        samples.add("heliograph.32B.eth.p50_at_90", 12);
        samples.add("aeron.32B.eth.p99_at_50", 345);
        assertThat(row("udp.1to1.32B.eth").extras()).contains(entry("p50_us_at_90", 12.0), entry("peer_p99_us_at_50", 345.0));
    }

    @Test
    void choosesRowsByTheBeginningOfTheirNames() {
        assertThat(BenchArguments.parse("udp", "--row", "udp.rtt", "--quick", "--row", "udp.raw").choose(UdpRows.ALL))
                .extracting(CaseRow::name).containsExactly("udp.rtt.p50", "udp.rtt.p99", "udp.raw");
        assertThat(BenchArguments.parse("udp", "--json").choose(UdpRows.ALL)).isEqualTo(UdpRows.ALL);
        assertThatIllegalArgumentException().isThrownBy(() -> BenchArguments.parse("udp", "--row", "x").choose(UdpRows.ALL))
                .withMessageContaining("udp.alloc");
        assertThatIllegalArgumentException().isThrownBy(() -> BenchArguments.parse("core", "--row", "core.encode"));
        assertThatIllegalArgumentException().isThrownBy(() -> BenchArguments.parse("--quick"));
    }

    @Test
    void keepsThePeersModes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("modes");
        Files.writeString(file, "# why\naeron.rtt=INVOKER\n");
        PeerModes modes = PeerModes.read(file);
        Case roundTrip = UdpRows.aeron("rtt", UdpTask.rate(32, 1408));
        Case other = UdpRows.aeron("other", UdpTask.rate(32, 1408));
        assertThat(modes.best(roundTrip)).isEqualTo(UdpTask.rate(32, 1408).in("INVOKER"));
        assertThat(modes.best(UdpRows.YARDSTICK)).isEqualTo(UdpRows.YARDSTICK.task());
        assertThatIllegalStateException().isThrownBy(() -> modes.best(other)).withMessageContaining("aeron.other");
        modes.put(other, "SHARED");
        modes.write();
        assertThat(PeerModes.read(file).byCase()).containsOnly(entry("aeron.rtt", "INVOKER"), entry("aeron.other", "SHARED"));
    }
}
