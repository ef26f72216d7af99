package io.heliograph.flow;

/**
 * What a backlog holds now. Mutable and confined to its backlog's lock, so that asking {@link Admission} allocates
 * nothing.
 */
public final class Occupancy {

    private int events;
    private long bytes;

    /** How many events. */
    public int events() {
        return events;
    }

    /** How many bytes, as {@link io.heliograph.Event#size} counts them. */
    public long bytes() {
        return bytes;
    }

    /** One event more. */
    public void add(int sizeBytes) {
        events++;
        bytes += sizeBytes;
    }

    /** So many events more, which have {@code sizeBytes} together. */
    public void add(int count, long sizeBytes) {
        events += count;
        bytes += sizeBytes;
    }

    /** One event less. */
    public void remove(int sizeBytes) {
        events--;
        bytes -= sizeBytes;
    }

    /** So many events less, which had {@code sizeBytes} together. */
    public void remove(int count, long sizeBytes) {
        events -= count;
        bytes -= sizeBytes;
    }

    /** Whether one more event of {@code sizeBytes} stays within {@code limit}. */
    public boolean hasRoom(Limit limit, int sizeBytes) {
        return events < limit.events() && bytes + sizeBytes <= limit.bytes();
    }
}
