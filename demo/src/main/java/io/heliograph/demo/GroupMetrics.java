package io.heliograph.demo;

import io.heliograph.Subscriber;
import io.heliograph.server.LedgerBook;
import io.heliograph.server.MetricFamily;
import io.heliograph.server.MetricFamily.Kind;
import io.heliograph.server.MetricFamily.Sample;
import io.heliograph.udp.UdpCounters;
import io.heliograph.udp.UdpSubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Adds what the page's UDP socket saw to {@code /metrics}, strangers' datagrams by reason. Stateless. */
final class GroupMetrics {

    private GroupMetrics() {
    }

    static void addTo(LedgerBook book, Subscriber subscriber) {
        if (!(subscriber instanceof UdpSubscriber udp)) {
            return;
        }
        counter(book, udp, "udp_datagrams_total", "Datagrams received at the group.", UdpCounters::datagrams);
        counter(book, udp, "udp_duplicates_total", "Datagrams that had arrived before.", UdpCounters::duplicates);
        counter(book, udp, "udp_late_total", "Datagrams that came after they were told as lost.", UdpCounters::late);
        counter(book, udp, "udp_repaired_total", "Datagrams that came after they had been asked for again.", UdpCounters::repaired);
        counter(book, udp, "udp_given_up_total", "Datagrams that will not come any more.", UdpCounters::givenUp);
        book.addMetric(new MetricFamily("udp_ignored_total", Kind.COUNTER, "Datagrams of strangers, ignored.", () -> {
            var samples = new ArrayList<Sample>();
            ignored(udp.counters()).forEach((reason, count) -> samples.add(Sample.of("reason", reason, count)));
            return samples;
        }));
        book.addMetric(new MetricFamily("udp_kernel_drops_at_least_total", Kind.COUNTER,
                "Datagrams to the group that the kernel dropped, at least.",
                () -> List.of(Sample.of(udp.kernelDrops().orElse(0)))));
    }

    private static void counter(LedgerBook book, UdpSubscriber udp, String name, String help,
            ToLongFunction<UdpCounters> figure) {
        book.addMetric(new MetricFamily(name, Kind.COUNTER, help,
                () -> List.of(Sample.of(figure.applyAsLong(udp.counters())))));
    }

    private static Map<String, Long> ignored(UdpCounters counters) {
        var byReason = new TreeMap<String, Long>();
        counters.malformed().forEach((reason, count) -> byReason.put(reason.name().toLowerCase(Locale.ROOT), count));
        byReason.put("foreign_source", counters.foreignSources());
        byReason.put("too_many_sessions", counters.refusedSessions());
        return byReason;
    }
}
