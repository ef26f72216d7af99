package io.heliograph.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A request from outside to end. Commands look at it and wait on it; they are never interrupted, since an interrupt
 * closes the socket that a thread happens to send on, and with it the end of its stream. Thread-safe.
 */
final class Stop {

    /** Who asks. */
    enum Cause {
        /** Ctrl-C: end now, with the summary. */
        INTERRUPT,
        /** SIGTERM: hand on what was taken in, then end. */
        TERMINATE
    }

    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> listeners = new ArrayList<>();
    private Optional<Cause> cause = Optional.empty();

    /**
     * Asks for the end. The listeners run on the calling thread.
     *
     * @return whether this was the first request
     */
    boolean request(Cause by) {
        List<Runnable> told;
        synchronized (this) {
            if (cause.isPresent()) {
                return false;
            }
            cause = Optional.of(by);
            told = List.copyOf(listeners);
        }
        requested.countDown();
        told.forEach(Runnable::run);
        return true;
    }

    /** Runs {@code listener} at the request; at once if it was made already. */
    void onRequest(Runnable listener) {
        synchronized (this) {
            if (cause.isEmpty()) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Who asked first, if anybody did. */
    synchronized Optional<Cause> cause() {
        return cause;
    }

    /** Whether the end was asked for. */
    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /**
     * Waits for the request.
     *
     * @return whether it was made in time
     */
    boolean await(long timeoutNs) throws InterruptedException {
        return requested.await(timeoutNs, TimeUnit.NANOSECONDS);
    }
}
