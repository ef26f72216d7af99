package io.heliograph.bench;

import com.sun.management.ThreadMXBean;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;

/**
 * How long {@code publish} takes at {@code local:} under {@code drop-oldest:10000} while the only consumer hangs in its
 * handler: every publish then evicts one event. One thread, one publish after the other, each timed by itself.
 */
final class StalledPublish {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final double PERCENTILE = 99.9;
    private static final int BATCH = 100;

    private StalledPublish() {
    }

    static void measure() throws InterruptedException {
        var stalled = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (Subscriber subscriber = Heliograph.subscriber("local:stalled");
                Publisher publisher = Heliograph.publisher("local:stalled", FlowPolicy.dropOldest(Limit.events(10_000)))) {
            Subscription subscription = subscriber.subscribe(">", delivery -> {
                stalled.countDown();
                release.await();
            });
            Event event = Event.of("prices.eurusd", new byte[100]);
            publisher.publish(event);
            stalled.await();
            run(publisher, event);
            for (int i = 0; i < Window.COUNT; i++) {
                long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
                Histogram latencies = run(publisher, event);
                double allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
                CoreMeasurements.tell(CoreMeasurements.STALLED, latencies.getValueAtPercentile(PERCENTILE) / 1_000.0);
                CoreMeasurements.tell(CoreMeasurements.STALLED + CoreMeasurements.ALLOCATED,
                        Math.rint(allocated / latencies.getTotalCount()));
            }
            check(publisher.sums(), subscription.sums());
            release.countDown();
        }
    }

    private static Histogram run(Publisher publisher, Event event) {
        var latencies = new Histogram(3);
        long end = System.nanoTime() + Window.LENGTH.toNanos();
        while (System.nanoTime() < end) {
            for (int i = 0; i < BATCH; i++) {
                long start = System.nanoTime();
                PublishResult result = publisher.publish(event);
                latencies.recordValue(System.nanoTime() - start);
                if (result != PublishResult.ACCEPTED) {
                    throw new IllegalStateException("a drop policy answered " + result);
                }
            }
        }
        return latencies;
    }

    private static void check(PublisherSums published, SubscriberSums received) {
        boolean closes = published.difference() == 0 && received.difference() == 0;
        boolean stalled = received.delivered() == 0 && received.lostTotal() > 0;
        if (!closes || !stalled || received.known() != published.accepted()) {
            throw new IllegalStateException("sums do not close under a stalled consumer: " + published + ", " + received);
        }
    }
}
