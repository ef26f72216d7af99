package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How a subscriber joins, follows and leaves sessions; on one thread, a simulated link and a manual clock. */
class SessionTest implements EventHandler {

    private final ManualClock clock = new ManualClock();
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment = new Environment(clock, clock, new Random(7), notices);
    private final SimNetwork network = new SimNetwork(7, clock);
    private final List<Long> sequences = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();

    @Override
    public void onEvent(Delivery delivery) {
        sequences.add(delivery.position().sequence());
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    @Test
    void aSubscriberThatListenedFirstJoinsAtZeroEvenIfTheFirstDatagramWasLost() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        clock.advance(Duration.ofMillis(1));
        var publisher = publisher();
        network.link().cut();
        publish(publisher, 3);
        network.link().heal();
        publish(publisher, 2);
        work(publisher, subscriber, subscription);
        assertThat(sequences).containsExactly(3L, 4L);
        assertThat(gaps).containsExactly(new Gap(publisher.session(), 0, 2, 3, LossReason.NETWORK));
        assertThat(subscription.sums().known()).isEqualTo(5);
    }

    @Test
    void aSubscriberThatComesLaterJoinsAtWhatItHearsFirst() throws IOException {
        var publisher = publisher();
        publish(publisher, 3);
        clock.advance(Duration.ofMillis(50));
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        publish(publisher, 2);
        work(publisher, subscriber, subscription);
        assertThat(sequences).containsExactly(3L, 4L);
        assertThat(gaps).isEmpty();
        assertThat(subscription.sums().known()).isEqualTo(2);
    }

