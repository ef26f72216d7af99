package io.heliograph.store;

import java.time.Duration;

/**
 * What a store has done, since it was opened.
 *
 * <p>Every write offered is, once it is through, one of {@code written}, {@code failed}, {@code full} and {@code refused}.
 *
 * @param commits         transactions on disk
 * @param written         writes in them
 * @param failed          writes that failed: their own SQL, or with the store
 * @param full            writes refused for want of room on the disk
 * @param refused         writes refused because the queue was full or the store closed
 * @param queued          writes that wait now
 * @param queuedBytes     what these hold in memory, as far as they say
 * @param largestBatch    the most writes that shared a commit
 * @param repeatedBatches transactions undone for one of their writes, whose writes then ran once more
 * @param commitTime      how long commits took, all together
 * @param longestCommit   how long the slowest took
 * @param reads           reads that ended, well or not
 * @param readsRefused    reads that found no connection in time
 */
public record StoreCounters(long commits, long written, long failed, long full, long refused, int queued, long queuedBytes,
        int largestBatch, long repeatedBatches, Duration commitTime, Duration longestCommit, long reads, long readsRefused) {
}
