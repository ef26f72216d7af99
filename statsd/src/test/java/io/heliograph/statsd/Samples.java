package io.heliograph.statsd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Short ways to feed an intake and to read what it made of it. */
final class Samples {

    static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    static final Duration SECOND = Duration.ofSeconds(1);

    private Samples() {
    }

    static DatagramIntake intake() {
        return intake(StatsdConfig.defaults());
    }

    static DatagramIntake intake(StatsdConfig config) {
        return new DatagramIntake(config, 0x5eed);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static Pane pane(String... datagrams) {
        DatagramIntake intake = intake();
        for (String datagram : datagrams) {
            intake.onDatagram(bytes(datagram));
        }
        return intake.closePane(NOON, SECOND);
    }

    static long total(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    static long difference(DatagramIntake intake) {
        return intake.lines() - intake.applied() - total(intake.bad()) - total(intake.rejected());
    }

    static String describe(SeriesId series, Metric metric) {
        String head = series.type().label() + " " + series.key() + " ";
        return head + switch (metric) {
            case Metric.Counter(double sum) -> number(sum);
            case Metric.Gauge gauge -> number(gauge.value());
            case Metric.Distinct(var elements) -> number(elements.size());
            case TimerSummary timer -> "n=" + number(timer.count()) + " min=" + number(timer.min())
                    + " max=" + number(timer.max()) + " mean=" + number(timer.mean());
        };
    }

    private static String number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e18;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }
}
