package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.TransportException;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets that fail, notice listeners that misbehave, and a subscriber that closes before all is told. */
@Timeout(30)
class UdpFaultTest implements EventHandler {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private final CollectedNotices notices = new CollectedNotices();
    private final SimNetwork network = new SimNetwork(7, clock);
    private final FaultyIo subscriberIo = new FaultyIo(network.subscriberIo(Faults.NONE));
    private final FaultyIo publisherIo = new FaultyIo(network.publisherIo());
    private final List<Long> sequences = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private int environments;

    @Override
    public void onEvent(Delivery delivery) {
        sequences.add(delivery.position().sequence());
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    @Test
    void aListenerThatThrowsAtASessionTooManyLeavesTheSubscriberWorking() throws IOException {
        notices.throwOnNotice();
        var subscriber = subscriber(UdpLimits.defaults().withSessions(1));
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var followed = publisher(notices);
        var refused = publisher(notices);
        publish(followed, 1);
        subscriber.doWork(0);
        publish(refused, 1);
        assertThatCode(() -> subscriber.doWork(0)).doesNotThrowAnyException();
        publish(followed, 1);
        subscriber.doWork(0);
        subscription.poll(this, Integer.MAX_VALUE);
        assertThat(sequences).containsExactly(0L, 1L);
        assertThat(notices.of(Notice.Degraded.class)).hasSize(1);
        assertThat(subscriber.counters().refusedSessions()).isPositive();
        assertThat(subscription.sums().difference()).isZero();
    }

    @Test
    void aListenerThatPublishesOnThePublisherItHearsOfDoesNotBreakIt() throws IOException {
        var own = new CompletableFuture<UdpPublisher>();
        var publisher = publisher(notice -> own.join().publish(event("from the listener", 0)));
        own.complete(publisher);
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        // It finds nothing waiting, so that it leaves at once.
        clock.advance(Duration.ofMillis(1));
        publisherIo.failNextSend();
        assertThat(publisher.publish(event("0", 1_000))).isEqualTo(PublishResult.ACCEPTED);
        assertThat(publisher.publish(event("1", 1_000))).isEqualTo(PublishResult.ACCEPTED);
        publisher.doWork(0);
        subscriber.doWork(0);
        clock.advance(UdpLimits.defaults().reorderWait());
        subscriber.doWork(0);
        var arrived = new ArrayList<String>();
        subscription.poll(delivery -> arrived.add(delivery.event().text().strip()), Integer.MAX_VALUE);
        assertThat(arrived).containsExactly("from the listener", "1");
        assertThat(publisher.sums().accepted()).isEqualTo(3);
        assertThat(publisher.datagramsNotSent()).isEqualTo(1);
        assertThat(subscription.sums().known()).isEqualTo(3);
        assertThat(subscription.sums().lost()).isEqualTo(Map.of(LossReason.NETWORK, 1L));
        assertThat(subscriber.counters().malformed()).isEmpty();
    }

    @Test
    void aListenerThatThrowsAtAFailedSendDoesNotReachThePublishingThread() throws IOException {
        notices.throwOnNotice();
        var publisher = publisher(notices);
        clock.advance(Duration.ofMillis(1));
        publisherIo.failNextSend();
        assertThat(publisher.publish(event("0", 1_000))).isEqualTo(PublishResult.ACCEPTED);
        assertThat(notices.of(Notice.Degraded.class)).hasSize(1);
        assertThat(publisher.sums().accepted()).isEqualTo(1);
        assertThat(publisher.sums().difference()).isZero();
    }

    @Test
    void aSubscriberWhoseSocketFailedRefusesNewSubscriptionsAndSaysWhy() throws InterruptedException {
        subscriberIo.breakDown();
        try (var subscriber = subscriber(UdpLimits.defaults()).start()) {
            assertThat(notices.await(Notice.TransportFailed.class, 1, PATIENCE)).isTrue();
            assertThatThrownBy(() -> subscriber.subscribePolled(Interest.inAll()))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContainingAll("udp://sim", FaultyIo.FAULT)
                    .hasRootCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> subscriber.subscribe(Interest.inAll(), this)).isInstanceOf(TransportException.class);
        }
    }

