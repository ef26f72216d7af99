package io.heliograph.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * The events that a publisher offers: each its number, then bytes of chance. They lie behind one another in a block, so
 * that the checksum over all of them costs little. Confined to the publishing thread; allocates nothing per event.
 */
final class SentEvents {

    static final int BLOCK_BYTES = 8192;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 77;

    private final byte[] block;
    private final int length;
    private final CRC32C checksum = new CRC32C();
    private int end;
    private long count;
    private volatile long published = -1;

    SentEvents(int length) {
        this.length = length;
        block = new byte[Math.max(1, BLOCK_BYTES / length) * length];
        new Random(SEED).nextBytes(block);
    }

    byte[] block() {
        return block;
    }

    /** Of each event. */
    int length() {
        return length;
    }

    /** Makes the next event; says where in the block it starts. */
    int next() {
        if (end == block.length) {
            sum();
        }
        int from = end;
        LONG.set(block, from, count++);
        end = from + length;
        return from;
    }

    private void sum() {
        checksum.update(block, 0, end);
        end = 0;
    }

    /** How many events were made. */
    long count() {
        return count;
    }

    /** Tells other threads that no more will be made. */
    void end() {
        published = count;
    }

    /** How many events were made in all; -1 before {@link #end}. Thread-safe. */
    long published() {
        return published;
    }

    /** The CRC-32C of all of them, in their order. */
    long checksum() {
        sum();
        return checksum.getValue();
    }
}
