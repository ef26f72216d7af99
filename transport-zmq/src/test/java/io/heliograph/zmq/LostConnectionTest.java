package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A relay between publisher and subscriber, which breaks. */
@Timeout(60)
class LostConnectionTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ofSeconds(20));

    private final String publisherAddress = Ports.freshAddress();
    private final TcpRelay relay = new TcpRelay(Ports.own(publisherAddress));
    private final CollectedNotices publisherNotices = new CollectedNotices();
    private final CollectedNotices subscriberNotices = new CollectedNotices();
    private final Received received = new Received();

    @AfterEach
    void endRelay() throws Exception {
        relay.close();
    }

    private ZmqPublisher publisher(FlowPolicy policy, String settings) {
        return ZmqPublisher.open(ZmqConfig.of(Address.parse(publisherAddress + settings), ZmqConfig.Side.BINDING), policy,
                Environment.system().withNotices(publisherNotices));
    }

    private ZmqSubscriber subscriber(Duration silence) {
        ZmqConfig config = ZmqConfig.of(Address.parse(Ports.address(Ports.plain(publisherAddress), relay.port())), ZmqConfig.Side.CONNECTING);
        ZmqLimits limits = config.limits().withPatience(silence.dividedBy(4), silence, config.limits().eviction());
        return ZmqSubscriber.open(new ZmqConfig(config.text(), config.endpoints(), config.pattern(), false, false, limits),
                Environment.system().withNotices(subscriberNotices));
    }

    private void publish(Publisher publisher, int from, int end) {
        for (int i = from; i < end; i++) {
            assertThat(publisher.publish("numbers", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
        }
    }

    @Test
    void losesNothingAndDoublesNothingWhenItIsCutAgainAndAgain() throws Exception {
        try (var publisher = publisher(PATIENT, ""); var subscriber = subscriber(Duration.ofSeconds(5))) {
            Subscription subscription = subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int round = 0; round < 5; round++) {
                publish(publisher, round * 1_000, round * 1_000 + 500);
                relay.cut();
                publish(publisher, round * 1_000 + 500, round * 1_000 + 1_000);
                int soFar = (round + 1) * 1_000;
                await().atMost(SOON).until(() -> received.count() == soFar);
            }
            assertThat(received.numbers()).containsExactlyElementsOf(IntStream.range(0, 5_000).boxed().toList());
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(subscription.sums().duplicates()).isZero();
            assertThat(subscription.sums().difference()).isZero();
            assertThat(subscriberNotices.of(Notice.TailUnknown.class)).isEmpty();
            assertThat(publisherNotices.of(Notice.SubscriberEvicted.class)).isEmpty();
        }
    }

    @Test
    void evictsWhoIsSilentAndTellsItWhatItLostWhenItComesBack() throws Exception {
        try (var publisher = publisher(PATIENT, "&evict=2s"); var subscriber = subscriber(Duration.ofSeconds(30))) {
            Subscription subscription = subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publish(publisher, 0, 100);
            await().atMost(SOON).until(() -> received.count() == 100);
            relay.freeze();
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
            assertThat(publisherNotices.of(Notice.SubscriberEvicted.class)).hasSize(1);
            publish(publisher, 100, 350);
            assertThat(publisher.sums().unheard()).isEqualTo(250);
            relay.thaw();
            await().atMost(SOON).until(() -> publisher.subscribers() == 1);
            publish(publisher, 350, 400);
            await().atMost(SOON).until(() -> received.count() == 150);
            assertThat(received.gaps()).containsExactly(new Gap(publisher.session(), 100, 349, 250, LossReason.EVICTED));
            SubscriberSums sums = subscription.sums();
            assertThat(sums.known()).isEqualTo(400);
            assertThat(sums.difference()).isZero();
        }
    }

    @Test
    void saysThatTheTailIsUnknownWhenThePublisherIsSilentAndGoesOnWhenItIsNot() throws Exception {
        try (var publisher = publisher(PATIENT, ""); var subscriber = subscriber(Duration.ofSeconds(2))) {
            Subscription subscription = subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publish(publisher, 0, 10);
            await().atMost(SOON).until(() -> received.count() == 10);
            relay.freeze();
            await().atMost(SOON).until(() -> subscriberNotices.of(Notice.TailUnknown.class).size() == 1);
            Notice.TailUnknown notice = subscriberNotices.of(Notice.TailUnknown.class).getFirst();
            assertThat(notice.sequence()).isEqualTo(9);
            assertThat(notice.session()).isEqualTo(publisher.session());
            relay.thaw();
            publish(publisher, 10, 20);
            await().atMost(SOON).until(() -> received.count() == 20);
            assertThat(received.numbers()).containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
            assertThat(subscription.sums().lostTotal()).isZero();
        }
    }

    @Test
    void followsAPublisherThatWasKilledAndCameBackAsANewSession() throws Exception {
        try (var subscriber = subscriber(Duration.ofSeconds(30))) {
            Subscription subscription = subscriber.subscribe(">", received);
            var first = publisher(PATIENT, "&linger=10ms&evict=400ms");
            assertThat(first.awaitSubscribers(1, SOON)).isTrue();
            publish(first, 0, 10);
            await().atMost(SOON).until(() -> received.count() == 10);
            // It goes without a word: nothing that it says at its end gets through.
            relay.freeze();
            first.close();
            relay.cut();
            relay.thaw();
            try (var second = publisher(PATIENT, "")) {
                assertThat(second.awaitSubscribers(1, SOON)).isTrue();
                publish(second, 10, 20);
                await().atMost(SOON).until(() -> received.count() == 20);
                assertThat(subscriberNotices.of(Notice.TailUnknown.class)).singleElement()
                        .satisfies(notice -> assertThat(notice.session()).isEqualTo(first.session()));
                assertThat(received.deliveries().getLast().position().session()).isEqualTo(second.session());
            }
            await().atMost(SOON).until(() -> subscription.sums().inFlight() == 0);
            assertThat(subscription.sums().known()).isEqualTo(20);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void countsWhatASubscriberThatIsGoneLeavesUnsaid() throws Exception {
        try (var publisher = publisher(FlowPolicy.dropOldest(Limit.DEFAULT), "&evict=400ms")) {
            var subscriber = subscriber(Duration.ofSeconds(5));
            subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            relay.cut();
            relay.refuse(true);
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
            publish(publisher, 0, 5);
            assertThat(publisher.sums().unheard()).isEqualTo(5);
            assertThat(publisher.sums().difference()).isZero();
            subscriber.close();
        }
    }
}
