package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReportTest {

    private final Samples samples = new Samples();

    @Test
    void writesTheLineThatProgramsRead() {
        var report = new Report("core", List.of(
                new Row("core.encode", "ns", 61.23456, 100, Optional.empty(), "<=1", "60 to 70", Map.of("compact", 12.0, "allocated_bytes", 0.0), ""),
                new Row("udp.rate", "M/s", 12_345_678, 1_000_000, Optional.of("someone"), ">=8", "", Map.of(), ""),
                new Row("udp.p99", "us", Double.NaN, 300, Optional.of("someone"), "<=0.8", "", Map.of(), "failed: \"no\" word")),
                Optional.of("a weak peer"));
        assertThat(report.toJson()).isEqualTo("{\"suite\":\"core\",\"rows\":["
                + "{\"name\":\"core.encode\",\"unit\":\"ns\",\"ours\":61.23,\"peer\":null,\"peer_name\":\"target\",\"ratio\":0.6123,\"goal\":\"<=1\","
                + "\"allocated_bytes\":0,\"compact\":12},"
                + "{\"name\":\"udp.rate\",\"unit\":\"M/s\",\"ours\":12350000,\"peer\":1000000,\"peer_name\":\"someone\",\"ratio\":12.35,\"goal\":\">=8\"},"
                + "{\"name\":\"udp.p99\",\"unit\":\"us\",\"ours\":null,\"peer\":300,\"peer_name\":\"someone\",\"ratio\":null,\"goal\":\"<=0.8\","
                + "\"remark\":\"failed: \\\"no\\\" word\"}],\"void\":\"a weak peer\"}");
        assertThat(report.table()).contains("failed: \"no\" word", "VOID: a weak peer");
    }

    @Test
    void writesTheTableThatDocumentsHold() {
        var report = new Report("udp", List.of(
                new Row("udp.rate", "M/s", 48, 6, Optional.of("someone"), ">=8", "40 to 50", Map.of("p50_us", 9.0), "not steady"),
                new Row("udp.alloc", "B", 2, 1, Optional.empty(), "<=0", "2 to 2", Map.of(), "")),
                Optional.empty());
        assertThat(report.markdown().lines()).containsExactly(
                "| row | median | smallest to largest | against | ratio | goal | beside |",
                "|---|---|---|---|---|---|---|",
                "| `udp.rate` | 48 M/s | 40 to 50 | 6 M/s, someone | 8 | >=8, met | p50_us 9; not steady |",
                "| `udp.alloc` | 2 B | 2 to 2 | 1 B | 2 | <=0, missed |  |");
    }

    @Test
    void tellsWhetherAGoalIsMet() {
        assertThat(row(100, "<=1").meetsGoal()).isTrue();
        assertThat(row(100.1, "<=1").meetsGoal()).isFalse();
        assertThat(row(800, ">=8").meetsGoal()).isTrue();
        assertThat(row(799, ">=8").meetsGoal()).isFalse();
        assertThat(new Report("s", List.of(row(100.1, "<=1")), Optional.empty()).table()).contains("missed").hasLineCount(2);
    }

    private static Row row(double ours, String goal) {
        return new Row("r", "ns", ours, 100, Optional.empty(), goal, "", Map.of(), "");
    }

    @Test
    void takesTheMiddleOfTheSamples() {
        assertThat(samples.take(Samples.line("a", 3.5))).isTrue();
        assertThat(samples.take("sample a 1.0")).isTrue();
        assertThat(samples.take("sample a 100")).isTrue();
        assertThat(samples.take("something else")).isFalse();
        assertThat(samples.take("sample b 1.0")).isTrue();
        assertThat(samples.median("a")).isEqualTo(3.5);
        assertThat(samples.spread("a", 10)).isEqualTo("0.1 to 10");
        assertThat(samples.times("a")).isEqualTo(100);
        assertThat(samples.has("a")).isTrue();
        assertThat(samples.has("c")).isFalse();
        samples.add("a", 4.5);
        assertThat(samples.median("a")).isEqualTo(4);
        assertThatIllegalStateException().isThrownBy(() -> samples.median("c")).withMessageContaining("[a, b]");
    }

    @Test
    void theCoreSuiteHasItsThreeRows() {
        for (String name : List.of("core.encode", "core.decode")) {
            samples.add(name, 80);
            samples.add(name + ".allocated", 0);
            samples.add(name + ".compact", 20);
            samples.add(name + ".compact.allocated", 0);
        }
        samples.add("core.publish.stalled.p999", 2);
        samples.add("core.publish.stalled.p999.allocated", 96);
        List<Row> rows = CoreMeasurements.rows(samples);
        assertThat(rows).extracting(Row::name).containsExactly("core.encode", "core.decode", "core.publish.stalled.p999");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.goal()).isEqualTo("<=1");
            assertThat(row.extras()).containsKey("allocated_bytes");
            assertThat(row.meetsGoal()).isTrue();
        });
    }
}
