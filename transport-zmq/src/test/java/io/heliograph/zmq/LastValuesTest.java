package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.TopicFilter;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept for latecomers, and the lane that begins with it. */
class LastValuesTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ofSeconds(1));

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(1), NoticeListener.NONE);
    private final ZmqLimits limits = ZmqLimits.defaults();
    private final TellingLock lock = new TellingLock();
    private final Received received = new Received();

    private static LastValue value(long sequence, String topic) {
        return new LastValue(sequence, Event.of(topic, Long.toString(sequence)), 1_000 + sequence, 0);
    }

    private static LastValues values(Limit limit, String... topics) {
        var values = new LastValues(limit);
        for (int i = 0; i < topics.length; i++) {
            values.keep(value(i, topics[i]));
        }
        return values;
    }

    private static Filters filters(String... filters) {
        return new Filters(List.of(filters).stream().map(TopicFilter::of).toList());
    }

    private Lane lane(long start, FlowPolicy policy, int window, String... wanted) {
        var lane = new Lane(SESSION, SUBSCRIBER, start, new LaneState(1, policy.text()), limits, environment);
        lane.ask(filters(wanted), Optional.empty(), window);
        lane.creditBehind(MessageLayout.UNLIMITED);
        return lane;
    }

    /** A lane filled with what {@code wanted} wants of {@code values}. */
    private Lane filled(LastValues values, long next, FlowPolicy policy, int window, String... wanted) {
        Lane lane = lane(values.start(filters(wanted), next), policy, window, wanted);
        values.fill(lane, lane::skipUpTo, next, policy);
        return lane;
    }

    /** Takes in all that the lane sends, from {@code start} on. */
    private SubscriberSums follow(Lane lane, long start, FlowPolicy policy, String wanted) {
        Interest interest = Interest.in(TopicFilter.of(wanted));
        var intake = new Intake("test", interest, lock, () -> { }, environment);
        var subscriptions = new Subscriptions();
        subscriptions.add(intake, interest, Optional.empty());
        var tally = new ZmqCounters.Tally();
        var reader = new SessionReader(subscriptions, limits, tally, 0);
        lock.lock();
        try {
            read(reader, PublisherMessages.welcome(SESSION, SUBSCRIBER, 0, start, new LaneState(1, policy.text())));
            do {
                lane.flushTail();
                for (Optional<ByteBuffer> frame = lane.take(); frame.isPresent(); frame = lane.take()) {
                    read(reader, frame.get());
                }
                lane.acknowledge(reader.expected());
                intake.poll(received, Integer.MAX_VALUE);
                reader.resume(0, 0);
            } while (reader.expected() < lane.next());
        } finally {
            lock.unlock();
        }
        intake.poll(received, Integer.MAX_VALUE);
        assertThat(tally.malformed).isEmpty();
        return intake.sums();
    }

    private static void read(SessionReader reader, ByteBuffer message) {
        reader.take(message.duplicate().order(ByteOrder.LITTLE_ENDIAN), 0, 0);
    }

    private List<Long> sequences() {
        return received.deliveries().stream().map(delivery -> delivery.position().sequence()).toList();
    }

    @Test
    void keepsTheLastOfEachTopicInTheOrderOfTheirSequences() {
        LastValues values = values(Limit.DEFAULT, "a", "b", "c", "a", "b", "a");

        assertThat(values.topics()).isEqualTo(3);
        assertThat(values.bytes()).isEqualTo(3 * Event.of("a", "0").size());
        assertThat(values.forgotten()).isZero();
        assertThat(values.start(filters(">"), 6)).isEqualTo(2);
        assertThat(values.start(filters("a", "b"), 6)).isEqualTo(4);
        assertThat(values.start(filters("d"), 6)).isEqualTo(6);
    }

    @Test
    void forgetsTheTopicThatHasBeenUnchangedForTheLongest() {
        LastValues values = values(Limit.events(2), "a", "b", "a", "c");

        assertThat(values.topics()).isEqualTo(2);
        assertThat(values.forgotten()).isEqualTo(1);
        assertThat(values.start(filters("b"), 4)).isEqualTo(4);
        assertThat(values.start(filters("a"), 4)).isEqualTo(2);
    }

    @Test
    void forgetsAsManyTopicsAsItsBytesDemand() {
        long each = Event.of("a", "0").size();
        var values = values(new Limit(100, 3 * each + 5), "a", "b", "c", "d");

        assertThat(values.bytes()).isEqualTo(3 * each);
        assertThat(values.forgotten()).isEqualTo(1);

        // Five characters more fit, a sixth does not: the longest unchanged goes.
        values.keep(new LastValue(4, Event.of("b", "012345"), 0, 0));
        assertThat(values.forgotten()).isEqualTo(1);
        values.keep(new LastValue(5, Event.of("b", "0123456"), 0, 0));
        assertThat(values.forgotten()).isEqualTo(2);
        assertThat(values.start(filters("c"), 6)).isEqualTo(6);
        assertThat(values.bytes()).isEqualTo(2 * each + 6);
    }

    @Test
    void anEventAboveTheWholeLimitLeavesTheOtherTopicsAlone() {
        var values = values(new Limit(100, 1_000), "a", "b");
        values.keep(new LastValue(2, Event.of("a", new byte[1_000]), 0, 0));

        assertThat(values.topics()).isEqualTo(1);
        assertThat(values.forgotten()).isEqualTo(1);
        // What was there before it is not the last any more.
        assertThat(values.start(filters("a"), 3)).isEqualTo(3);
        assertThat(values.start(filters("b"), 3)).isEqualTo(1);
    }

    @Test
    void aLaneBeginsWithWhatIsWantedAndTellsOfTheRest() {
        LastValues values = values(Limit.DEFAULT, "a", "b", "c", "b", "a", "c");
        Lane lane = filled(values, 6, PATIENT, 1 << 20, "b", "c");

        lane.accept(Event.of("b", "live"), PATIENT, 0);
        SubscriberSums sums = follow(lane, 3, PATIENT, ">");

        assertThat(sequences()).containsExactly(3L, 5L, 6L);
        assertThat(received.deliveries()).extracting(Delivery::sentEpochNanos).startsWith(1_003L, 1_005L)
                .last().isEqualTo(clock.epochNanos());
        assertThat(received.deliveries()).extracting(Delivery::id).allMatch(id -> id.startsWith("0000000000000007-"));
        assertThat(sums.known()).isEqualTo(4);
        assertThat(sums.filtered()).isEqualTo(1);
        assertThat(sums.difference()).isZero();
    }

    @Test
    void aLaneForWhichNothingIsKeptBeginsWithTheNextEvent() {
        Lane lane = filled(values(Limit.DEFAULT, "a"), 1, PATIENT, 1 << 20, "b");

        assertThat(lane.next()).isEqualTo(1);
        assertThat(lane.isSent()).isTrue();
    }

    @Test
    void aPolicyThatWaitsLosesNoneOfMoreThanItsLimitAndWaitsUntilTheyAreDrained() {
        FlowPolicy tight = FlowPolicy.backPressure(new Limit(10, 1 << 20), Duration.ofSeconds(1));
        LastValues values = values(Limit.DEFAULT, IntStream.range(0, 500).mapToObj(i -> "t" + i).toArray(String[]::new));
        Lane lane = lane(0, tight, 4 << 10, ">");
        lane.creditBehind(10);
        values.fill(lane, lane::skipUpTo, 500, tight);

        assertThat(lane.next()).isEqualTo(500);
        assertThat(lane.lost()).isZero();
        assertThat(lane.judge(tight, 100, 0)).isEqualTo(Verdict.WAIT);
        lane.creditBehind(MessageLayout.UNLIMITED);
        SubscriberSums sums = follow(lane, 0, PATIENT, ">");
        assertThat(sums.delivered()).isEqualTo(500);
        assertThat(lane.judge(tight, 100, 0)).isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aPolicyThatGivesUpKeepsTheLatestAndTellsOfTheOthers() {
        FlowPolicy tight = FlowPolicy.dropOldest(new Limit(10, 1 << 20));
        LastValues values = values(Limit.DEFAULT, IntStream.range(0, 500).mapToObj(i -> "t" + i).toArray(String[]::new));
        Lane lane = lane(0, tight, 4 << 10, ">");
        lane.creditBehind(0);
        values.fill(lane, lane::skipUpTo, 500, tight);
        lane.creditBehind(MessageLayout.UNLIMITED);

        SubscriberSums sums = follow(lane, 0, tight, ">");

        assertThat(sequences()).containsExactlyElementsOf(IntStream.range(490, 500).mapToObj(i -> (long) i).toList());
        assertThat(sums.lost()).containsOnlyKeys(LossReason.OVERFLOW).containsEntry(LossReason.OVERFLOW, lane.lost());
        assertThat(received.gaps()).containsExactly(new Gap(SESSION, 0, 489, 490, LossReason.OVERFLOW));
        assertThat(sums.difference()).isZero();
    }

    @Test
    void aPolicyThatGivesUpTheNewestKeepsTheOldest() {
        FlowPolicy tight = FlowPolicy.dropNewest(new Limit(3, 1 << 20));
        Lane lane = lane(0, tight, 4 << 10, ">");
        lane.creditBehind(0);
        values(Limit.DEFAULT, "a", "b", "c", "d", "e").fill(lane, lane::skipUpTo, 5, tight);
        lane.creditBehind(MessageLayout.UNLIMITED);

        SubscriberSums sums = follow(lane, 0, tight, ">");

        assertThat(sequences()).containsExactly(0L, 1L, 2L);
        assertThat(sums.lost()).containsEntry(LossReason.OVERFLOW, 2L);
        assertThat(sums.difference()).isZero();
    }

    @Test
    void partsOfACreditKeepEachEventsOwnTime() {
        LastValues values = values(Limit.DEFAULT, "a", "b", "c", "d", "e");
        Lane lane = filled(values, 5, PATIENT, 1 << 20, ">");
        lane.creditBehind(2);
        assertThat(lane.take()).isPresent();
        assertThat(lane.take()).isEmpty();
        lane.rewind(0);
        lane.creditBehind(MessageLayout.UNLIMITED);

        follow(lane, 0, PATIENT, ">");

        assertThat(received.deliveries()).extracting(Delivery::sentEpochNanos).containsExactly(1_000L, 1_001L, 1_002L, 1_003L, 1_004L);
    }

    @Test
    void aLastValueThatIsTooOldExpiresSinceItsTimeToLiveBeganWhenItWasPublished() {
        var values = new LastValues(Limit.DEFAULT);
        Event mortal = Event.builder("a").data(new byte[] {1}).ttl(Duration.ofMillis(10)).build();
        values.keep(new LastValue(0, mortal, 0, clock.nanoTime()));
        clock.advance(Duration.ofMillis(6));
        values.keep(new LastValue(1, mortal.toBuilder().build(), 0, clock.nanoTime()));
        values.keep(new LastValue(2, Event.builder("b").data(new byte[] {2}).ttl(Duration.ofMillis(10)).build(), 0, clock.nanoTime()));
        Lane lane = filled(values, 3, PATIENT, 1 << 20, "b");
        clock.advance(Duration.ofMillis(9));
        Lane other = filled(values, 3, PATIENT, 1 << 20, "b");
        clock.advance(Duration.ofMillis(2));

        SubscriberSums sums = follow(lane, 2, PATIENT, ">");

        assertThat(sums.lost()).containsOnly(Map.entry(LossReason.EXPIRED, 1L));
        assertThat(follow(other, 2, PATIENT, ">").lost()).containsKey(LossReason.EXPIRED);
        assertThat(received.count()).isZero();
    }

    @Test
    void whoComesBackIsToldOfWhatItMissedAndGetsWhatIsLastOfIt() {
        LastValues values = values(Limit.DEFAULT, "a", "b", "a", "b", "a", "c");
        // It has all before 1.
        Lane lane = lane(1, PATIENT, 1 << 20, "a", "b");
        values.fill(lane, lane::evictUpTo, 6, PATIENT);

        SubscriberSums sums = follow(lane, 1, PATIENT, ">");

        assertThat(sequences()).containsExactly(3L, 4L);
        assertThat(sums.lost()).containsOnly(Map.entry(LossReason.EVICTED, 3L));
        assertThat(received.gaps()).containsExactly(new Gap(SESSION, 1, 2, 2, LossReason.EVICTED), new Gap(SESSION, 5, 5, 1, LossReason.EVICTED));
        assertThat(sums.difference()).isZero();
    }
}
