package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** A subscriber that closes while its handler takes what waits for it. */
@Timeout(60)
class ClosingSubscriberTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    /** The more there are, the longer whoever takes an event looks through them. */
    private static final int ENDPOINTS = 60;
    private static final int EVENTS = 200_000;

    @RepeatedTest(15)
    void accountsForEveryEventThatAHandlerTakesMeanwhile() throws Exception {
        int port = Ports.freshPair();
        String address = "zmq://127.0.0.1:" + port;
        String several = address + IntStream.range(0, ENDPOINTS).mapToObj(i -> ",127.0.0." + (2 + i) + ":" + port).collect(Collectors.joining());
        var gate = new CountDownLatch(1);
        SubscriberSums sums;
        try (var publisher = Heliograph.publisher(address, FlowPolicy.parse("drop-oldest:200000,256MiB"));
                var subscriber = Heliograph.subscriber(several)) {
            var subscription = subscriber.subscribe(Interest.inAll(), delivery -> gate.await());
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(publisher.publish(Event.of("numbers", Integer.toString(i)))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> subscription.sums().known() == EVENTS);

            Thread closing = Thread.ofPlatform().start(subscriber::close);
            gate.countDown();

            assertThat(closing.join(SOON)).isTrue();
            sums = subscription.sums();
        }
        assertThat(sums.known()).isEqualTo(EVENTS);
        assertThat(sums.inFlight()).isZero();
        assertThat(sums.difference()).isZero();
    }
}
