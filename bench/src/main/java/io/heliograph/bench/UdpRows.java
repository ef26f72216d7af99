package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rows of the suite {@code udp}. */
final class UdpRows {

    /** How fast this machine is now. */
    static final Case YARDSTICK = bare("channel", UdpTask.rate(32, 1400).over(UdpTask.Wire.PORTABLE));

    private static final double ROUND_TRIPS_PER_SECOND = 50_000;
    /** What Ethernet carries unfragmented, or nearly: the peer's length is a multiple of 32. */
    private static final int OURS_ETHERNET = 1400;
    private static final int AERONS_ETHERNET = 1408;
    private static final int OURS_LARGEST = 65_507;
    private static final int AERONS_LARGEST = 65_504;

    private static final Case OURS_32 = ours("32B.eth", UdpTask.rate(32, OURS_ETHERNET));
    private static final Case OURS_100 = ours("100B.eth", UdpTask.rate(100, OURS_ETHERNET));
    private static final Case OURS_1024 = ours("1024B.eth", UdpTask.rate(1024, OURS_ETHERNET));
    private static final Case OURS_SINGLE =
            ours("32B.gso-off", UdpTask.rate(32, OURS_ETHERNET).over(UdpTask.Wire.SINGLE));
    private static final Case OURS_BEST = ours("32B.best", UdpTask.rate(32, OURS_LARGEST));
    private static final Case OURS_PORTABLE =
            ours("32B.portable", UdpTask.rate(32, OURS_ETHERNET).over(UdpTask.Wire.PORTABLE));
    private static final Case OURS_TO_3 = ours("1to3.32B", UdpTask.rate(32, OURS_ETHERNET).to(3));
    private static final Case OURS_ROUND_TRIP = ours("rtt",
            UdpTask.rate(32, OURS_ETHERNET).paced(Task.Measure.ROUND_TRIP, ROUND_TRIPS_PER_SECOND));
    private static final Case OURS_LOSSY =
            ours("100B.loss1", UdpTask.rate(100, OURS_ETHERNET).over(UdpTask.Wire.LOSSY));
    private static final Case OURS_IDLE = ours("idle", UdpTask.rate(32, OURS_ETHERNET).paced(Task.Measure.IDLE, 0));

    private static final Case AERON_32 = aeron("32B.eth", UdpTask.rate(32, AERONS_ETHERNET));
    private static final Case AERON_100 = aeron("100B.eth", UdpTask.rate(100, AERONS_ETHERNET));
    private static final Case AERON_1024 = aeron("1024B.eth", UdpTask.rate(1024, AERONS_ETHERNET));
    private static final Case AERON_BEST = aeron("32B.best", UdpTask.rate(32, AERONS_LARGEST));
    private static final Case AERON_TO_3 = aeron("1to3.32B", UdpTask.rate(32, AERONS_ETHERNET).to(3));
    private static final Case AERON_ROUND_TRIP = aeron("rtt",
            UdpTask.rate(32, AERONS_ETHERNET).paced(Task.Measure.ROUND_TRIP, ROUND_TRIPS_PER_SECOND));
    private static final Case AERON_LOSSY =
            aeron("100B.loss1", UdpTask.rate(100, AERONS_ETHERNET).over(UdpTask.Wire.LOSSY));

    private static final Case BARE_1024 = bare("trains.1024B", UdpTask.rate(1024, OURS_ETHERNET));

    /** All of them, in the order of the table. */
    static final List<CaseRow> ALL = List.of(
            CaseRow.rate("udp.1to1.32B.eth", ">=8", OURS_32, AERON_32, OptionalDouble.of(6.10)),
            CaseRow.rate("udp.1to1.100B.eth", ">=8", OURS_100, AERON_100, OptionalDouble.of(2.58)),
            CaseRow.rate("udp.1to1.1024B.eth", ">=8", OURS_1024, AERON_1024, OptionalDouble.of(0.322)),
            CaseRow.rate("udp.1to1.32B.gso-off", ">=1.5", OURS_SINGLE, AERON_32, OptionalDouble.of(6.10)),
            CaseRow.rate("udp.1to1.32B.best", ">=2", OURS_BEST, AERON_BEST, OptionalDouble.of(42.2)),
            CaseRow.rate("udp.1to1.32B.portable", ">=1.5", OURS_PORTABLE, AERON_32, OptionalDouble.of(6.10)),
            CaseRow.rate("udp.1to3.32B", ">=8", OURS_TO_3, AERON_TO_3, OptionalDouble.of(4.25)),
            CaseRow.latency("udp.rtt.p50", "<=0.8", OneWay.P50, OURS_ROUND_TRIP, AERON_ROUND_TRIP, 7.4),
            CaseRow.latency("udp.rtt.p99", "<=0.8", OneWay.P99, OURS_ROUND_TRIP, AERON_ROUND_TRIP, 325),
            CaseRow.rate("udp.loss1.rate", ">=0.85", OURS_LOSSY, OURS_100, OptionalDouble.empty()),
            CaseRow.rate("udp.loss1.vs-aeron", ">=4", OURS_LOSSY, AERON_LOSSY, OptionalDouble.empty()),
            CaseRow.rate("udp.raw", ">=0.4", OURS_1024, BARE_1024, OptionalDouble.empty()),
            new CaseRow("udp.idle.cpu", "<=1", "%", 1, UdpChild.CPU, OURS_IDLE, Optional.empty(), 1, OptionalDouble.empty()),
            new CaseRow("udp.alloc", "<=0", "B", 1, OneWay.ALLOCATED, OURS_32, Optional.empty(), 1, OptionalDouble.empty()));

    private UdpRows() {
    }

    private static Case ours(String what, UdpTask task) {
        return new Case("heliograph." + what, UdpChild.HELIOGRAPH, task);
    }

    /** Without a mode as yet. */
    static Case aeron(String what, UdpTask task) {
        return new Case("aeron." + what, UdpChild.AERON, task);
    }

    private static Case bare(String what, UdpTask task) {
        return new Case("bare." + what, Case.BARE, task);
    }
}
