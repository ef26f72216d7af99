package io.heliograph.zmq;

import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Arrays of one size that chunks are packed in while events are many. They are used again once what was sent in them is
 * acknowledged: fresh ones would have to be cleared, and lie in no cache. Keeps so many at most; what is never given back is the
 * collector's. Guarded by the publisher's lock.
 */
final class BytePool {

    private final int size;
    private final int most;
    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    /**
     * @param size of each array
     * @param most how many are kept; none if 0, and none is lent then
     */
    BytePool(int size, int most) {
        this.size = size;
        this.most = most;
    }

    /** One for the frames of a publisher: keeps as many bytes as may be on the way to one subscriber. */
    static BytePool of(ZmqLimits limits) {
        return new BytePool(limits.messageBytes(), limits.windowBytes() / limits.messageBytes());
    }

    /** One that lends nothing: where whoever receives reads the same bytes. */
    static BytePool none() {
        return new BytePool(0, 0);
    }

    /** An array for so many bytes at least, unless it would be less than half full. */
    Optional<Loan> lend(int bytes) {
        if (bytes > size || bytes < size / 2 || most == 0) {
            return Optional.empty();
        }
        return Optional.of(new Loan(this, free.isEmpty() ? new byte[size] : free.removeLast()));
    }

    /** How many are kept. */
    int kept() {
        return free.size();
    }

    /** An array that is lent, and to how many: that one may be given back only once nobody reads it. */
    static final class Loan {

        private final BytePool pool;
        private final byte[] bytes;
        private int readers = 1;

        private Loan(BytePool pool, byte[] bytes) {
            this.pool = pool;
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        /** There is one reader more. */
        void share() {
            readers++;
        }

        /** One reads it no longer. */
        void end() {
            readers--;
            if (readers < 0) {
                throw new IllegalStateException("given back more often than it was lent");
            }
            if (readers == 0 && pool.free.size() < pool.most) {
                pool.free.addLast(bytes);
            }
        }
    }
}
