package io.heliograph.server;

/**
 * What became of the events offered to viewers, all viewers together, those that have left too:
 * {@code offered = written + missed + left + waiting}. One event counts once for each viewer that wants it.
 *
 * @param open    viewers now
 * @param offered events that viewers wanted
 * @param written of these, written to the viewer's connection
 * @param missed  of these, given up because the viewer's queue was full; the viewer was told
 * @param left    of these, still in the queue when the viewer left
 * @param waiting of these, in queues now
 */
public record ViewerSums(int open, long offered, long written, long missed, long left, long waiting) {

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return offered - written - missed - left - waiting;
    }

    /** One line of compact JSON. */
    public String toJson() {
        return "{\"open\":" + open + ",\"offered\":" + offered + ",\"written\":" + written + ",\"missed\":" + missed
                + ",\"left\":" + left + ",\"waiting\":" + waiting + ",\"difference\":" + difference() + "}";
    }
}
