package io.heliograph.udp;

/**
 * The session's datagrams from the oldest that can be repaired to the one that is being written, in a ring of chunks.
 *
 * <pre>
 *   trail                      sent        end
 *   v                          v           v
 *   | chunk | chunk | chunk | chunk | chunk (open) |
 * </pre>
 *
 * <p>Guarded by the publisher's lock. Memory grows chunk by chunk up to what may be retained, and beyond that only for an
 * event that is larger; then the oldest chunk is written anew.
 */
final class RetainedLog {

    private final int retainedChunks;
    private final Chunk[] ring;
    private long oldest;
    private long open;

    RetainedLog(long retainedBytes) {
        this.retainedChunks = (int) Math.max(2, retainedBytes / Chunk.BYTES);
        int largest = 2 * DatagramLayout.MAX_FRAME_BYTES / Chunk.BYTES;
        this.ring = new Chunk[Integer.highestOneBit(Math.max(retainedChunks, largest)) << 1];
        ring[0] = new Chunk();
    }

    /** The chunk that is being written. */
    Chunk open() {
        return at(open);
    }

    /** The oldest datagram that is here. */
    long trail() {
        return at(oldest).firstSequence();
    }

    /** The first event of the oldest datagram that is here; {@code next} if none is. */
    long trailEvent(long next) {
        Chunk first = at(oldest);
        return first.endSequence() == first.firstSequence() ? next : first.firstEvent(first.firstSequence());
    }

    /** Sequence behind the last stamped datagram. */
    long end() {
        return open().endSequence();
    }

    /**
     * Whether {@code chunks} more can be opened when everything before {@code needed} may be given up.
     */
    boolean canOpen(int chunks, long needed) {
        long free = Math.max(retainedChunks, Math.min(chunks + 1L, ring.length)) - (open - oldest + 1);
        for (long i = oldest; free < chunks && i < open && at(i).endSequence() <= needed; i++) {
            free++;
        }
        return free >= chunks;
    }

    /** Opens another chunk; the oldest one is given up if as many are retained as may be and {@code needed} allows. */
    void openNext(long needed) {
        long next = open().endSequence();
        while (open - oldest + 1 >= retainedChunks && oldest < open && at(oldest).endSequence() <= needed) {
            giveUpOldest();
        }
        open++;
        if (slot(open) == null) {
            ring[index(open)] = new Chunk();
        }
        open().clear(next);
    }

    /** Gives up the oldest chunk, whoever needs it. */
    void giveUpOldest() {
        Chunk freed = at(oldest);
        ring[index(oldest)] = null;
        oldest++;
        if (slot(open + 1) == null) {
            ring[index(open + 1)] = freed;
        }
    }

    /** Sequence behind the oldest chunk. */
    long endOfOldest() {
        return at(oldest).endSequence();
    }

    boolean hasOneChunk() {
        return oldest == open;
    }

    /** Puts {@code written} in the place of the open chunk, which must be empty, and returns that. */
    Chunk exchange(Chunk written) {
        Chunk empty = open();
        long sequence = empty.firstSequence();
        ring[index(open)] = written;
        written.begin(sequence);
        return empty;
    }

    /** The chunk that holds the datagram {@code sequence}, from the trail to the end. */
    Chunk chunkOf(long sequence) {
        long low = oldest;
        long high = open;
        if (at(high).firstSequence() <= sequence) {
            return at(high);
        }
        while (low < high) {
            long middle = low + high >>> 1;
            if (at(middle).endSequence() <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return at(low);
    }

    /** How long the datagrams from {@code sequence} up to {@code end} are, as far as they are here. */
    long length(long sequence, long end) {
        long bytes = 0;
        for (long next = Math.max(sequence, trail()); next < end;) {
            Chunk chunk = chunkOf(next);
            long behind = Math.min(end, chunk.endSequence());
            bytes += chunk.length(next, behind);
            next = behind;
        }
        return bytes;
    }

    private Chunk at(long number) {
        return ring[index(number)];
    }

    private Chunk slot(long number) {
        return ring[index(number)];
    }

    private int index(long number) {
        return (int) (number & ring.length - 1);
    }
}
