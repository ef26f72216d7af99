package io.heliograph.server;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.LedgerBook.Entry;
import io.heliograph.server.MetricFamily.Kind;
import io.heliograph.server.MetricFamily.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** A {@link LedgerBook} and the viewers' sums in Prometheus' text format 0.0.4. Confined to the thread that writes. */
final class PrometheusText {

    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4096);

    private PrometheusText() {
    }

    static String write(LedgerBook book, ViewerSums viewers) {
        var out = new PrometheusText();
        out.writePublishers(readAll(book.publishers()));
        out.writeSubscribers(readAll(book.subscribers()));
        out.writeViewers(viewers);
        book.families().forEach(family ->
                out.family(family.name(), family.kind(), family.help(), family.samples().get()));
        return out.text.toString();
    }

    /** Sums with the name they are booked under, read once so that a scrape's figures fit together. */
    private record Read<S>(String name, S sums) {
    }

    private static <S> List<Read<S>> readAll(List<Entry<S>> entries) {
        return entries.stream().map(entry -> new Read<>(entry.name(), entry.sums().get())).toList();
    }

    private void writePublishers(List<Read<PublisherSums>> all) {
        String label = "publisher";
        counter("publisher_offered_total", "Events offered to a publisher.", label, all, PublisherSums::offered);
        counter("publisher_accepted_total", "Offered events that were accepted.", label, all, PublisherSums::accepted);
        counter("publisher_dropped_total", "Offered events that a policy turned away.", label, all,
                PublisherSums::dropped);
        counter("publisher_refused_total", "Offered events that were refused.", label, all, PublisherSums::refused);
        counter("publisher_unheard_total", "Accepted events that nobody listened for.", label, all,
                PublisherSums::unheard);
        gauge("publisher_difference", "Events that its sum leaves unexplained; 0 unless there is a defect.",
                label, all, PublisherSums::difference);
    }

    private void writeSubscribers(List<Read<SubscriberSums>> all) {
        String label = "subscriber";
        counter("subscriber_known_total", "Events that a subscriber knows to exist.", label, all,
                SubscriberSums::known);
        counter("subscriber_delivered_total", "Known events that its handler took.", label, all,
                SubscriberSums::delivered);
        counter("subscriber_filtered_total", "Known events that it did not want.", label, all,
                SubscriberSums::filtered);
        writeLost(all);
        gauge("subscriber_in_flight", "Known events that wait for the handler.", label, all,
                SubscriberSums::inFlight);
        counter("subscriber_duplicates_total", "Arrivals of events that had arrived.", label, all,
                SubscriberSums::duplicates);
        counter("subscriber_gaps_total", "Gaps told to the handler.", label, all, SubscriberSums::gaps);
        counter("subscriber_failures_total", "Times the handler threw.", label, all, SubscriberSums::failures);
        gauge("subscriber_difference", "Events that its sum leaves unexplained; 0 unless there is a defect.",
                label, all, SubscriberSums::difference);
    }

    private void writeLost(List<Read<SubscriberSums>> all) {
        var samples = new ArrayList<Sample>();
        for (Read<SubscriberSums> read : all) {
            read.sums().lost().forEach((reason, count) ->
                    samples.add(new Sample(Map.of("subscriber", read.name(), "reason", reason.label()), count)));
        }
        family("subscriber_lost_total", Kind.COUNTER, "Known events that are lost for good.", samples);
    }

    private void writeViewers(ViewerSums sums) {
        single("viewers", Kind.GAUGE, "Event streams that are open.", sums.open());
        single("viewer_offered_total", Kind.COUNTER, "Events offered to streams.", sums.offered());
        single("viewer_written_total", Kind.COUNTER, "Events written to streams.", sums.written());
        single("viewer_missed_total", Kind.COUNTER, "Events that streams were too slow for.", sums.missed());
        single("viewer_left_total", Kind.COUNTER, "Events that waited when their stream closed.", sums.left());
        single("viewer_waiting", Kind.GAUGE, "Events that wait for streams.", sums.waiting());
    }

    private <S> void counter(String name, String help, String label, List<Read<S>> all, ToLongFunction<S> figure) {
        family(name, Kind.COUNTER, help, samples(label, all, figure));
    }

    private <S> void gauge(String name, String help, String label, List<Read<S>> all, ToLongFunction<S> figure) {
        family(name, Kind.GAUGE, help, samples(label, all, figure));
    }

    private static <S> List<Sample> samples(String label, List<Read<S>> all, ToLongFunction<S> figure) {
        return all.stream().map(read -> Sample.of(label, read.name(), figure.applyAsLong(read.sums()))).toList();
    }

    private void single(String name, Kind kind, String help, double value) {
        family(name, kind, help, List.of(Sample.of(value)));
    }

    private void family(String name, Kind kind, String help, List<Sample> samples) {
        String full = "heliograph_" + name;
        String type = kind == Kind.COUNTER ? "counter" : "gauge";
        text.append("# HELP ").append(full).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(full).append(' ').append(type).append('\n');
        for (Sample sample : samples) {
            text.append(full).append(labels(sample.labels())).append(' ').append(number(sample.value())).append('\n');
        }
    }

    private static String labels(Map<String, String> labels) {
        return labels.isEmpty() ? "" : new TreeMap<>(labels).entrySet().stream()
                .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }
}
