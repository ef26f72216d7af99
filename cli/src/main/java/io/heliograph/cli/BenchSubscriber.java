package io.heliograph.cli;

import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import io.heliograph.udp.UdpSubscriber;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One subscriber of a measurement: at a UDP address it handles events where they lie, on a daemon thread of its own that
 * receives, {@code heliograph-bench-subscriber}; elsewhere on its subscription's thread. Thread-safe.
 */
final class BenchSubscriber implements AutoCloseable {

    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Subscriber subscriber;
    private final Subscription subscription;
    private final BenchHandler handler;
    private Optional<Thread> thread = Optional.empty();
    private volatile String failure = "";
    private volatile boolean isOver;

    private BenchSubscriber(Subscriber subscriber, Subscription subscription, BenchHandler handler) {
        this.subscriber = subscriber;
        this.subscription = subscription;
        this.handler = handler;
    }

    /** Opens one and begins to listen. */
    static BenchSubscriber open(String address, Environment environment) {
        var handler = new BenchHandler(environment.clock());
        if (address.startsWith("udp:")) {
            UdpSubscriber udp = UdpSubscriber.open(address, environment);
            var opened = new BenchSubscriber(udp, udp.subscribeDirect(Interest.inAll(), handler), handler);
            opened.thread = Optional.of(Thread.ofPlatform().daemon().name("heliograph-bench-subscriber")
                    .start(() -> opened.receive(udp)));
            return opened;
        }
        Subscriber other = Heliograph.in(environment).openSubscriber(address);
        return new BenchSubscriber(other, other.subscribe(Interest.inAll(), handler), handler);
    }

    private void receive(UdpSubscriber udp) {
        try {
            while (!isOver) {
                udp.doWork(WAIT_NS);
                handler.mark();
            }
        } catch (IOException e) {
            failure = "a subscriber failed: " + e.getMessage();
        }
    }

    Subscription subscription() {
        return subscription;
    }

    BenchHandler handler() {
        return handler;
    }

    /** Why it stopped listening; empty if it did not. */
    String failure() {
        return failure;
    }

    @Override
    public void close() {
        isOver = true;
        thread.ifPresent(BenchSubscriber::join);
        subscription.close();
        subscriber.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
