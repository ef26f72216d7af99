package io.heliograph.demo;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.util.Locale;

/**
 * What the status line shows, at one moment.
 *
 * @param atNs        by the monotonic clock
 * @param in          lines that came in
 * @param out         events that the page's subscriber has handled
 * @param subscribers known to listen to the group
 * @param lost        lost on any hop: datagrams of the generator, events not accepted, events the subscriber lost
 */
record Figures(long atNs, long in, long out, int subscribers, long lost) {

    static Figures of(DemoParts parts, long atNs) {
        SubscriberSums page = parts.subscription().sums();
        PublisherSums multicast = parts.publisher().sums();
        OwnDatagrams own = OwnDatagrams.of(parts.traffic(), parts.statsd().generators());
        return new Figures(atNs, parts.statsd().counters().lines(), page.delivered(), parts.publisher().subscribers(),
                own.lost() + multicast.dropped() + multicast.refused() + page.lostTotal());
    }

    /** The same with other {@link #subscribers}. */
    Figures withSubscribers(int count) {
        return new Figures(atNs, in, out, count, lost);
    }

    /** The line, with rates since {@code before}. */
    String line(Figures before) {
        double seconds = Math.max(1e-3, (atNs - before.atNs) / 1e9);
        return String.format(Locale.ROOT, "in %.0f/s  out %.0f/s  subscribers %d  lost %d",
                (in - before.in) / seconds, (out - before.out) / seconds, subscribers, lost);
    }
}
