package io.heliograph.store;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * How much a store takes. Immutable.
 *
 * @param maxBytes     what the tables may hold; writes beyond it are refused, except those from the reserve, which is a
 *                     sixteenth more
 * @param queuedWrites how many writes may wait
 * @param queuedBytes  how much the waiting writes may hold in memory, as far as they say
 * @param batchWrites  how many writes share a commit
 * @param batchTime    how long writes of one commit may run, together
 * @param readers      how many reads run at once
 * @param maxWait      how long a read waits for its turn, and anything for a lock of the database
 * @param watchEvery   how often the store looks for rows that others have committed
 */
public record StoreLimits(long maxBytes, int queuedWrites, long queuedBytes, int batchWrites, Duration batchTime, int readers,
        Duration maxWait, Duration watchEvery) {

    private static final long MIN_BYTES = 1 << 20;

    /** 16 GiB; 10,000 writes and 64 MiB waiting; 256 writes or 2 ms a commit; 4 readers; 5 s; 20 ms. */
    public static final StoreLimits DEFAULT = new StoreLimits(16L << 30, 10_000, 64L << 20, 256, Duration.ofMillis(2), 4,
            Duration.ofSeconds(5), Duration.ofMillis(20));

    public StoreLimits {
        require("maxBytes", maxBytes, MIN_BYTES, Long.MAX_VALUE / 2);
        require("queuedWrites", queuedWrites, 1, 10_000_000);
        require("queuedBytes", queuedBytes, 1, Long.MAX_VALUE / 2);
        require("batchWrites", batchWrites, 1, 100_000);
        require("batchTime", batchTime, Duration.ofSeconds(1));
        require("readers", readers, 1, 1_000);
        require("maxWait", maxWait, Duration.ofMinutes(10));
        require("watchEvery", watchEvery, Duration.ofHours(1));
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigException("store limit " + name, value, least + " to " + most);
        }
    }

    private static void require(String name, Duration value, Duration most) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(most) > 0) {
            throw new ConfigException("store limit " + name, value, "1 ms to " + most);
        }
    }

    /** The same with another limit of what the tables hold. */
    public StoreLimits withMaxBytes(long bytes) {
        return new StoreLimits(bytes, queuedWrites, queuedBytes, batchWrites, batchTime, readers, maxWait, watchEvery);
    }

    /** The same with another queue. */
    public StoreLimits withQueue(int writes, long bytes) {
        return new StoreLimits(maxBytes, writes, bytes, batchWrites, batchTime, readers, maxWait, watchEvery);
    }

    /** The same with other commits. */
    public StoreLimits withBatch(int writes, Duration time) {
        return new StoreLimits(maxBytes, queuedWrites, queuedBytes, writes, time, readers, maxWait, watchEvery);
    }

    /** The same with another number of reads at once, and another wait. */
    public StoreLimits withReaders(int count, Duration longestWait) {
        return new StoreLimits(maxBytes, queuedWrites, queuedBytes, batchWrites, batchTime, count, longestWait, watchEvery);
    }

    /** The same, looking for others' rows as often as this. */
    public StoreLimits withWatchEvery(Duration every) {
        return new StoreLimits(maxBytes, queuedWrites, queuedBytes, batchWrites, batchTime, readers, maxWait, every);
    }

    /** How far beyond {@link #maxBytes} the reserve goes. */
    long reserveBytes() {
        return Math.max(MIN_BYTES, maxBytes / 16);
    }
}
