package io.heliograph.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of events, several subscriptions, and a seed that chooses policies, stalls, failures, joins and leaves. What
 * comes out is up to the seed and the machine; that both ends and the ledgers agree is not.
 */
public abstract class StressContract extends TransportContract {

    /** For subclasses. */
    protected StressContract() {
    }

    /** How many are published under each seed: for those to which each is dear. */
    protected int events() {
        return 5_000;
    }

    /** A run under a seed. */
    private final class Run {
        private final SplittableRandom random;
        private final List<Listener> listeners = new ArrayList<>();
        private final Map<PublishResult, Integer> results = new EnumMap<>(PublishResult.class);

        Run(long seed) {
            random = new SplittableRandom(seed);
        }

        FlowPolicy policy() {
            var limit = new Limit(1 + random.nextInt(40), 1_000 + random.nextInt(20_000));
            return switch (random.nextInt(5)) {
                case 0 -> FlowPolicy.dropOldest(limit);
                case 1 -> FlowPolicy.dropNewest(limit);
                case 2 -> FlowPolicy.dropSameKey(limit);
                case 3 -> FlowPolicy.buffer(limit);
                default -> FlowPolicy.backPressure(limit, Duration.ZERO);
            };
        }

        void join() {
            String filter = List.of(">", "a.*", "a.0", "*.1").get(random.nextInt(4));
            Interest interest = Interest.in(TopicFilter.of(filter));
            int failing = random.nextInt(50, 500);
            listeners.add(scene().listen(random.nextBoolean() ? interest : interest.withPolicy(policy()), delivery -> {
                if (delivery.position().sequence() % failing == 0) {
                    throw new IllegalStateException("sequence " + delivery.position().sequence());
                }
            }));
        }

        void run() {
            listeners.add(scene().listen());
            join();
            join();
            List<RecordedPublisher> publishers = List.of(scene().publisher(policy()), scene().publisher(policy()));
            for (int i = 0; i < events(); i++) {
                RecordedPublisher publisher = publishers.get(random.nextInt(2));
                var event = Event.of("a." + random.nextInt(3), "number " + i).toBuilder().subject("key " + random.nextInt(5));
                if (random.nextInt(10) == 0) {
                    event.ttl(Duration.ofMillis(1 + random.nextInt(20)));
                }
                results.merge(publisher.publish(event.build()), 1, Integer::sum);
                disturb(publisher);
            }
        }

        private void disturb(RecordedPublisher publisher) {
            Listener listener = listeners.get(random.nextInt(listeners.size()));
            switch (random.nextInt(200)) {
                case 0, 1 -> listener.stall();
                case 2, 3, 4, 5, 6, 7 -> listener.resume();
                case 8 -> publisher.replacePolicy(policy());
                case 9 -> listener.subscription().replacePolicy(policy());
                case 10, 11, 12, 13 -> scene().clock().advance(Duration.ofMillis(random.nextInt(10)));
                case 14 -> scene().settle();
                case 15 -> replace(listener);
                default -> {
                }
            }
        }

        private void replace(Listener listener) {
            if (random.nextInt(4) == 0) {
                listener.resume();
                listener.subscription().close();
                listeners.remove(listener);
                join();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void accountsForEveryEventWhateverTheSeedBrings(long seed) {
        needs(PolicyKind.DROP_OLDEST, PolicyKind.DROP_NEWEST, PolicyKind.DROP_SAME_KEY, PolicyKind.BUFFER, PolicyKind.BACK_PRESSURE);
        needs(Trait.MANUAL_TIME, Trait.SEVERAL_PUBLISHERS);
        var run = new Run(seed);
        try {
            run.run();
            scene().finish();
        } catch (AssertionError failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
        requireAll(seed, run);
    }

    /** A seed that brings none of what it is for proves nothing. */
    private void requireAll(long seed, Run run) {
        var lost = new EnumMap<LossReason, Long>(LossReason.class);
        for (RecordedSubscription subscription : scene().recorder().subscriptions()) {
            subscription.sums().lost().forEach((reason, count) -> lost.merge(reason, count, Long::sum));
        }
        for (LossReason reason : List.of(LossReason.OVERFLOW, LossReason.CONFLATED, LossReason.FAILED)) {
            assertTrue(lost.containsKey(reason), "seed " + seed + " never brought lost(" + reason.label() + "): " + lost);
        }
        assertTrue(run.results.getOrDefault(PublishResult.ACCEPTED, 0) > events() / 4, "seed " + seed + ": " + run.results);
    }
}
