package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One that begins with last values, while its handler is slow and its connection is lost. */
class FollowerTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;
    private static final int SIZE = Event.of("a", "0").size();
    /** Two events of them have room at a subscription. */
    private static final FlowPolicy TIGHT = FlowPolicy.backPressure(new Limit(100, 2L * SIZE), Duration.ofSeconds(1));

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(1), NoticeListener.NONE);
    private final ZmqConfig config = ZmqConfig.of(Address.parse("zmq+inproc://follower?from=last"), ZmqConfig.Side.CONNECTING);
    private final TellingLock lock = new TellingLock();
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Received received = new Received();
    private final Intake intake = new Intake("test", Interest.inAll(), lock, () -> { }, environment);
    private final Subscriptions subscriptions = new Subscriptions();
    private final Feed feed = new Feed(SUBSCRIBER, subscriptions, Latecomers.From.LAST, 1);
    private Follower follower = new Follower(feed, 0, config, tally, 0);

    @BeforeEach
    void subscribe() {
        lock.lock();
        subscriptions.add(intake, Interest.inAll(), Optional.empty());
    }

    @AfterEach
    void unlock() {
        lock.unlock();
        assertThat(tally.malformed).isEmpty();
    }

    private Lane lane(long start) {
        var lane = new Lane(SESSION, SUBSCRIBER, start, new LaneState(1, "drop-oldest"), config.limits(), environment);
        lane.ask(new Filters(List.of()), Optional.empty(), 1 << 20);
        lane.creditBehind(100);
        return lane;
    }

    private static void accept(Lane lane, int count) {
        for (int i = 0; i < count; i++) {
            lane.accept(Event.of("a", Long.toString(lane.next())), ZmqTransport.DEFAULT_POLICY, 0);
        }
    }

    private Hello hello() {
        follower.knock(SESSION, clock.nanoTime());
        ByteBuffer hello = follower.due(true, clock.nanoTime()).orElseThrow().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(hello.getInt(MessageLayout.FLAGS_AT)).isEqualTo(MessageLayout.LAST);
        return Hello.read(hello.position(MessageLayout.HEADER_BYTES), 10).orElseThrow();
    }

    private void welcome(int flags, long sequence) {
        take(PublisherMessages.welcome(SESSION, SUBSCRIBER, flags, sequence, new LaneState(1, TIGHT.text())));
    }

    private void take(ByteBuffer message) {
        follower.take(message.duplicate().order(ByteOrder.LITTLE_ENDIAN), 0, clock.nanoTime());
    }

    private Credit credit() {
        ByteBuffer message = follower.due(true, clock.nanoTime()).orElseThrow().order(ByteOrder.LITTLE_ENDIAN);
        return Credit.read(message.getInt(MessageLayout.FLAGS_AT), message.position(MessageLayout.HEADER_BYTES)).orElseThrow();
    }

    @Test
    void takesASessionUpInTheMiddleOfAMessage() {
        assertThat(hello().session()).isZero();
        welcome(0, 0);
        Lane lane = lane(0);
        accept(lane, 5);
        ByteBuffer message = lane.take().orElseThrow();
        take(message);
        intake.poll(received, 1);
        follower.onTime(0, clock.nanoTime());
        assertThat(follower.expected()).isEqualTo(3);

        follower.lose();
        follower = new Follower(feed, 0, config, tally, clock.nanoTime());
        Hello again = hello();
        assertThat(again.session()).isEqualTo(SESSION);
        assertThat(again.next()).isEqualTo(3);
        intake.poll(received, 10);
        welcome(MessageLayout.RESUMED, again.next());
        take(message);

        assertThat(follower.expected()).isEqualTo(5);
        Credit credit = credit();
        assertThat(credit.next()).isEqualTo(5);
        // Two of its hundred places are taken, and all five events count.
        assertThat(credit.eventCredit()).isEqualTo(5 + 98);
        intake.poll(received, 10);
        assertThat(received.numbers()).containsExactly(0, 1, 2, 3, 4);
        assertThat(intake.sums().known()).isEqualTo(5);
        assertThat(intake.sums().duplicates()).isZero();
        assertThat(intake.sums().difference()).isZero();
    }

    @Test
    void whatWaitsHereGivesWayToWhatIsSentAfterAHello() {
        hello();
        welcome(0, 0);
        Lane first = lane(0);
        accept(first, 5);
        take(first.take().orElseThrow());
        assertThat(follower.expected()).isEqualTo(2);

        // It has been cut off: the publisher knows only how far it had come when it said hello.
        assertThat(hello().next()).isEqualTo(2);
        Lane second = lane(2);
        second.evictUpTo(3);
        second.skip();
        accept(second, 1);
        welcome(0, 2);
        take(second.take().orElseThrow());
        intake.poll(received, 10);
        follower.onTime(0, clock.nanoTime());
        intake.poll(received, 10);

        assertThat(received.numbers()).containsExactly(0, 1, 4);
        assertThat(received.gaps()).containsExactly(new Gap(SESSION, 2, 2, 1, LossReason.EVICTED));
        assertThat(intake.sums().filtered()).isEqualTo(1);
        assertThat(intake.sums().difference()).isZero();
    }

    @Test
    void aNewSessionBeginsBehindWhatStillWaitsOfTheOldOne() {
        hello();
        welcome(0, 0);
        Lane first = lane(0);
        accept(first, 5);
        take(first.take().orElseThrow());
        var second = new Lane(SESSION + 1, SUBSCRIBER, 5, new LaneState(1, TIGHT.text()), config.limits(), environment);
        second.creditBehind(100);
        second.ask(new Filters(List.of()), Optional.empty(), 1 << 20);
        accept(second, 3);
        take(PublisherMessages.welcome(SESSION + 1, SUBSCRIBER, 0, 5, new LaneState(1, TIGHT.text())));
        take(second.take().orElseThrow());
        for (int i = 0; i < 10; i++) {
            intake.poll(received, 1);
            follower.onTime(0, clock.nanoTime());
        }

        assertThat(received.numbers()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(received.deliveries().getLast().position().session()).isEqualTo(SESSION + 1);
        assertThat(intake.sums().known()).isEqualTo(8);
        assertThat(intake.sums().difference()).isZero();
    }

    @Test
    void aSessionThatItNeverSawIsNotTakenUp() {
        hello();
        welcome(0, 4);
        follower.lose();
        follower = new Follower(feed, 0, config, tally, clock.nanoTime());
        follower.knock(SESSION + 1, clock.nanoTime());
        ByteBuffer hello = follower.due(true, clock.nanoTime()).orElseThrow().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(Hello.read(hello.position(MessageLayout.HEADER_BYTES), 10).orElseThrow().session()).isZero();
        assertThat(hello().next()).isEqualTo(4);
    }
}
