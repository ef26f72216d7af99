package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Datagrams that came before their turn, and for those that have not come, when they were last asked for: a ring over the
 * next {@code window} sequences. Memory grows with what arrives, slots too ({@link #reach}), and is used again. Guarded by
 * the subscriber's lock.
 */
final class HeldDatagrams {

    private static final long NONE = -1;
    private static final int FIRST_SLOTS = 64;

    private final int window;
    private int slots;
    private long[] sequences;
    private ByteBuffer[] bytes;
    private int[] lengths;
    private long[] receivedEpochNanos;
    private long[] asked;
    private long[] askedNs;
    private byte[] tries;
    private int count;

    /** @param window how many sequences at once; rounded up to a power of two */
    HeldDatagrams(int window) {
        this.window = Integer.highestOneBit(Math.max(2, window) - 1) << 1;
        this.slots = Math.min(FIRST_SLOTS, this.window);
        this.sequences = none(slots);
        this.bytes = new ByteBuffer[slots];
        this.lengths = new int[slots];
        this.receivedEpochNanos = new long[slots];
        this.asked = none(slots);
        this.askedNs = new long[slots];
        this.tries = new byte[slots];
    }

    private static long[] none(int slots) {
        long[] sequences = new long[slots];
        Arrays.fill(sequences, NONE);
        return sequences;
    }

    /** Has slots for {@code span} sequences that follow one another, at most the window. */
    void reach(long span) {
        while (slots < span && slots < window) {
            grow(slots * 2);
        }
    }

    private void grow(int more) {
        long[] oldSequences = sequences;
        ByteBuffer[] oldBytes = bytes;
        int[] oldLengths = lengths;
        long[] oldReceived = receivedEpochNanos;
        long[] oldAsked = asked;
        long[] oldAskedNs = askedNs;
        byte[] oldTries = tries;
        slots = more;
        sequences = none(more);
        bytes = new ByteBuffer[more];
        lengths = new int[more];
        receivedEpochNanos = new long[more];
        asked = none(more);
        askedNs = new long[more];
        tries = new byte[more];
        for (int i = 0; i < oldSequences.length; i++) {
            // Bytes that nobody needs stay in one of the two slots that this one becomes.
            int to = oldSequences[i] == NONE ? i : slot(oldSequences[i]);
            sequences[to] = oldSequences[i];
            bytes[to] = oldBytes[i];
            lengths[to] = oldLengths[i];
            receivedEpochNanos[to] = oldReceived[i];
            if (oldAsked[i] != NONE) {
                int askedTo = slot(oldAsked[i]);
                asked[askedTo] = oldAsked[i];
                askedNs[askedTo] = oldAskedNs[i];
                tries[askedTo] = oldTries[i];
            }
        }
    }

    int window() {
        return window;
    }

    int count() {
        return count;
    }

    boolean holds(long sequence) {
        return sequences[slot(sequence)] == sequence;
    }

    /** Copies a datagram; one of another sequence that has its place is given up, and says so. */
    boolean hold(long sequence, ByteBuffer datagram, long epochNanos) {
        int slot = slot(sequence);
        boolean isFree = sequences[slot] == NONE;
        ByteBuffer copy = bytes[slot];
        if (copy == null || copy.capacity() < datagram.remaining()) {
            copy = ByteBuffer.allocateDirect(datagram.remaining() + 255 & -256).order(ByteOrder.LITTLE_ENDIAN);
            bytes[slot] = copy;
        }
        int position = datagram.position();
        copy.clear().put(datagram).flip();
        datagram.position(position);
        sequences[slot] = sequence;
        lengths[slot] = copy.limit();
        receivedEpochNanos[slot] = epochNanos;
        count += isFree ? 1 : 0;
        return isFree;
    }

    /** The datagram {@code sequence}, which is held; valid until another is held in its place. */
    ByteBuffer get(long sequence) {
        int slot = slot(sequence);
        return bytes[slot].limit(lengths[slot]).position(0);
    }

    /** When the datagram {@code sequence}, which is held, arrived. */
    long receivedEpochNanos(long sequence) {
        return receivedEpochNanos[slot(sequence)];
    }

    /** Forgets {@code sequence}, if it is held. */
    void release(long sequence) {
        int slot = slot(sequence);
        if (sequences[slot] == sequence) {
            sequences[slot] = NONE;
            count--;
        }
    }

    /** The first sequence held from {@code from} on, or {@code end} if none is before it. */
    long firstFrom(long from, long end) {
        long last = Math.min(end, from + slots);
        for (long sequence = from; count > 0 && sequence < last; sequence++) {
            if (holds(sequence)) {
                return sequence;
            }
        }
        return end;
    }

    /** How often {@code sequence} has been asked for. */
    int tries(long sequence) {
        int slot = slot(sequence);
        return asked[slot] == sequence ? tries[slot] : 0;
    }

    /** When {@code sequence} was last asked for; meaningful if it was. */
    long askedNs(long sequence) {
        return askedNs[slot(sequence)];
    }

    /** {@code sequence} is being asked for. */
    void ask(long sequence, long nowNs) {
        int slot = slot(sequence);
        tries[slot] = (byte) Math.min(Byte.MAX_VALUE, tries(sequence) + 1);
        asked[slot] = sequence;
        askedNs[slot] = nowNs;
    }

    private int slot(long sequence) {
        return (int) (sequence & slots - 1);
    }
}
