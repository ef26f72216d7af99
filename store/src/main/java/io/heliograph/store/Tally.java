package io.heliograph.store;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** The numbers behind {@link StoreCounters}, each counted where it happens. Thread-safe. */
final class Tally {

    final LongAdder failed = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder repeatedBatches = new LongAdder();
    final LongAdder reads = new LongAdder();
    final LongAdder readsRefused = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder commitNs = new LongAdder();
    private final LongAccumulator longestCommitNs = new LongAccumulator(Math::max, 0);
    private final LongAccumulator largestBatch = new LongAccumulator(Math::max, 0);

    void committed(int writes, long tookNs) {
        commits.increment();
        written.add(writes);
        commitNs.add(tookNs);
        longestCommitNs.accumulate(tookNs);
        largestBatch.accumulate(writes);
    }

    StoreCounters counters(WriteQueue queue) {
        return new StoreCounters(commits.sum(), written.sum(), failed.sum(), full.sum(), refused.sum(), queue.depth(),
                queue.bytes(), (int) largestBatch.get(), repeatedBatches.sum(), Duration.ofNanos(commitNs.sum()),
                Duration.ofNanos(longestCommitNs.get()), reads.sum(), readsRefused.sum());
    }
}
