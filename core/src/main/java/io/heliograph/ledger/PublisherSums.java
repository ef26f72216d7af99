package io.heliograph.ledger;

/**
 * The publisher's sum at one moment, in events: {@code offered = accepted + dropped + refused}.
 *
 * @param offered  calls of {@code publish} that have returned
 * @param accepted of these, the ones that have a position
 * @param dropped  of these, the ones a {@code Drop} policy turned away
 * @param refused  of these, the ones answered back-pressured, not connected, too large or closed
 * @param unheard  beside the sum: accepted while nobody was known to listen
 */
public record PublisherSums(long offered, long accepted, long dropped, long refused, long unheard) {

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return offered - accepted - dropped - refused;
    }

    /** One line of compact JSON. */
    public String toJson() {
        return "{\"role\":\"publisher\",\"offered\":" + offered + ",\"accepted\":" + accepted + ",\"dropped\":" + dropped
                + ",\"refused\":" + refused + ",\"difference\":" + difference() + "}";
    }
}