    @Test
    void aSocketThatFailsClosesTheSubscriptionsEvenIfTheListenerThrows() throws Exception {
        notices.throwOnNotice();
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        publish(publisher(notices), 2);
        subscriber.doWork(0);
        assertThat(subscription.sums().inFlight()).isEqualTo(2);
        subscriberIo.breakDown();
        subscriber.start();
        assertThat(notices.await(Notice.TransportFailed.class, 1, PATIENCE)).isTrue();
        assertThat(subscription.sums().lost()).isEqualTo(Map.of(LossReason.LEFT, 2L));
        assertThat(subscription.sums().difference()).isZero();
        subscriber.close();
    }

    @Test
    void aPublisherWhoseSocketFailedAcceptsNothingEvenIfTheListenerThrows() throws InterruptedException {
        notices.throwOnNotice();
        publisherIo.breakDown();
        try (var publisher = publisher(notices).start()) {
            assertThat(notices.await(Notice.TransportFailed.class, 1, PATIENCE)).isTrue();
            assertThat(publisher.publish(event("too late", 0))).isEqualTo(PublishResult.CLOSED);
        }
    }

    @Test
    void closingWhileDatagramsAreHeldCountsThemAndThoseBeforeThemAsLost() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher(notices);
        publish(publisher, 2);
        loseOnTheWay(publisher, 3);
        publish(publisher, 4);
        loseOnTheWay(publisher, 5);
        publish(publisher, 6);
        subscriber.doWork(0);
        assertThat(subscriber.counters().heldDatagrams()).isEqualTo(2);
        subscription.poll(this, 1);
        subscriber.close();
        assertThat(subscription.sums().known()).isEqualTo(20);
        assertThat(subscription.sums().delivered()).isEqualTo(1);
        assertThat(subscription.sums().lost()).isEqualTo(Map.of(LossReason.NETWORK, 8L, LossReason.LEFT, 11L));
        assertThat(subscription.sums().inFlight()).isZero();
        assertThat(subscription.sums().difference()).isZero();
        subscription.poll(this, Integer.MAX_VALUE);
        assertThat(gaps.stream().mapToLong(Gap::count).sum()).as("%s", gaps).isEqualTo(19);
    }

    @Test
    void closingWhileAHeartbeatsEventsAreMissingCountsThemAsLost() throws IOException {
        var subscriber = subscriber(UdpLimits.defaults());
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher(notices);
        publish(publisher, 1);
        subscriber.doWork(0);
        subscription.poll(this, 1);
        loseOnTheWay(publisher, 2);
        clock.advance(UdpLimits.defaults().heartbeat());
        publisher.doWork(0);
        subscriber.doWork(0);
        assertThat(subscription.sums().known()).as("before the missing datagram's time is up").isEqualTo(1);
        subscriber.close();
        assertThat(subscription.sums().known()).isEqualTo(3);
        assertThat(subscription.sums().lost()).isEqualTo(Map.of(LossReason.NETWORK, 2L));
        assertThat(subscription.sums().difference()).isZero();
        subscription.poll(this, Integer.MAX_VALUE);
        assertThat(gaps).containsExactly(new Gap(publisher.session(), 1, 2, 2, LossReason.NETWORK));
    }

    private UdpSubscriber subscriber(UdpLimits limits) {
        return new UdpSubscriber(SimNetwork.feed(1_400, false, limits),
                subscriberIo, UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment(notices));
    }

    private UdpPublisher publisher(NoticeListener listener) {
        return new UdpPublisher(SimNetwork.feed(1_400, false, UdpLimits.defaults()),
                publisherIo, UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment(listener));
    }

    private Environment environment(NoticeListener listener) {
        return new Environment(clock, clock, new Random(7 + environments++), listener);
    }

    /** An event on {@code a.b} whose text is filled up with spaces to {@code bytes}. */
    private static Event event(String text, int bytes) {
        return Event.of("a.b", text + " ".repeat(Math.max(0, bytes - text.length())));
    }

    /** Sends {@code count} events in one datagram. */
    private static void publish(UdpPublisher publisher, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            publisher.publish(event("x", 1));
        }
        publisher.doWork(0);
    }

    private void loseOnTheWay(UdpPublisher publisher, int count) throws IOException {
        network.link().cut();
        publish(publisher, count);
        network.link().heal();
    }
}
