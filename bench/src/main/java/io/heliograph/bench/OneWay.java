package io.heliograph.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Events from one publisher to its subscribers, in one process with a thread for each. When it is over, each subscriber
 * must have handled exactly what was published, in its order: the counts and the checksums over all contents are equal.
 */
final class OneWay {

    static final String RATE = "rate";
    static final String ALLOCATED = "allocated";
    static final String P50 = "p50";
    static final String P99 = "p99";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long SETTLING_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long AHEAD_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long TIMED_PER_SECOND = 50_000;

    private final Task task;
    private final SentEvents sent;
    private final List<ReceivedEvents> received = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    private OneWay(Task task) {
        this.task = task;
        sent = new SentEvents(task.eventBytes());
        for (int i = 0; i < task.subscribers(); i++) {
            received.add(new ReceivedEvents(task.eventBytes()));
        }
    }

    /** Measures and tells, as {@code task} says. */
    static void measure(Side side, Task task, Tell tell) throws IOException, InterruptedException {
        new OneWay(task).measure(side, tell);
    }

    private void measure(Side side, Tell tell) throws IOException, InterruptedException {
        Place place = side.place();
        try (var nodes = new Nodes(side); var loops = new Loops()) {
            List<Side.Receiving> receivings = new ArrayList<>();
            for (int i = 0; i < task.subscribers(); i++) {
                receivings.add(nodes.open().subscribe(place));
            }
            Side.Sending sending = nodes.open().publish(place);
            nodes.awaitSubscribers(sending, task.subscribers());
            if (task.measure() == Task.Measure.LATENCY) {
                startReceiving(loops, receivings);
                loops.publish(sending, sent, task.warmUp().toNanos(), () -> handledByAll() == sent.count(), this::begin);
                tellLatencies(loops, tell);
            } else {
                startReceiving(loops, receivings);
                loops.publish(sending, sent);
                tellRates(loops, tell);
            }
            loops.end(this::isComplete);
            for (ReceivedEvents events : received) {
                requireEqual(sent, events);
            }
        }
    }

    /** Paces from the next event on. */
    private Schedule begin() {
        var schedule = new Schedule(sent.count(), System.nanoTime() + AHEAD_NS, task.intervalNs());
        long every = Math.max(1, (long) (task.rate() / TIMED_PER_SECOND));
        received.forEach(events -> events.time(schedule, every));
        begun.countDown();
        return schedule;
    }

    private void startReceiving(Loops loops, List<Side.Receiving> receivings) {
        for (int i = 0; i < receivings.size(); i++) {
            loops.receive(receivings.get(i), received.get(i));
        }
    }

    private void tellRates(Loops loops, Tell tell) throws InterruptedException {
        loops.sleep(task.warmUp().toNanos());
        for (int i = 0; i < task.windows(); i++) {
            long allocatedBefore = THREADS.getTotalThreadAllocatedBytes();
            long handledBefore = handledByAll();
            long startNs = System.nanoTime();
            loops.sleep(WINDOW_NS);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            double handled = handledByAll() - handledBefore;
            double allocated = THREADS.getTotalThreadAllocatedBytes() - allocatedBefore;
            tell.sample(RATE, handled / seconds);
            tell.sample(ALLOCATED, allocated / handled);
        }
    }

    private void tellLatencies(Loops loops, Tell tell) throws InterruptedException {
        while (!begun.await(WINDOW_NS, TimeUnit.NANOSECONDS)) {
            loops.requireRunning();
        }
        loops.sleep(SETTLING_NS);
        received.forEach(ReceivedEvents::takeLatencies);
        for (int i = 0; i < task.windows(); i++) {
            loops.sleep(WINDOW_NS);
            var all = new Histogram(3);
            received.forEach(events -> all.add(events.takeLatencies()));
            tellPercentiles(tell, all);
        }
    }

    /** In microseconds. */
    static void tellPercentiles(Tell tell, Histogram latencies) {
        tell.sample(P50, latencies.getValueAtPercentile(50) / 1e3);
        tell.sample(P99, latencies.getValueAtPercentile(99) / 1e3);
    }

    /** What the slowest subscriber has handled: so many events has everybody. */
    private long handledByAll() {
        return received.stream().mapToLong(ReceivedEvents::handled).min().orElseThrow();
    }

    private boolean isComplete() {
        return handledByAll() == sent.published();
    }

    /** @throws IllegalStateException if not exactly what was sent has arrived, in its order */
    static void requireEqual(SentEvents sent, ReceivedEvents received) {
        if (received.handled() != sent.count() || received.checksum() != sent.checksum()) {
            throw new IllegalStateException("handled " + received.handled() + " events with CRC-32C "
                    + Long.toHexString(received.checksum()) + " instead of " + sent.count() + " with "
                    + Long.toHexString(sent.checksum()));
        }
    }
}