    @Test
    void aLostTailIsFoundByTheNextHeartbeat() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 2);
        network.link().cut();
        publish(publisher, 4);
        network.link().heal();
        work(publisher, subscriber, subscription);
        assertThat(sequences).containsExactly(0L, 1L);
        clock.advance(Duration.ofMillis(150));
        work(publisher, subscriber, subscription);
        assertThat(gaps).containsExactly(new Gap(publisher.session(), 2, 5, 4, LossReason.NETWORK));
        assertThat(subscription.sums().difference()).isZero();
    }

    @Test
    void aDatagramThatIsOvertakenButNotLateIsDeliveredInItsPlace() throws IOException {
        var reordering = Faults.NONE.withReorder(0.3).withReorderSpan(3);
        var subscriber = new UdpSubscriber(SimNetwork.feed(1_400, false, UdpLimits.defaults()),
                network.subscriberIo(reordering, Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        for (int i = 0; i < 200; i++) {
            publish(publisher, 1);
            clock.advance(Duration.ofNanos(100_000));
            subscriber.doWork(0);
        }
        work(publisher, subscriber, subscription);
        assertThat(sequences).isSorted().hasSize(200);
        assertThat(subscriber.counters().outOfOrder()).isPositive();
    }

    @Test
    void aPublisherThatFallsSilentGivesOneNoticeAndItsReturnIsFollowedExactly() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 2);
        work(publisher, subscriber, subscription);
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(1));
            subscriber.doWork(0);
        }
        assertThat(notices.of(Notice.TailUnknown.class)).hasSize(1);
        assertThat(notices.of(Notice.TailUnknown.class).getFirst().sequence()).isEqualTo(1);
        publish(publisher, 1);
        work(publisher, subscriber, subscription);
        assertThat(sequences).containsExactly(0L, 1L, 2L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void theEndOfTheStreamIsKnownAndGivesNoNotice() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 2);
        publisher.beginClose();
        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofSeconds(1));
            work(publisher, subscriber, subscription);
        }
        assertThat(publisher.isDone()).isTrue();
        assertThat(sequences).containsExactly(0L, 1L);
        assertThat(notices.of(Notice.TailUnknown.class)).isEmpty();
    }

    @Test
    void aPublisherSaysTheEndUntilItsSubscribersHaveHeardIt() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 2);
        work(publisher, subscriber, subscription);
        publisher.doWork(0);
        assertThat(publisher.subscribers()).isEqualTo(1);
        publisher.beginClose();
        network.link().cut();
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofMillis(20));
            publisher.doWork(0);
        }
        assertThat(publisher.isDone()).isFalse();
        network.link().heal();
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMillis(20));
            work(publisher, subscriber, subscription);
        }
        assertThat(publisher.isDone()).isTrue();
        assertThat(subscription.sums().known()).isEqualTo(2);
    }

    @Test
    void aPublisherWhoseEndNobodyHearsStopsSayingItAfterItsLinger() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 1);
        work(publisher, subscriber, subscription);
        publisher.beginClose();
        network.link().cut();
        publisher.doWork(0);
        clock.advance(UdpLimits.defaults().linger());
        publisher.doWork(0);
        assertThat(publisher.isDone()).isTrue();
        clock.advance(Duration.ofSeconds(2));
        subscriber.close();
        assertThat(notices.of(Notice.TailUnknown.class)).hasSize(1);
    }

    @Test
    void datagramsThatAreNearlyFullLeaveTogetherAndArriveWhole() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        for (int i = 0; i < 700; i++) {
            publisher.publish("a.b", new byte[97 + i % 7], 0, 97 + i % 7);
        }
        long sentAlready = network.link().sent();
        publisher.doWork(0);
        work(publisher, subscriber, subscription);
        assertThat(sentAlready).as("datagrams that left when their train was full").isPositive();
        assertThat(sequences).hasSize(700).isSorted();
        assertThat(gaps).isEmpty();
        assertThat(subscriber.counters().malformed()).isEmpty();
    }

    @Test
    void eventsOnTwoTopicsInTurnShareADatagram() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        for (int i = 0; i < 20; i++) {
            publisher.publish("topic.n" + i % 2, new byte[] {1}, 0, 1);
        }
        publisher.doWork(0);
        assertThat(network.link().sent()).as("one datagram of events and one heartbeat").isLessThanOrEqualTo(2);
        work(publisher, subscriber, subscription);
        assertThat(sequences).hasSize(20);
    }

    @Test
    void sessionsAboveTheLimitAreRefusedCountedAndTold() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults().withSessions(2));
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        List<UdpPublisher> publishers = List.of(publisher(), publisher(), publisher());
        for (UdpPublisher publisher : publishers) {
            publish(publisher, 1);
            work(publisher, subscriber, subscription);
        }
        assertThat(sequences).hasSize(2);
        assertThat(subscriber.counters().refusedSessions()).isPositive();
        assertThat(notices.of(Notice.Degraded.class)).hasSize(1);
        publishers.getFirst().beginClose();
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMillis(20));
            work(publishers.getFirst(), subscriber, subscription);
        }
        publish(publishers.getLast(), 1);
        work(publishers.getLast(), subscriber, subscription);
        assertThat(sequences).as("an ended session makes place").hasSize(3);
    }

    @Test
    void aSubscriptionClosedInTheMiddleLosesWhatWaitsAndTheSumStillCloses() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher();
        publish(publisher, 10);
        publisher.doWork(0);
        subscriber.doWork(0);
        subscription.poll(this, 4);
        subscription.close();
        assertThat(subscription.sums().lost()).containsEntry(LossReason.LEFT, 6L);
        assertThat(subscription.sums().difference()).isZero();
        assertThat(subscription.sums().inFlight()).isZero();
    }

    private UdpSubscriber subscriber(UdpLimits limits) {
        return new UdpSubscriber(SimNetwork.feed(1_400, false, limits),
                network.subscriberIo(Faults.NONE, Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
    }

    private UdpPublisher publisher() {
        return new UdpPublisher(SimNetwork.feed(1_400, false, UdpLimits.defaults()),
                network.publisherIo(), UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
    }

    private static void publish(UdpPublisher publisher, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            publisher.publish(Event.of("a.b", "x"));
        }
        publisher.doWork(0);
    }

    private void work(UdpPublisher publisher, UdpSubscriber subscriber, Subscription subscription) throws IOException {
        publisher.doWork(0);
        subscriber.doWork(0);
        clock.advance(UdpLimits.defaults().reorderWait());
        subscriber.doWork(0);
        subscription.poll(this, Integer.MAX_VALUE);
    }
}
