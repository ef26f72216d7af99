package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.testkit.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events to and from a program that knows nothing of this library. */
@Timeout(90)
abstract class ForeignPeerContract {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int EVENTS = 500;

    abstract ForeignProcess foreign();

    @Test
    void aForeignSubscriberGetsTopicAndDataInOrder() throws Exception {
        String address = Ports.freshAddress();
        FlowPolicy policy = FlowPolicy.backPressure(new Limit(100, 1 << 20), Duration.ofSeconds(10));
        try (var publisher = Heliograph.publisher(address, policy);
                ChildProcess peer = foreign().start("sub", port(address), "prices.", Integer.toString(EVENTS))) {
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(publisher.publish("prices.eurusd", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
                assertThat(publisher.publish(Event.of("news", "no"))).isEqualTo(PublishResult.ACCEPTED);
            }
            assertThat(peer.awaitEnd(SOON)).isZero();
            assertThat(peer.lines()).containsExactlyElementsOf(IntStream.range(-1, EVENTS)
                    .mapToObj(i -> i < 0 ? "ready" : "prices.eurusd " + i).toList());
            assertThat(publisher.sums().difference()).isZero();
            assertThat(publisher.sums().accepted()).isEqualTo(2L * EVENTS);
        }
    }

    @Test
    void aForeignPublisherIsHeardInOrder() throws Exception {
        String address = Ports.freshAddress();
        List<Delivery> delivered = new CopyOnWriteArrayList<>();
        try (ChildProcess peer = foreign().start("pub", port(address), "prices.eurusd", Integer.toString(EVENTS));
                var subscriber = Heliograph.subscriber(address)) {
            Subscription subscription = subscriber.subscribe("prices.*", delivered::add);
            assertThat(peer.awaitEnd(SOON)).isZero();
            await().atMost(SOON).until(() -> delivered.size() == EVENTS);
            assertThat(delivered).extracting(delivery -> delivery.event().text())
                    .containsExactlyElementsOf(IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList());
            assertThat(delivered).extracting(delivery -> delivery.event().topic()).containsOnly("prices.eurusd");
            await().atMost(SOON).until(() -> subscription.sums().inFlight() == 0);
            SubscriberSums sums = subscription.sums();
            assertThat(sums.difference()).isZero();
            assertThat(sums.delivered()).isEqualTo(EVENTS);
        }
    }

    @Test
    void aSubscriberThatWasThereBeforeTheForeignPublisherHearsIt() throws Exception {
        String address = Ports.freshAddress();
        List<Delivery> delivered = new CopyOnWriteArrayList<>();
        try (var subscriber = Heliograph.subscriber(address)) {
            subscriber.subscribe(">", delivered::add);
            try (ChildProcess peer = foreign().start("pub", port(address), "a.b", Integer.toString(EVENTS))) {
                assertThat(peer.awaitEnd(SOON)).isZero();
                await().atMost(SOON).until(() -> delivered.size() == EVENTS);
            }
        }
    }

    static String port(String address) {
        return Integer.toString(Ports.plain(address));
    }
}
