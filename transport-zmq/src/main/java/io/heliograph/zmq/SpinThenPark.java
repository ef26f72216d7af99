package io.heliograph.zmq;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes a lock that is held for moments only, over and over. Whoever finds it held looks again for some microseconds before it
 * is parked: to be parked and woken costs both threads more than the holder takes. Stateless.
 */
final class SpinThenPark {

    private static final int MOST_TRIES = 200;

    private SpinThenPark() {
    }

    /** Takes {@code lock}. */
    static void lock(ReentrantLock lock) {
        for (int i = 0; i < MOST_TRIES; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }
}
