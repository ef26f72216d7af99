package io.heliograph.zmq;

import io.heliograph.TransportException;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The thread that owns sockets: ZeroMQ's may be used by one thread only, and an interrupt in the middle of one of their
 * calls breaks them, so that no caller's thread ever does. It turns as long as there is something to do, then waits
 * for one of the sockets, for a moment that comes due, or for {@link #wakeUp}, which costs nothing while it is awake.
 *
 * <p>{@link #wakeUp} and {@link #stop} are thread-safe; the rest belongs to the loop's own thread once it has started. Runs
 * on one daemon thread, {@code heliograph-zmq-NAME}.
 */
final class SocketLoop {

    private static final long MOST_WAIT_NS = Duration.ofSeconds(1).toNanos();
    private static final long MILLISECOND_NS = 1_000_000;

    /** What the loop does. */
    interface Work {

        /** Receives, works and sends, without waiting; says whether anything was done. */
        boolean turn();

        /** How long until something is due, if nothing happens before; 0 or less for now. */
        long untilDueNs();

        /** Whether others have left something to do since the last turn. */
        boolean isWaiting();

        /** Closes the sockets, on the loop's thread. */
        void end();
    }

    /** Opens the sockets that the loop works with. */
    @FunctionalInterface
    interface Opening {
        void open() throws IOException;
    }

    private final String name;
    private final Work work;
    private final Consumer<Throwable> onFailure;
    private final Selector selector;
    private final Thread thread;
    private final int idleTurns;
    private volatile boolean isAsleep;
    private volatile boolean isStopped;

    /**
     * @param name      of the thread, behind {@code heliograph-zmq-}
     * @param onFailure told on the loop's thread what ended it before it was stopped
     * @throws TransportException if no selector can be opened
     */
    SocketLoop(String name, Work work, Consumer<Throwable> onFailure) {
        this(name, work, onFailure, 0);
    }

    /**
     * @param idleTurns how often it turns in vain, giving way to others each time, before it waits: what comes in that while is
     *                  not kept waiting for the thread to wake up
     */
    SocketLoop(String name, Work work, Consumer<Throwable> onFailure, int idleTurns) {
        this.idleTurns = idleTurns;
        this.name = name;
        this.work = work;
        this.onFailure = onFailure;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new TransportException("cannot open a selector for the " + name, e);
        }
        this.thread = Thread.ofPlatform().daemon().name("heliograph-zmq-" + name).unstarted(this::run);
    }

    /**
     * Opens what it works with and starts the thread; if not all of it can be opened, what has been is closed again.
     *
     * @throws TransportException if a socket cannot be watched, or what {@code opening} throws
     */
    void start(Opening opening) {
        try {
            opening.open();
        } catch (IOException e) {
            end();
            throw new TransportException("cannot watch the sockets of the " + name, e);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
        thread.start();
    }

    /** Looks after {@code channel} too. Before the start, or on the loop's thread. */
    void watch(SelectableChannel channel) throws IOException {
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Looks after {@code channel} no longer; to be called before its socket is closed. */
    void ignore(SelectableChannel channel) throws IOException {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.cancel();
            selector.selectNow();
        }
    }

    /** Has the loop turn soon. */
    void wakeUp() {
        if (isAsleep) {
            isAsleep = false;
            selector.wakeup();
        }
    }

    /** Has the loop end; {@link Work#end} is its last act. */
    void stop() {
        isStopped = true;
        selector.wakeup();
    }

    /** Waits until the loop has ended; says {@code false} if it has not in time. The loop's own thread does not wait. */
    boolean join(Duration longest) {
        if (Thread.currentThread() == thread) {
            return true;
        }
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, longest.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        BatchThread.enter();
        try {
            int idle = 0;
            boolean isReady = false;
            while (!isStopped) {
                if (work.turn()) {
                    idle = 0;
                    isReady = false;
                } else if (idle < idleTurns || isReady) {
                    // A channel is ready and there is nothing: JeroMQ's thread woke this one before it has counted what it
                    // wrote, and may need the very processor that this one is on.
                    idle++;
                    isReady = false;
                    Thread.yield();
                } else {
                    isReady = await();
                }
            }
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever ends this thread must not leave a transport that seems to work.
            onFailure.accept(failure);
        } finally {
            end();
        }
    }

    /** Says whether a channel is ready. */
    private boolean await() throws IOException {
        boolean isReady = false;
        isAsleep = true;
        if (!work.isWaiting() && !isStopped) {
            long waitNs = Math.min(work.untilDueNs(), MOST_WAIT_NS);
            if (waitNs > 0) {
                isReady = selector.select((waitNs + MILLISECOND_NS - 1) / MILLISECOND_NS) > 0;
                selector.selectedKeys().clear();
            }
        }
        isAsleep = false;
        // A handler that ran here may have left it up, and with it no wait would ever wait again.
        Thread.interrupted();
        return isReady;
    }

    private void end() {
        try {
            work.end();
        } catch (RuntimeException | Error failure) {
            onFailure.accept(failure);
        } finally {
            close();
        }
    }

    private void close() {
        try {
            selector.close();
        } catch (IOException e) {
            onFailure.accept(e);
        }
    }
}
