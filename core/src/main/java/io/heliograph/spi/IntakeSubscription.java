package io.heliograph.spi;

import io.heliograph.ConfigException;
import io.heliograph.EventHandler;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.ledger.SubscriberSums;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A {@link Subscription} on an {@link Intake}, as transports hand it out. With a handler it owns one daemon thread,
 * named {@code heliograph-handler NAME}; polled, it owns none.
 */
public final class IntakeSubscription implements Subscription {

    private static final long LINGER_NS = Duration.ofSeconds(5).toNanos();
    private static final long WAIT_NS = Duration.ofDays(1).toNanos();
    private static final int EVENTS_PER_TURN = 256;

    private final Intake intake;
    private final UnaryOperator<FlowPolicy> check;
    private final Consumer<Subscription> onClose;
    private final Environment environment;
    private final Optional<Thread> thread;

    private IntakeSubscription(Intake intake, UnaryOperator<FlowPolicy> check, Consumer<Subscription> onClose,
            Environment environment, Optional<EventHandler> handler, String name) {
        this.intake = intake;
        this.check = check;
        this.onClose = onClose;
        this.environment = environment;
        this.thread = handler.map(h -> Thread.ofPlatform().daemon().name("heliograph-handler " + name).start(() -> serve(h)));
    }

    /**
     * A subscription whose handler runs on a thread of its own, which starts now.
     *
     * @param check   returns the policy it is given, or throws {@link ConfigException} if the transport cannot do it
     * @param onClose is told the subscription once its intake is closed
     */
    public static IntakeSubscription handled(Intake intake, UnaryOperator<FlowPolicy> check, Consumer<Subscription> onClose,
            Environment environment, EventHandler handler, String name) {
        return new IntakeSubscription(intake, check, onClose, environment, Optional.of(handler), name);
    }

    /** A subscription that its owner polls. */
    public static IntakeSubscription polled(Intake intake, UnaryOperator<FlowPolicy> check, Consumer<Subscription> onClose,
            Environment environment, String name) {
        return new IntakeSubscription(intake, check, onClose, environment, Optional.empty(), name);
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        if (thread.isPresent()) {
            throw new IllegalStateException("this subscription has a handler; open it with subscribePolled to poll it");
        }
        return intake.poll(handler, limit);
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        intake.replacePolicy(check.apply(policy));
    }

    @Override
    public SubscriberSums sums() {
        return intake.sums();
    }

    @Override
    public void close() {
        intake.close();
        onClose.accept(this);
        thread.filter(t -> t != Thread.currentThread()).ifPresent(IntakeSubscription::join);
    }

    private void serve(EventHandler handler) {
        while (awaitArrival()) {
            intake.poll(handler, EVENTS_PER_TURN);
        }
    }

    /** Nobody but a handler interrupts this thread, and its flag must not end the subscription. */
    private boolean awaitArrival() {
        while (true) {
            try {
                return intake.awaitArrival(environment.clock().nanoTime() + WAIT_NS);
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
