package io.heliograph.server;

import io.heliograph.TopicFilter;
import io.heliograph.flow.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One open stream: a bounded queue between the tail and the connection, which gives up its oldest frame when it is
 * full.
 *
 * <p>Thread-safe: any thread offers, one takes.
 */
final class Viewer implements AutoCloseable {

    /**
     * What the connection is to write next.
     *
     * @param missed frames given up since the last batch; all of them came before {@code frames}
     * @param total  frames given up since the viewer opened
     * @param frames the oldest first
     */
    record Batch(long missed, long total, List<String> frames) {
        private static final Batch EMPTY = new Batch(0, 0, List.of());
    }

    private final String tenant;
    private final TopicFilter filter;
    private final Limit limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long offered;
    private long written;
    private long missed;
    private long missedUntold;
    private long left;
    private long inHand;
    private boolean closed;

    Viewer(String tenant, TopicFilter filter, Limit limit) {
        this.tenant = tenant;
        this.filter = filter;
        this.limit = limit;
    }

    boolean isOf(String owner) {
        return tenant.equals(owner);
    }

    boolean wants(String owner, String topic) {
        return isOf(owner) && filter.matches(topic);
    }

    void offer(String frame) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            offered++;
            waiting.add(frame);
            waitingBytes += frame.length();
            while (waiting.size() > limit.events() || waitingBytes > limit.bytes()) {
                waitingBytes -= waiting.remove().length();
                missed++;
                missedUntold++;
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for frames.
     *
     * @return an empty batch after {@code waitNs}; nothing once the viewer is closed
     */
    Optional<Batch> take(long waitNs) throws InterruptedException {
        lock.lock();
        try {
            countInHandAsWritten();
            long leftNs = waitNs;
            while (waiting.isEmpty() && missedUntold == 0 && !closed && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
            if (closed) {
                return Optional.empty();
            }
            return Optional.of(waiting.isEmpty() && missedUntold == 0 ? Batch.EMPTY : drain());
        } finally {
            lock.unlock();
        }
    }

    private void countInHandAsWritten() {
        if (!closed) {
            written += inHand;
            inHand = 0;
        }
    }

    private Batch drain() {
        var batch = new Batch(missedUntold, missed, new ArrayList<>(waiting));
        inHand = waiting.size();
        missedUntold = 0;
        waitingBytes = 0;
        waiting.clear();
        return batch;
    }

    /** Ends the stream: what waits, or was not written whole, is left. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            left += waiting.size() + inHand;
            inHand = 0;
            waiting.clear();
            waitingBytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    ViewerSums sums() {
        lock.lock();
        try {
            return new ViewerSums(closed ? 0 : 1, offered, written, missed, left, waiting.size() + inHand);
        } finally {
            lock.unlock();
        }
    }
}
