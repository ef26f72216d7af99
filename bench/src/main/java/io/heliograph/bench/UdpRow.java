package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A row of the suite {@code udp}: what is compared with what.
 *
 * @param name   of the row
 * @param goal   what the ratio should be
 * @param unit   of the figures
 * @param scale  what a sample is divided by to get that unit
 * @param metric which samples of the cases
 * @param ours   our case
 * @param peer   what it is compared with: a peer's case, or another one of ours, which then is the target
 * @param target what it is compared with where there is no such case
 * @param figure the peer's own figure on a quiet machine, in the row's unit, where it is known
 */
record UdpRow(String name, String goal, String unit, double scale, String metric, UdpCase ours, Optional<UdpCase> peer,
        double target, OptionalDouble figure) {

    /** What {@link #YARDSTICK} does on a quiet machine, in millions of events per second. */
    static final double YARDSTICK_FIGURE = 12.8;

    /** How fast this machine is now. */
    static final UdpCase YARDSTICK =
            UdpCase.bare("channel", UdpTask.rate(32, 1400).over(UdpTask.Wire.PORTABLE));

    private static final double MILLION = 1e6;
    private static final double ROUND_TRIPS_PER_SECOND = 50_000;
    /** What Ethernet carries unfragmented, or nearly: the peer's length is a multiple of 32. */
    private static final int OURS_ETHERNET = 1400;
    private static final int AERONS_ETHERNET = 1408;
    private static final int OURS_LARGEST = 65_507;
    private static final int AERONS_LARGEST = 65_504;

    private static final UdpCase OURS_32 = UdpCase.ours("32B.eth", UdpTask.rate(32, OURS_ETHERNET));
    private static final UdpCase OURS_100 = UdpCase.ours("100B.eth", UdpTask.rate(100, OURS_ETHERNET));
    private static final UdpCase OURS_1024 = UdpCase.ours("1024B.eth", UdpTask.rate(1024, OURS_ETHERNET));
    private static final UdpCase OURS_SINGLE =
            UdpCase.ours("32B.gso-off", UdpTask.rate(32, OURS_ETHERNET).over(UdpTask.Wire.SINGLE));
    private static final UdpCase OURS_BEST = UdpCase.ours("32B.best", UdpTask.rate(32, OURS_LARGEST));
    private static final UdpCase OURS_PORTABLE =
            UdpCase.ours("32B.portable", UdpTask.rate(32, OURS_ETHERNET).over(UdpTask.Wire.PORTABLE));
    private static final UdpCase OURS_TO_3 = UdpCase.ours("1to3.32B", UdpTask.rate(32, OURS_ETHERNET).to(3));
    private static final UdpCase OURS_ROUND_TRIP = UdpCase.ours("rtt",
            UdpTask.rate(32, OURS_ETHERNET).paced(UdpTask.Measure.ROUND_TRIP, ROUND_TRIPS_PER_SECOND));
    private static final UdpCase OURS_LOSSY =
            UdpCase.ours("100B.loss1", UdpTask.rate(100, OURS_ETHERNET).over(UdpTask.Wire.LOSSY));
    private static final UdpCase OURS_IDLE =
            UdpCase.ours("idle", UdpTask.rate(32, OURS_ETHERNET).paced(UdpTask.Measure.IDLE, 0));

    private static final UdpCase AERON_32 = UdpCase.aeron("32B.eth", UdpTask.rate(32, AERONS_ETHERNET));
    private static final UdpCase AERON_100 = UdpCase.aeron("100B.eth", UdpTask.rate(100, AERONS_ETHERNET));
    private static final UdpCase AERON_1024 = UdpCase.aeron("1024B.eth", UdpTask.rate(1024, AERONS_ETHERNET));
    private static final UdpCase AERON_BEST = UdpCase.aeron("32B.best", UdpTask.rate(32, AERONS_LARGEST));
    private static final UdpCase AERON_TO_3 = UdpCase.aeron("1to3.32B", UdpTask.rate(32, AERONS_ETHERNET).to(3));
    private static final UdpCase AERON_ROUND_TRIP = UdpCase.aeron("rtt",
            UdpTask.rate(32, AERONS_ETHERNET).paced(UdpTask.Measure.ROUND_TRIP, ROUND_TRIPS_PER_SECOND));
    private static final UdpCase AERON_LOSSY =
            UdpCase.aeron("100B.loss1", UdpTask.rate(100, AERONS_ETHERNET).over(UdpTask.Wire.LOSSY));

    private static final UdpCase BARE_1024 = UdpCase.bare("trains.1024B", UdpTask.rate(1024, OURS_ETHERNET));

    /** All of them, in the order of the table. */
    static final List<UdpRow> ALL = List.of(
            rate("udp.1to1.32B.eth", ">=8", OURS_32, AERON_32, 6.10),
            rate("udp.1to1.100B.eth", ">=8", OURS_100, AERON_100, 2.58),
            rate("udp.1to1.1024B.eth", ">=8", OURS_1024, AERON_1024, 0.322),
            rate("udp.1to1.32B.gso-off", ">=1.5", OURS_SINGLE, AERON_32, 6.10),
            rate("udp.1to1.32B.best", ">=2", OURS_BEST, AERON_BEST, 42.2),
            rate("udp.1to1.32B.portable", ">=1.5", OURS_PORTABLE, AERON_32, 6.10),
            rate("udp.1to3.32B", ">=8", OURS_TO_3, AERON_TO_3, 4.25),
            latency("udp.rtt.p50", OneWay.P50, 7.4),
            latency("udp.rtt.p99", OneWay.P99, 325),
            new UdpRow("udp.loss1.rate", ">=0.85", "M/s", MILLION, OneWay.RATE, OURS_LOSSY, Optional.of(OURS_100), 0,
                    OptionalDouble.empty()),
            new UdpRow("udp.loss1.vs-aeron", ">=4", "M/s", MILLION, OneWay.RATE, OURS_LOSSY, Optional.of(AERON_LOSSY), 0,
                    OptionalDouble.empty()),
            new UdpRow("udp.raw", ">=0.4", "M/s", MILLION, OneWay.RATE, OURS_1024, Optional.of(BARE_1024), 0,
                    OptionalDouble.empty()),
            new UdpRow("udp.idle.cpu", "<=1", "%", 1, UdpChild.CPU, OURS_IDLE, Optional.empty(), 1, OptionalDouble.empty()),
            new UdpRow("udp.alloc", "<=0", "B", 1, OneWay.ALLOCATED, OURS_32, Optional.empty(), 1, OptionalDouble.empty()));

    private static UdpRow rate(String name, String goal, UdpCase ours, UdpCase peer, double figure) {
        return new UdpRow(name, goal, "M/s", MILLION, OneWay.RATE, ours, Optional.of(peer), 0, OptionalDouble.of(figure));
    }

    private static UdpRow latency(String name, String metric, double figureUs) {
        return new UdpRow(name, "<=0.8", "us", 1, metric, OURS_ROUND_TRIP, Optional.of(AERON_ROUND_TRIP), 0,
                OptionalDouble.of(figureUs));
    }

    /** The cases it needs. */
    Stream<UdpCase> cases() {
        return Stream.concat(Stream.of(ours), peer.stream());
    }

    /** Whether a higher figure is the worse one. */
    boolean isLatency() {
        return metric.equals(OneWay.P50) || metric.equals(OneWay.P99);
    }

    /** Whether latencies at parts of its rate belong beside it. */
    boolean isThroughput() {
        return metric.equals(OneWay.RATE) && cases().noneMatch(one -> one.side().equals(UdpChild.BARE));
    }

    /**
     * How near the peer comes to its figure, as far as this machine comes to the yardstick's: below
     * {@link UdpReport#LEAST_STRENGTH} the peer is too weak for the row to prove anything.
     */
    OptionalDouble strength(double peersFigure, double yardstick) {
        if (figure.isEmpty()) {
            return OptionalDouble.empty();
        }
        double share = isLatency() ? figure.getAsDouble() / peersFigure : peersFigure / figure.getAsDouble();
        return OptionalDouble.of(share / (yardstick / YARDSTICK_FIGURE));
    }
}
