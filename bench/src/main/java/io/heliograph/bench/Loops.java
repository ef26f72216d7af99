package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The threads of a measurement: one for each loop. A loop ends when it is told to; one that fails makes the measurement
 * fail. For the thread that opened it.
 */
final class Loops implements AutoCloseable {

    /** How long anything may take that should happen soon. */
    static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(15);

    private static final int EVENTS_PER_LOOK = 64;
    private static final long WAIT_NS = 1_000_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean isPublishingOver;
    private volatile boolean isOver;

    /** Publishes as fast as events are taken; then goes on working until everything is over. */
    void publish(Side.Sending sending, SentEvents events) {
        start(() -> {
            while (!isPublishingOver) {
                for (int i = 0; i < EVENTS_PER_LOOK; i++) {
                    offer(sending, events.block(), events.next(), events.length());
                }
            }
            events.end();
            workOn(sending);
        });
    }

    /**
     * Publishes as fast as events are taken for {@code warmUpNs}; then, once nothing is on its way any more, each event when
     * {@code begin} says that it is due, or as soon as it can. What is due together leaves together.
     */
    void publish(Side.Sending sending, SentEvents events, long warmUpNs, BooleanSupplier isAllHandled, Supplier<Schedule> begin) {
        start(() -> {
            long warmNs = System.nanoTime() + warmUpNs;
            while (!isPublishingOver && System.nanoTime() - warmNs < 0) {
                for (int i = 0; i < EVENTS_PER_LOOK; i++) {
                    offer(sending, events.block(), events.next(), events.length());
                }
            }
            sending.flush();
            while (!isPublishingOver && !isAllHandled.getAsBoolean()) {
                sending.work();
                Thread.yield();
            }
            publish(sending, events, begin.get());
            events.end();
            workOn(sending);
        });
    }

    private void publish(Side.Sending sending, SentEvents events, Schedule schedule) {
        boolean isFlushed = true;
        while (!isPublishingOver) {
            if (publishDue(sending, events, schedule)) {
                isFlushed = false;
            } else if (!isFlushed) {
                sending.flush();
                isFlushed = true;
            } else {
                sending.work();
                Thread.yield();
            }
        }
    }

    /** Publishes what is due, but no more than some; says whether there was anything. */
    boolean publishDue(Side.Sending sending, SentEvents events, Schedule schedule) {
        long due = schedule.dueBy(System.nanoTime());
        boolean isAny = events.count() < due;
        for (int i = 0; i < EVENTS_PER_LOOK && events.count() < due; i++) {
            offer(sending, events.block(), events.next(), events.length());
        }
        return isAny;
    }

    /** Offers an event until it is taken or everything is over. */
    void offer(Side.Sending sending, byte[] bytes, int from, int length) {
        while (!sending.offer(bytes, from, length) && !isOver) {
            sending.work();
        }
    }

    private void workOn(Side.Sending sending) {
        sending.flush();
        while (!isOver) {
            sending.work();
            Thread.yield();
        }
    }

    /** Handles what arrives. */
    void receive(Side.Receiving receiving, ReceivedEvents events) {
        start(() -> receiving.run(events, this::isOver));
    }

    /** A body of a loop, for one that is like no other. */
    interface Body {
        void run() throws IOException;
    }

    /** Runs {@code body} on a thread of its own. */
    void start(Body body) {
        running.add(threads.submit((Callable<Object>) () -> {
            body.run();
            return "over";
        }));
    }

    boolean isPublishingOver() {
        return isPublishingOver;
    }

    boolean isOver() {
        return isOver;
    }

    /** Sleeps. */
    void sleep(long ns) throws InterruptedException {
        requireRunning();
        TimeUnit.NANOSECONDS.sleep(ns);
        requireRunning();
    }

    /** Ends publishing, and everything once {@code isComplete}. */
    void end(BooleanSupplier isComplete) throws InterruptedException {
        isPublishingOver = true;
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!isComplete.getAsBoolean() && System.nanoTime() - deadlineNs < 0) {
            sleep(WAIT_NS);
        }
        isOver = true;
        for (Future<?> loop : running) {
            await(loop);
        }
    }

    /** @throws IllegalStateException if a loop failed */
    void requireRunning() throws InterruptedException {
        for (Future<?> loop : running) {
            if (loop.isDone()) {
                await(loop);
            }
        }
    }

    private static void await(Future<?> loop) throws InterruptedException {
        try {
            loop.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a loop failed", e.getCause());
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        isPublishingOver = true;
        isOver = true;
        threads.close();
    }
}
