package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What a requester hands out: the answer to one request, or the reason why there is none. Whoever completes or cancels it
 * otherwise gives the request up.
 *
 * <p>Thread-safe. The thread that receives must never run what others hang on an answer, so the outcome is settled first, and
 * the future is completed by the thread that waits in {@link #get()} or {@link #join()}; where none does, by a virtual thread
 * {@code heliograph-zmq-answer}.
 */
final class PendingAnswer extends CompletableFuture<Event> {

    /** Of an answer that is not settled yet. */
    private static final Runnable NOT_YET = () -> { };
    private static final Thread NOBODY = Thread.ofPlatform().unstarted(NOT_YET);
    /** Whoever completes it in a way that is not seen here is noticed after so long. */
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final VarHandle WAITER;

    static {
        try {
            WAITER = MethodHandles.lookup().findVarHandle(PendingAnswer.class, "waiter", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final OpenRequest request;
    private final Consumer<OpenRequest> onGiveUp;
    private volatile Runnable landing = NOT_YET;
    private volatile Thread waiter = NOBODY;

    /** @param onGiveUp called before it is completed otherwise; has nothing to do if it is settled */
    PendingAnswer(OpenRequest request, Consumer<OpenRequest> onGiveUp) {
        this.request = request;
        this.onGiveUp = onGiveUp;
    }

    /** The answer has come: nothing else can become of it. {@link #announce} follows when no lock is held. */
    void settle(Event answer) {
        landing = () -> super.complete(answer);
    }

    /** The same for a failure. */
    void settle(RequestException failure) {
        landing = () -> super.completeExceptionally(failure);
    }

    /** Lets whoever waits know that it is settled. */
    void announce() {
        Thread thread = waiter;
        if (thread == NOBODY) {
            Thread.ofVirtual().name("heliograph-zmq-answer").start(landing);
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void land() {
        landing.run();
    }

    private boolean isSettled() {
        return landing != NOT_YET;
    }

    @Override
    public Event get() throws InterruptedException, ExecutionException {
        if (await(Long.MAX_VALUE)) {
            throw new InterruptedException();
        }
        return super.get();
    }

    @Override
    public Event get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long startNs = System.nanoTime();
        long timeoutNs = unit.toNanos(timeout);
        if (await(timeoutNs)) {
            throw new InterruptedException();
        }
        return super.get(timeoutNs - (System.nanoTime() - startNs), TimeUnit.NANOSECONDS);
    }

    @Override
    public Event join() {
        boolean isInterrupted = false;
        while (await(Long.MAX_VALUE)) {
            isInterrupted = true;
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return super.join();
    }

    /** Waits, and completes it if it is settled; says whether the thread was interrupted. Only one thread waits here. */
    private boolean await(long timeoutNs) {
        if (isDone() || !WAITER.compareAndSet(this, NOBODY, Thread.currentThread())) {
            return false;
        }
        long startNs = System.nanoTime();
        try {
            while (!isSettled() && !isDone()) {
                if (Thread.interrupted()) {
                    return true;
                }
                long leftNs = timeoutNs - (System.nanoTime() - startNs);
                if (leftNs <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.min(leftNs, LOOK_AGAIN_NS));
            }
            return false;
        } finally {
            waiter = NOBODY;
            land();
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        giveUp();
        boolean isCancelled = super.cancel(mayInterruptIfRunning);
        LockSupport.unpark(waiter);
        return isCancelled;
    }

    @Override
    public boolean complete(Event answer) {
        giveUp();
        boolean isCompleted = super.complete(answer);
        LockSupport.unpark(waiter);
        return isCompleted;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        giveUp();
        boolean isCompleted = super.completeExceptionally(failure);
        LockSupport.unpark(waiter);
        return isCompleted;
    }

    private void giveUp() {
        onGiveUp.accept(request);
        land();
    }
}
