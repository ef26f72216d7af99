package io.heliograph.testkit;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an {@link ImpairedLink} saw and did, taken at one moment. For each direction
 * {@code received + duplicates = sent + unsent + waiting + dropped + cut off}, so long as no queue was full.
 *
 * @param forward on the way to the target
 * @param back    on the way of answers
 * @param senders addresses known on both sides
 * @param refused datagrams of addresses that the table had no place for
 */
public record ImpairedLinkCounts(Way forward, Way back, int senders, long refused) {

    /**
     * One direction, in datagrams.
     *
     * @param received arrived here
     * @param sent     went on
     * @param unsent   should have gone on, and the operating system did not take them
     * @param waiting  delayed or held back at this moment
     * @param bursts   bursts of loss that began; each of their datagrams is a {@link FaultKind#DROP}
     * @param faults   what happened on the way
     */
    public record Way(long received, long sent, long unsent, long waiting, long bursts, FaultCounts faults) {

        static final Way NONE = new Way(0, 0, 0, 0, 0, FaultCounts.NONE);

        Way plus(Way other) {
            return new Way(received + other.received, sent + other.sent, unsent + other.unsent, waiting + other.waiting,
                    bursts + other.bursts, faults.plus(other.faults));
        }

        private String toJson() {
            String byKind = faults.byKind().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(fault -> "\"" + fault.getKey().name().toLowerCase(Locale.ROOT) + "\":" + fault.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
            return "{\"received\":" + received + ",\"sent\":" + sent + ",\"unsent\":" + unsent + ",\"waiting\":" + waiting
                    + ",\"bursts\":" + bursts + ",\"faults\":" + byKind + "}";
        }
    }

    /** One line of compact JSON; faults in the order of {@link FaultKind}. */
    public String toJson() {
        return "{\"role\":\"link\",\"forward\":" + forward.toJson() + ",\"back\":" + back.toJson() + ",\"senders\":"
                + senders + ",\"refused\":" + refused + "}";
    }
}
