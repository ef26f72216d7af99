package io.heliograph.zmq;

import java.util.function.Consumer;

/**
 * Runs one of JeroMQ's threads on when something has ended its loop: the transport is closed then, and only that thread can close
 * what it serves. Its loop keeps all that it works on in fields, and may be entered again. Confined to that thread.
 */
final class PollerThread implements Runnable {

    /** A loop that ends again and again is broken for good. */
    static final int MOST_FAILURES = 100;

    private final Runnable loop;
    private final Consumer<Throwable> onFailure;
    private final Runnable onDeath;

    /**
     * @param onFailure told of what has ended the loop, each time
     * @param onDeath   run when it is not entered again
     */
    PollerThread(Runnable loop, Consumer<Throwable> onFailure, Runnable onDeath) {
        this.loop = loop;
        this.onFailure = onFailure;
        this.onDeath = onDeath;
    }

    @Override
    public void run() {
        for (int failures = 0; failures < MOST_FAILURES; failures++) {
            try {
                loop.run();
                return;
            } catch (RuntimeException | Error failure) {
                onFailure.accept(failure);
            }
        }
        onDeath.run();
    }
}
