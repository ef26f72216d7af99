package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PaneTest {

    @Test
    void holdsOnlyWhatChangedInIt() {
        DatagramIntake intake = Samples.intake();
        intake.onDatagram(Samples.bytes("a:1|c\nb:5|g"));
        assertThat(close(intake, 1).metrics()).hasSize(2);
        intake.onDatagram(Samples.bytes("a:2|c"));
        assertThat(close(intake, 2).metrics()).containsExactly(
                Map.entry(new SeriesId(MetricType.COUNTER, "a", List.of()), new Metric.Counter(2)));
        assertThat(close(intake, 3).metrics()).isEmpty();
    }

    @Test
    void carriesAGaugeFromPaneToPane() {
        DatagramIntake intake = Samples.intake();
        intake.onDatagram(Samples.bytes("b:5|g"));
        close(intake, 1);
        intake.onDatagram(Samples.bytes("b:+2|g"));
        assertThat(close(intake, 2).metrics().values()).singleElement()
                .satisfies(metric -> assertThat(((Metric.Gauge) metric).value()).isEqualTo(7));
    }

    @Test
    void mergesIntoTheSameFiguresInAnyOrder() {
        DatagramIntake intake = Samples.intake();
        var panes = new ArrayList<Pane>();
        for (int second = 1; second <= 8; second++) {
            intake.onDatagram(Samples.bytes("c:" + second + "|c\ng:" + second * 10 + "|g\ng2:+1|g\nu:user" + second % 3
                    + "|s\nt:" + second + ":" + second * 2 + "|ms|@0.5\nonly" + second + ":1|c"));
            panes.add(close(intake, second));
        }
        Pane expected = panes.stream().reduce(Pane::merge).orElseThrow();
        assertThat(described(expected)).contains(
                "counter c 36", "gauge g 80", "gauge g2 8", "set u 3", "timer t n=32 min=1 max=16 mean=6.75");
        assertThat(expected.length()).isEqualTo(Duration.ofSeconds(8));
        long seed = 0x5eed;
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(panes, random);
            int cut = random.nextInt(1, 8);
            Pane left = panes.subList(0, cut).stream().reduce(Pane::merge).orElseThrow();
            Pane right = panes.subList(cut, 8).stream().reduce(Pane::merge).orElseThrow();
            Pane merged = left.merge(right);
            assertThat(described(merged)).as("seed %x, round %d", seed, round).isEqualTo(described(expected));
            assertThat(merged.end()).isEqualTo(expected.end());
            assertThat(merged.length()).isEqualTo(expected.length());
        }
    }

    @Test
    void refusesToMergeKindsThatDiffer() {
        assertThatThrownBy(() -> new Metric.Counter(1).merge(new Metric.Gauge(1, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a Counter does not merge with a Gauge");
    }

    @Test
    void rejectsNamesAboveTheCapAndKeepsCountingTheKnownOnes() {
        DatagramIntake intake = Samples.intake(StatsdConfig.defaults().withMaxNames(3000));
        for (int i = 0; i < 5000; i++) {
            intake.onDatagram(Samples.bytes("name" + i + ":1|c\nname0:1|c"));
        }
        assertThat(intake.rejected()).containsExactly(Map.entry(Rejection.NAMES_FULL, 2000L));
        assertThat(intake.series()).isEqualTo(3000);
        assertThat(Samples.difference(intake)).isZero();
        Pane pane = close(intake, 1);
        assertThat(pane.metrics()).hasSize(3000)
                .containsEntry(new SeriesId(MetricType.COUNTER, "name0", List.of()), new Metric.Counter(5001))
                .containsEntry(new SeriesId(MetricType.COUNTER, "name2999", List.of()), new Metric.Counter(1));
    }

    @Test
    void forgetsIdleSeriesAndSoMakesRoom() {
        DatagramIntake intake = Samples.intake(
                StatsdConfig.defaults().withMaxNames(2).withForgetAfter(Duration.ofSeconds(3)));
        intake.onDatagram(Samples.bytes("old:5|g\nbusy:1|c\nnew:1|c"));
        assertThat(intake.rejected()).containsEntry(Rejection.NAMES_FULL, 1L);
        for (int second = 1; second <= 4; second++) {
            intake.onDatagram(Samples.bytes("busy:1|c"));
            close(intake, second);
        }
        assertThat(intake.series()).isEqualTo(1);
        intake.onDatagram(Samples.bytes("new:1|c\nbusy:1|c"));
        assertThat(described(close(intake, 5))).containsExactlyInAnyOrder("counter busy 1", "counter new 1");
    }

    @Test
    void keepsASetExactUpToItsCapAndCountsTheRest() {
        DatagramIntake intake = Samples.intake();
        for (int i = 0; i < 1500; i++) {
            intake.onDatagram(Samples.bytes("u:" + i + "|s\nu:7|s"));
        }
        assertThat(intake.rejected()).containsEntry(Rejection.SET_FULL, 1500L - 1024);
        assertThat(Samples.difference(intake)).isZero();
        assertThat(described(close(intake, 1))).containsExactly("set u 1024");
        intake.onDatagram(Samples.bytes("u:1499|s"));
        assertThat(described(close(intake, 2))).containsExactly("set u 1");
    }

    @Test
    void boundsTheElementsOfAllSetsTogether() {
        DatagramIntake intake = Samples.intake();
        for (int i = 0; i < 300_000; i++) {
            intake.onDatagram(Samples.bytes("set" + i / 1000 + ":" + i + "|s"));
        }
        assertThat(intake.applied()).isEqualTo(262_144);
        assertThat(intake.rejected()).containsEntry(Rejection.SET_FULL, 300_000L - 262_144);
    }

    private static Pane close(DatagramIntake intake, int second) {
        return intake.closePane(Samples.NOON.plusSeconds(second), Samples.SECOND);
    }

    private static Set<String> described(Pane pane) {
        var described = new TreeSet<String>();
        pane.metrics().forEach((series, metric) -> described.add(Samples.describe(series, metric)));
        return described;
    }
}
