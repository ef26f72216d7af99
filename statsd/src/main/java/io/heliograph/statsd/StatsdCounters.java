package io.heliograph.statsd;

import io.heliograph.PublishResult;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a server has seen and done so far, read at one moment. Every figure is counted where it happens, none is computed
 * from others, and two sums hold at any moment:
 *
 * <pre>
 * lines         = applied + bad (by reason) + rejected (by reason)
 * flushedEvents = published (by result) + publishFailures + abandoned
 * </pre>
 *
 * <p>Immutable.
 *
 * @param datagrams          datagrams received, the oversized too
 * @param bytes              bytes in them
 * @param oversized          of the datagrams, those above {@code maxDatagramBytes}: ignored whole, their lines unknown
 * @param lines              lines that are not blank
 * @param applied            of the lines, those that changed a metric or numbered a datagram
 * @param bad                of the lines, those that are no metric; reasons that never occurred are absent
 * @param rejected           of the lines, good ones that a limit kept out; limits never met are absent
 * @param series             series known now
 * @param kernelDropsAtLeast datagrams that the kernel dropped before the server could read them, at least; empty where
 *                           the system does not tell
 * @param receiveErrors      times the socket failed to receive
 * @param panes              panes flushed, empty ones too
 * @param flushedEvents      events made of the panes' metrics
 * @param published          of the events, what became of them; results that never occurred are absent
 * @param publishFailures    of the events, those for which the publisher threw
 * @param abandoned          of the events, those not offered because the server had to close
 */
public record StatsdCounters(long datagrams, long bytes, long oversized, long lines, long applied,
        Map<BadLine, Long> bad, Map<Rejection, Long> rejected, int series, OptionalLong kernelDropsAtLeast,
        long receiveErrors, long panes, long flushedEvents, Map<PublishResult, Long> published, long publishFailures,
        long abandoned) {

    public StatsdCounters {
        bad = Map.copyOf(bad);
        rejected = Map.copyOf(rejected);
        published = Map.copyOf(published);
    }

    /** Bad lines of all reasons. */
    public long badTotal() {
        return total(bad);
    }

    /** Lines rejected by all limits. */
    public long rejectedTotal() {
        return total(rejected);
    }

    /** Bad lines of one reason. */
    public long bad(BadLine reason) {
        return bad.getOrDefault(reason, 0L);
    }

    /** Lines rejected by one limit. */
    public long rejected(Rejection limit) {
        return rejected.getOrDefault(limit, 0L);
    }

    /** Events that came to one result. */
    public long published(PublishResult result) {
        return published.getOrDefault(result, 0L);
    }

    /** What the two sums leave unexplained, as magnitudes; anything but 0 is a defect. */
    public long difference() {
        long ofLines = lines - applied - badTotal() - rejectedTotal();
        long ofEvents = flushedEvents - total(published) - publishFailures - abandoned;
        return Math.abs(ofLines) + Math.abs(ofEvents);
    }

    private static long total(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
