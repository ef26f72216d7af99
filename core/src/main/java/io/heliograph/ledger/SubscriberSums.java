package io.heliograph.ledger;

import io.heliograph.LossReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The subscriber's sum at one moment, in events, from where it joined each session to the last position it knows to
 * exist: {@code known = delivered + filtered + lost + inFlight}.
 *
 * @param known      positions known to exist
 * @param delivered  the handler returned
 * @param filtered   not wanted by the topic filter or query
 * @param lost       lost for good, by reason; reasons without a loss are absent
 * @param inFlight   waiting in a backlog, or with the handler now
 * @param duplicates beside the sum: arrivals of a position that had arrived before
 * @param gaps       beside the sum: gaps told
 * @param failures   beside the sum: handlers that threw
 */
public record SubscriberSums(long known, long delivered, long filtered, Map<LossReason, Long> lost, long inFlight,
        long duplicates, long gaps, long failures) {

    /** Nothing known yet. */
    public static final SubscriberSums ZERO = new SubscriberSums(0, 0, 0, Map.of(), 0, 0, 0, 0);

    public SubscriberSums {
        lost = Map.copyOf(lost);
    }

    /** All losses together. */
    public long lostTotal() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return known - delivered - filtered - lostTotal() - inFlight;
    }

    /** The sums of both, term by term. */
    public SubscriberSums plus(SubscriberSums other) {
        var both = new EnumMap<LossReason, Long>(LossReason.class);
        both.putAll(lost);
        other.lost.forEach((reason, count) -> both.merge(reason, count, Long::sum));
        return new SubscriberSums(known + other.known, delivered + other.delivered, filtered + other.filtered, both,
                inFlight + other.inFlight, duplicates + other.duplicates, gaps + other.gaps, failures + other.failures);
    }

    /** One line of compact JSON; reasons in the order of {@link LossReason}. */
    public String toJson() {
        String byReason = lost.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "\"" + entry.getKey().label() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return "{\"role\":\"subscriber\",\"known\":" + known + ",\"delivered\":" + delivered + ",\"filtered\":" + filtered
                + ",\"lost\":" + byReason + ",\"in_flight\":" + inFlight + ",\"duplicates\":" + duplicates
                + ",\"gaps\":" + gaps + ",\"difference\":" + difference() + "}";
    }
}
