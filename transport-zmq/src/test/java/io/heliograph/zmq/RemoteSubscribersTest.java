package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher's lane and its subscriber while what they say to each other is still on its way, and while it is lost. */
class RemoteSubscribersTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final FlowPolicy TWO_AT_A_TIME = FlowPolicy.backPressure(new Limit(2, 1 << 20), Duration.ofSeconds(1));

    private final ManualClock clock = new ManualClock();
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment = new Environment(clock, clock, new Random(1), notices);
    private final ZmqConfig config = ZmqConfig.of(Address.parse("zmq+inproc://remotes"), ZmqConfig.Side.BINDING);
    private final TellingLock lock = new TellingLock();
    private final RemoteSubscribers remotes = new RemoteSubscribers(SESSION, config, lock, environment);
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Subscriptions subscriptions = new Subscriptions();
    private final Feed feed = new Feed(SUBSCRIBER, subscriptions, Latecomers.From.LIVE, 1);
    private final Follower follower = new Follower(feed, 0, config, tally, 0);
    private final ArrayDeque<ByteBuffer> onItsWay = new ArrayDeque<>();
    private Peer peer = new DealerSocket().peer();
    private FlowPolicy policy = ZmqTransport.DEFAULT_POLICY;
    private long next;

    @BeforeEach
    void takeTheLock() {
        lock.lock();
        remotes.changePolicy(policy);
        follower.knock(SESSION, clock.nanoTime());
    }

    @AfterEach
    void unlock() {
        lock.unlock();
        assertThat(tally.malformed).isEmpty();
    }

    private Intake subscribe(String filter) {
        Interest interest = Interest.in(TopicFilter.of(filter));
        var intake = new Intake(filter, interest, lock, () -> { }, environment);
        subscriptions.add(intake, interest, Optional.empty());
        return intake;
    }

    /** What the subscriber has to say arrives. */
    private void speak() {
        follower.onTime(clock.epochNanos(), clock.nanoTime());
        follower.due(true, clock.nanoTime()).ifPresent(message -> remotes.receive(peer, message, clock.nanoTime()));
    }

    private void publish(String... topics) {
        for (String topic : topics) {
            for (Destination to : remotes.fanOut().destinations()) {
                if (to.wants(topic)) {
                    assertThat(to.makeRoom(policy, 100, 0)).isTrue();
                    to.accept(Event.of(topic, Long.toString(next)), policy, clock.nanoTime());
                } else {
                    to.skip();
                }
            }
            next++;
            remotes.next(next);
        }
    }

    /** The publisher sends all that is due. */
    private void send() {
        RemoteSubscriber remote = remotes.fanOut().all()[0];
        Lane lane = remote.lane;
        lane.flushTail();
        while (true) {
            RemoteSubscriber.Due due = remote.due(remotes.ending().hasBegun(), HEARTBEAT.toNanos(), clock.nanoTime());
            switch (due) {
                case WELCOME -> onItsWay.add(PublisherMessages.welcome(SESSION, SUBSCRIBER, remote.welcomeFlags(false),
                        remote.welcomeSequence, lane.told()));
                case FRAME -> onItsWay.add(lane.take().orElseThrow());
                case HEARTBEAT -> onItsWay.add(PublisherMessages.state(SESSION, SUBSCRIBER, lane.place(), lane.told()));
                case END -> onItsWay.add(PublisherMessages.end(SESSION, SUBSCRIBER, lane.next()));
                case NOTHING -> {
                    return;
                }
            }
            remote.onSent(due, clock.nanoTime());
        }
    }

    private void hear() {
        while (!onItsWay.isEmpty()) {
            follower.take(onItsWay.removeFirst().duplicate().order(ByteOrder.LITTLE_ENDIAN), clock.epochNanos(), clock.nanoTime());
        }
    }

    /** The connection is lost with all that was on its way, and there is another. */
    private void loseConnection() {
        onItsWay.clear();
        remotes.receive(peer, ByteBuffer.wrap(MessageLayout.header(MessageType.LOST, 0, 0, 0)), clock.nanoTime());
        peer = new DealerSocket().peer();
        follower.knock(SESSION, clock.nanoTime());
    }

    private void comeBack() {
        loseConnection();
        speak();
        send();
        hear();
    }

    private static void assertSums(Intake intake, Received received, long known, long filtered) {
        intake.poll(received, 1_000);
        assertThat(intake.sums().known()).isEqualTo(known);
        assertThat(intake.sums().filtered()).isEqualTo(filtered);
        assertThat(intake.sums().lostTotal()).isZero();
        assertThat(intake.sums().duplicates()).isZero();
        assertThat(intake.sums().difference()).isZero();
        assertThat(received.count()).isEqualTo((int) (known - filtered));
    }

    @Test
    void aSecondFilterThatIsAskedForBeforeTheWelcomeIsHeardTakesNothingFromTheFirst() {
        Intake first = subscribe("a");
        speak();
        publish("a", "b", "a");
        send();

        Intake second = subscribe("b");
        speak();
        publish("b", "a");
        send();
        hear();
        speak();
        send();
        hear();

        assertSums(first, new Received(), 5, 2);
        assertSums(second, new Received(), 2, 1);
    }

    @Test
    void aSecondFilterThatIsAskedForBeforeTheWelcomeIsSentTakesNothingFromTheFirst() {
        Intake first = subscribe("a");
        speak();
        publish("a", "b", "a");
        Intake second = subscribe("b");
        speak();
        publish("b", "a");
        send();
        hear();

        assertSums(first, new Received(), 5, 2);
        assertSums(second, new Received(), 2, 1);
    }

    @Test
    void aFilterWhoseWordWasLostWithTheConnectionBeginsWhereItWasPutInForceAndNotBefore() {
        Intake first = subscribe("a");
        speak();
        send();
        hear();
        speak();
        publish("a", "b");
        send();
        Intake second = subscribe("b");
        speak();
        publish("b", "a");
        send();

        comeBack();

        assertSums(first, new Received(), 4, 2);
        assertSums(second, new Received(), 2, 1);
    }

    @Test
    void aFilterThatIsPutInForceWhileTheWelcomeIsLostBeginsWhereItWasPutInForce() {
        Intake first = subscribe("a");
        speak();
        publish("a", "b", "a");
        send();
        Intake second = subscribe("b");
        speak();
        publish("b", "a");
        send();

        comeBack();

        assertSums(first, new Received(), 5, 2);
        assertSums(second, new Received(), 2, 1);
    }

    private MessageType refused() {
        ByteBuffer message = follower.due(true, clock.nanoTime()).orElseThrow();
        follower.onRefused(message);
        return MessageType.of(message.get(MessageLayout.TYPE_AT) & 0xff).orElseThrow();
    }

    @Test
    void whatWasRefusedOnItsWayToThePublisherIsSaidAgain() {
        Intake intake = subscribe("a");
        assertThat(refused()).isEqualTo(MessageType.HELLO);
        speak();
        send();
        hear();
        assertThat(refused()).isEqualTo(MessageType.CREDIT);
        assertThat(refused()).isEqualTo(MessageType.CREDIT);
        speak();
        assertThat(follower.due(true, clock.nanoTime())).isEmpty();

        subscriptions.remove(intake);
        follower.remove(intake);
        assertThat(refused()).isEqualTo(MessageType.LEAVE);
        speak();
        assertThat(remotes.fanOut().subscriptions()).isZero();
        assertThat(follower.due(true, clock.nanoTime())).isEmpty();
    }

    private void converse() {
        send();
        hear();
        speak();
    }

    /** A heartbeat passes; says whether the publisher has ended. */
    private boolean isDoneAfterHeartbeat() {
        clock.advance(HEARTBEAT);
        converse();
        remotes.evictSilent(clock.nanoTime());
        remotes.ending().giveUp(policy, clock.nanoTime());
        return remotes.ending().isDone(clock.nanoTime());
    }

    /** A handler holds two events, and two more wait in the lane when the publisher closes. */
    private Intake closeBeforeAHandlerThatHangs() {
        Intake intake = subscribe(">");
        speak();
        converse();
        publish("a", "a");
        converse();
        publish("a", "a");
        remotes.beginClose();
        return intake;
    }

    @Test
    void whoIsWaitedForAndSpeaksIsWaitedForAtTheEndHoweverLongItsHandlerTakes() {
        policy = TWO_AT_A_TIME;
        remotes.changePolicy(policy);
        Intake intake = closeBeforeAHandlerThatHangs();
        for (int i = 0; i < 60; i++) {
            assertThat(isDoneAfterHeartbeat()).as("given up %d s after it closed, while its subscriber lives", i + 1).isFalse();
        }
        var received = new Received();
        for (int i = 0; i < 5 && !isDoneAfterHeartbeat(); i++) {
            intake.poll(received, 1_000);
        }
        assertThat(remotes.ending().isDone(clock.nanoTime())).isTrue();
        intake.poll(received, 1_000);
        assertThat(received.count()).isEqualTo(4);
        assertThat(intake.sums().delivered()).isEqualTo(4);
        assertThat(intake.sums().difference()).isZero();
        assertThat(notices.of(Notice.SubscriberEvicted.class)).isEmpty();
    }

    @Test
    void whoFallsSilentAtTheEndIsEvictedAndWaitedForNoMore() {
        policy = TWO_AT_A_TIME;
        remotes.changePolicy(policy);
        closeBeforeAHandlerThatHangs();
        assertThat(isDoneAfterHeartbeat()).isFalse();
        clock.advance(config.limits().eviction().minusNanos(1));
        assertThat(remotes.evictSilent(clock.nanoTime())).isFalse();
        assertThat(remotes.ending().isDone(clock.nanoTime())).isFalse();
        clock.advance(Duration.ofNanos(1));
        assertThat(remotes.evictSilent(clock.nanoTime())).isTrue();
        assertThat(remotes.ending().isDone(clock.nanoTime())).isTrue();
        lock.unlock();
        lock.lock();
        assertThat(notices.of(Notice.SubscriberEvicted.class)).hasSize(1);
    }

    @Test
    void whoHasNoRoomForTheBytesThatCameSaysThatItLives() {
        policy = FlowPolicy.backPressure(new Limit(100, 250), Duration.ofSeconds(1));
        remotes.changePolicy(policy);
        Intake intake = subscribe(">");
        speak();
        converse();
        String large = "a".repeat(100);
        publish(large, large, large, large);
        converse();
        remotes.beginClose();
        for (int i = 0; i < 60; i++) {
            assertThat(isDoneAfterHeartbeat()).as("given up %d s after it closed, while its subscriber lives", i + 1).isFalse();
        }
        var received = new Received();
        for (int i = 0; i < 5 && !isDoneAfterHeartbeat(); i++) {
            intake.poll(received, 1_000);
        }
        assertThat(remotes.ending().isDone(clock.nanoTime())).isTrue();
        assertSums(intake, received, 4, 0);
    }

    private void assertTheRestIsClosed(Intake intake, int delivered) {
        assertThat(intake.sums().known()).as("before its handler goes on").isEqualTo(next);
        var received = new Received();
        intake.poll(received, 1_000);
        long rest = next - delivered;
        assertThat(received.count()).isEqualTo(delivered);
        assertThat(intake.sums().lost()).isEqualTo(Map.of(LossReason.CLOSED, rest));
        assertThat(intake.sums().difference()).isZero();
        assertThat(received.gaps()).allSatisfy(gap -> assertThat(gap.reason()).isEqualTo(LossReason.CLOSED));
        assertThat(received.lost()).isEqualTo(rest);
        assertThat(remotes.fanOut().givenUp()).isEqualTo(rest);
        lock.unlock();
        lock.lock();
        assertThat(notices.of(Notice.Degraded.class)).hasSize(1).first().asString().contains("took " + rest + " events");
        assertThat(notices.of(Notice.TailUnknown.class)).isEmpty();
    }

    @Test
    void whatWaitsForOneThatHangsForTenMinutesIsClosedWhateverItsCreditAndItIsToldSo() {
        policy = TWO_AT_A_TIME;
        remotes.changePolicy(policy);
        Intake intake = closeBeforeAHandlerThatHangs();
        int seconds = 1;
        while (seconds < 700 && !isDoneAfterHeartbeat()) {
            seconds++;
        }
        assertThat(seconds).isBetween(600, 603);
        assertTheRestIsClosed(intake, 2);
    }

    @Test
    void whatWaitsForOneThatIsNotWaitedForIsClosedAndItIsToldSo() {
        policy = FlowPolicy.dropOldest(new Limit(2, 1 << 20));
        remotes.changePolicy(policy);
        Intake intake = subscribe(">");
        speak();
        converse();
        publish("a", "a");
        converse();
        publish("a", "a");
        clock.advance(HEARTBEAT);
        // It says that its handler has taken none: nothing more is sent.
        converse();
        long onItsWayYet = intake.sums().known();
        publish("a", "a");
        remotes.beginClose();
        for (int i = 0; i < 5 && !isDoneAfterHeartbeat(); i++) {
            // Until it has heard of the end.
        }
        assertThat(remotes.ending().isDone(clock.nanoTime())).isTrue();
        assertThat(onItsWayYet).isLessThan(next);
        assertThat(intake.sums().known()).isEqualTo(next);
        assertThat(intake.sums().lost()).containsEntry(LossReason.CLOSED, remotes.fanOut().givenUp());
        assertThat(remotes.fanOut().givenUp()).isPositive();
        var received = new Received();
        intake.poll(received, 1_000);
        assertThat(intake.sums().delivered() + intake.sums().lostTotal()).isEqualTo(next);
        assertThat(received.lost()).isEqualTo(intake.sums().lostTotal());
        assertThat(intake.sums().difference()).isZero();
    }

    @Test
    void whatWaitedForOneThatFellSilentIsCounted() {
        policy = TWO_AT_A_TIME;
        remotes.changePolicy(policy);
        closeBeforeAHandlerThatHangs();
        clock.advance(config.limits().eviction());
        assertThat(remotes.evictSilent(clock.nanoTime())).isTrue();
        assertThat(remotes.fanOut().givenUp()).isEqualTo(2);
    }

    @Test
    void whoAsksForLessThanToBeWaitedForIsNotWaitedForAtTheEnd() {
        policy = TWO_AT_A_TIME;
        remotes.changePolicy(policy);
        Interest weaker = Interest.in(TopicFilter.of(">")).withPolicy(FlowPolicy.dropOldest(new Limit(2, 1 << 20)));
        var intake = new Intake("weaker", weaker, lock, () -> { }, environment);
        subscriptions.add(intake, weaker, Optional.empty());
        speak();
        converse();
        for (int i = 0; i < 4; i++) {
            // What comes when it has said that its handler hangs stays in the lane.
            publish("a", "a");
            clock.advance(HEARTBEAT);
            converse();
        }
        remotes.beginClose();
        assertThat(isDoneAfterHeartbeat()).isFalse();
        int heartbeats = 1;
        while (heartbeats < 60 && !isDoneAfterHeartbeat()) {
            heartbeats++;
        }
        assertThat(heartbeats).as("it takes nothing more, and lives").isLessThan(60);
    }
}
