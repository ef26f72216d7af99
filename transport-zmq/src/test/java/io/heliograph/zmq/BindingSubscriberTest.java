package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A subscriber that binds where a publisher has tried to connect for a while, and so has tried PORT too, where foreign subscribers
 * would be: own peers meet at own-port all the same.
 */
@Timeout(60)
class BindingSubscriberTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, SOON);
    private static final int EVENTS = 100;

    private final String address = Ports.freshAddress();

    private void hearAll(String settings) throws Exception {
        var received = new Received();
        try (var publisher = tryingPort(settings); var subscriber = Heliograph.subscriber(address + settings + "&bind=true")) {
            Subscription subscription = subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(publisher.publish("numbers", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> received.count() >= EVENTS);
            assertThat(received.deliveries()).as("where they came from")
                    .allSatisfy(delivery -> assertThat(delivery.position().session()).isEqualTo(publisher.session()));
            assertThat(received.numbers()).isEqualTo(IntStream.range(0, EVENTS).boxed().toList());
            assertThat(publisher.subscribers()).isEqualTo(1);
            assertThat(subscription.sums().known()).isEqualTo(EVENTS);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    /** A publisher that has found own-port refused, and PORT open for a moment. */
    private ZmqPublisher tryingPort(String settings) throws Exception {
        try (var door = new ServerSocket(Ports.plain(address), 10, InetAddress.getLoopbackAddress())) {
            var publisher = (ZmqPublisher) Heliograph.publisher(address + settings + "&bind=false", PATIENT);
            door.setSoTimeout((int) SOON.toMillis());
            door.accept().close();
            return publisher;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&frame=1B"})
    void isFoundAtOwnPort(String settings) throws Exception {
        hearAll(settings);
    }

    @RepeatedTest(4)
    void isFoundAtOwnPortWhicheverPortIsTriedFirst() throws Exception {
        hearAll("&frame=1B");
    }
}
