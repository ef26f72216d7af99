package io.heliograph.zmq;

import io.heliograph.EventHandler;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A {@link Subscription} on a {@link Worker}. With a handler it owns one daemon thread, {@code heliograph-handler NAME};
 * polled, it owns none.
 */
final class WorkerSubscription implements Subscription {

    private static final long LINGER_NS = Duration.ofSeconds(5).toNanos();
    private static final long WAIT_NS = Duration.ofDays(1).toNanos();
    private static final int EVENTS_PER_TURN = 256;

    private final Worker worker;
    private final Consumer<FlowPolicy> check;
    private final Consumer<Subscription> onClose;
    private final Environment environment;
    private final Optional<Thread> thread;

    /**
     * @param handler runs on a thread that starts now; empty for one that its owner polls
     * @param check   throws where a policy cannot be done
     * @param onClose is told when the worker is closed and its handler has finished
     */
    WorkerSubscription(Worker worker, Optional<EventHandler> handler, Consumer<FlowPolicy> check,
            Consumer<Subscription> onClose, Environment environment) {
        this.worker = worker;
        this.check = check;
        this.onClose = onClose;
        this.environment = environment;
        this.thread = handler.map(h -> Thread.ofPlatform().daemon().name("heliograph-handler " + worker.name()).start(() -> serve(h)));
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        if (thread.isPresent()) {
            throw new IllegalStateException("this subscription has a handler; open it with subscribePolled to poll it");
        }
        return worker.poll(handler, limit);
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        check.accept(policy);
    }

    @Override
    public SubscriberSums sums() {
        return worker.sums();
    }

    @Override
    public void close() {
        worker.close();
        thread.filter(t -> t != Thread.currentThread()).ifPresent(WorkerSubscription::join);
        onClose.accept(this);
    }

    private void serve(EventHandler handler) {
        while (awaitArrival()) {
            worker.poll(handler, EVENTS_PER_TURN);
        }
    }

    /** Nobody but a handler interrupts this thread, and its flag must not end the subscription. */
    private boolean awaitArrival() {
        while (true) {
            try {
                return worker.awaitArrival(environment.clock().nanoTime() + WAIT_NS);
            } catch (InterruptedException e) {
                // The flag is down now: wait again.
            }
        }
    }

    private static void join(Thread thread) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, LINGER_NS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
