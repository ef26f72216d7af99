package io.heliograph.cli;

import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One measurement: opens its subscribers and its publisher, publishes on a daemon thread, {@code
 * heliograph-bench-publisher}, and waits until every event has come to an end. Confined to the command's thread.
 */
final class BenchRun {

    private static final long TICK_NS = Duration.ofMillis(100).toNanos();
    private static final long DRAIN_TICK_NS = Duration.ofMillis(1).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Is shown how far it has come. */
    interface Onlooker {
        void see(long published, long handled, double seconds);
    }

    private final BenchPlan plan;
    private final Environment environment;
    private final Clock clock;
    private final Stop stop;

    BenchRun(BenchPlan plan, Environment environment, Stop stop) {
        this.plan = plan;
        this.environment = environment;
        this.clock = environment.clock();
        this.stop = stop;
    }

    /** Measures. */
    BenchResult measure(BenchPlan.Amount amount, Onlooker onlooker) throws Exception {
        var subscribers = new ArrayList<BenchSubscriber>();
        try {
            for (int i = 0; i < plan.subscribers(); i++) {
                subscribers.add(BenchSubscriber.open(plan.address(), environment));
            }
            try (Publisher publisher = Heliograph.in(environment).openPublisher(plan.address(), plan.policy())) {
                return measure(publisher, subscribers, amount, onlooker);
            }
        } finally {
            subscribers.forEach(BenchSubscriber::close);
        }
    }

    private BenchResult measure(Publisher publisher, List<BenchSubscriber> subscribers, BenchPlan.Amount amount,
            Onlooker onlooker) throws Exception {
        if (!publisher.awaitSubscribers(plan.subscribers(), PATIENCE)) {
            String failure = "only " + publisher.subscribers() + " of " + plan.subscribers()
                    + " subscribers were heard of within " + PATIENCE.toSeconds() + " s";
            return result(publisher, subscribers, clock.nanoTime(), List.of(), failure);
        }
        var bench = new BenchPublisher(publisher, plan, clock, stop);
        long startNs = clock.nanoTime();
        List<BenchResult.Point> course = publish(bench, subscribers, amount, startNs, onlooker);
        publisher.close();
        drain(subscribers, publisher.sums().accepted());
        subscribers.forEach(BenchSubscriber::close);
        String failure = subscribers.stream().map(BenchSubscriber::failure).filter(text -> !text.isEmpty()).findFirst()
                .orElse(bench.failure());
        return result(publisher, subscribers, startNs, course, failure);
    }

    private List<BenchResult.Point> publish(BenchPublisher bench, List<BenchSubscriber> subscribers,
            BenchPlan.Amount amount, long startNs, Onlooker onlooker) throws Exception {
        var course = new ArrayList<BenchResult.Point>();
        var ended = new CountDownLatch(1);
        var work = new FutureTask<Boolean>(() -> {
            bench.publish(amount);
            return true;
        });
        Thread.ofPlatform().daemon().name("heliograph-bench-publisher").start(() -> {
            work.run();
            ended.countDown();
        });
        boolean isOver = false;
        while (!isOver) {
            isOver = ended.await(TICK_NS, TimeUnit.NANOSECONDS);
            var point = new BenchResult.Point((clock.nanoTime() - startNs) / 1e9, leastHandled(subscribers));
            course.add(point);
            onlooker.see(bench.published(), point.handled(), point.seconds());
        }
        work.get();
        return course;
    }

    private static long leastHandled(List<BenchSubscriber> subscribers) {
        return subscribers.stream().mapToLong(one -> one.subscription().sums().delivered()).min().orElseThrow();
    }

    /** Waits until all have come to know of all that was accepted and have handled it, or nothing happens any more. */
    private void drain(List<BenchSubscriber> subscribers, long accepted) throws InterruptedException {
        var never = new CountDownLatch(1);
        long settled = -1;
        long sinceNs = clock.nanoTime();
        while (clock.nanoTime() - sinceNs < PATIENCE.toNanos()) {
            List<SubscriberSums> sums = sums(subscribers);
            if (sums.stream().allMatch(one -> one.known() >= accepted && one.inFlight() == 0)) {
                return;
            }
            long now = sums.stream().mapToLong(one -> one.known() - one.inFlight()).sum();
            if (now != settled) {
                settled = now;
                sinceNs = clock.nanoTime();
            }
            never.await(DRAIN_TICK_NS, TimeUnit.NANOSECONDS);
        }
    }

    private static List<SubscriberSums> sums(List<BenchSubscriber> subscribers) {
        return subscribers.stream().map(one -> one.subscription().sums()).toList();
    }

    private BenchResult result(Publisher publisher, List<BenchSubscriber> subscribers, long startNs,
            List<BenchResult.Point> course, String failure) {
        PublisherSums published = publisher.sums();
        List<SubscriberSums> received = sums(subscribers);
        var latencies = new Histogram(3);
        subscribers.forEach(one -> latencies.add(one.handler().latencies()));
        long endNs = subscribers.stream().mapToLong(one -> one.handler().lastHandledNs()).max().orElse(startNs);
        return new BenchResult(plan, publisher.policy(), Math.max(1, endNs - startNs) / 1e9, published, received, latencies,
                course, failure);
    }
}
