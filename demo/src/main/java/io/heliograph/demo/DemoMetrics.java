package io.heliograph.demo;

import io.heliograph.server.LedgerBook;
import io.heliograph.server.MetricFamily;
import io.heliograph.server.MetricFamily.Kind;
import io.heliograph.server.MetricFamily.Sample;
import io.heliograph.statsd.StatsdCounters;
import io.heliograph.statsd.StatsdServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Adds the StatsD server's and the generator's counts to {@code /metrics}. Stateless. */
final class DemoMetrics {

    private DemoMetrics() {
    }

    static void addTo(LedgerBook book, StatsdServer statsd, Optional<Traffic> traffic) {
        counter(book, statsd, "statsd_datagrams_total", "Datagrams received.", StatsdCounters::datagrams);
        counter(book, statsd, "statsd_bytes_total", "Bytes received.", StatsdCounters::bytes);
        counter(book, statsd, "statsd_oversized_total", "Datagrams that were too long.", StatsdCounters::oversized);
        counter(book, statsd, "statsd_lines_total", "Lines received.", StatsdCounters::lines);
        counter(book, statsd, "statsd_applied_total", "Lines that changed a metric.", StatsdCounters::applied);
        byLabel(book, "statsd_bad_lines_total", "Lines that are no metric.", "reason",
                () -> labelled(statsd.counters().bad(), reason -> reason.label()));
        byLabel(book, "statsd_rejected_lines_total", "Good lines that a limit kept out.", "limit",
                () -> labelled(statsd.counters().rejected(), limit -> limit.label()));
        byLabel(book, "statsd_published_total", "Flushed events by what became of them.", "result",
                () -> labelled(statsd.counters().published(),
                        result -> result.name().toLowerCase(Locale.ROOT)));
        counter(book, statsd, "statsd_kernel_drops_at_least_total", "Datagrams that the kernel dropped, at least.",
                counters -> counters.kernelDropsAtLeast().orElse(0));
        counter(book, statsd, "statsd_flushed_total", "Events flushed.", StatsdCounters::flushedEvents);
        book.addMetric(new MetricFamily("statsd_series", Kind.GAUGE, "Series known now.",
                () -> List.of(Sample.of(statsd.counters().series()))));
        generator(book, statsd, traffic);
    }

    private static void generator(LedgerBook book, StatsdServer statsd, Optional<Traffic> traffic) {
        Function<ToDoubleFunction<OwnDatagrams>, List<Sample>> sample = figure ->
                List.of(Sample.of(figure.applyAsDouble(OwnDatagrams.of(traffic, statsd.generators()))));
        book.addMetric(new MetricFamily("generator_sent_total", Kind.COUNTER, "Numbered datagrams sent.",
                () -> sample.apply(OwnDatagrams::sent)));
        book.addMetric(new MetricFamily("generator_received_total", Kind.COUNTER, "Numbered datagrams received.",
                () -> sample.apply(OwnDatagrams::received)));
        book.addMetric(new MetricFamily("generator_lost", Kind.GAUGE,
                "Numbered datagrams missing below the highest number received.", () -> sample.apply(OwnDatagrams::lost)));
    }

    private static void counter(LedgerBook book, StatsdServer statsd, String name, String help,
            ToDoubleFunction<StatsdCounters> figure) {
        book.addMetric(new MetricFamily(name, Kind.COUNTER, help,
                () -> List.of(Sample.of(figure.applyAsDouble(statsd.counters())))));
    }

    private static void byLabel(LedgerBook book, String name, String help, String label,
            Supplier<Map<String, Long>> counts) {
        book.addMetric(new MetricFamily(name, Kind.COUNTER, help, () -> {
            var samples = new ArrayList<Sample>();
            counts.get().forEach((text, count) -> samples.add(Sample.of(label, text, count)));
            return samples;
        }));
    }

    private static <K> Map<String, Long> labelled(Map<K, Long> counts, Function<K, String> label) {
        var labelled = new TreeMap<String, Long>();
        counts.forEach((key, count) -> labelled.put(label.apply(key), count));
        return labelled;
    }
}
