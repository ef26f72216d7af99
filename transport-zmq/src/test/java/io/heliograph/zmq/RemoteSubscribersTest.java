package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.NoticeListener;
import io.heliograph.TopicFilter;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher's lane and its subscriber while what they say to each other is still on its way, and while it is lost. */
class RemoteSubscribersTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(1), NoticeListener.NONE);
    private final ZmqConfig config = ZmqConfig.of(Address.parse("zmq+inproc://remotes"), ZmqConfig.Side.BINDING);
    private final TellingLock lock = new TellingLock();
    private final RemoteSubscribers remotes = new RemoteSubscribers(SESSION, config, lock, environment);
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Subscriptions subscriptions = new Subscriptions();
    private final Feed feed = new Feed(SUBSCRIBER, subscriptions, Latecomers.From.LIVE, 1);
    private final Follower follower = new Follower(feed, 0, config, tally, 0);
    private final ArrayDeque<ByteBuffer> onItsWay = new ArrayDeque<>();
    private Peer peer = new DealerSocket().peer();
    private long next;

    @BeforeEach
    void takeTheLock() {
        lock.lock();
        remotes.changePolicy(ZmqTransport.DEFAULT_POLICY);
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
            for (Destination to : remotes.destinations()) {
                if (to.wants(topic)) {
                    assertThat(to.makeRoom(ZmqTransport.DEFAULT_POLICY, 100, 0)).isTrue();
                    to.accept(Event.of(topic, Long.toString(next)), ZmqTransport.DEFAULT_POLICY, clock.nanoTime());
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
        RemoteSubscriber remote = remotes.all()[0];
        Lane lane = remote.lane;
        lane.flushTail();
        while (true) {
            RemoteSubscriber.Due due = remote.due(false, Duration.ofSeconds(1).toNanos(), clock.nanoTime());
            switch (due) {
                case WELCOME -> onItsWay.add(PublisherMessages.welcome(SESSION, SUBSCRIBER, remote.welcomeFlags(false),
                        remote.welcomeSequence, lane.told()));
                case FRAME -> onItsWay.add(lane.take().orElseThrow());
                case HEARTBEAT -> onItsWay.add(PublisherMessages.state(SESSION, SUBSCRIBER, lane.place(), lane.told()));
                case END, NOTHING -> {
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
        assertThat(remotes.subscriptions()).isZero();
        assertThat(follower.due(true, clock.nanoTime())).isEmpty();
    }
}
