package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys in every pattern, and whichever side waits. */
@Timeout(60)
class CurvePatternsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.parse("backpressure:1000,wait=20s");
    private static final int EVENTS = 300;

    @TempDir
    private Path folder;

    private final String address = Ports.freshAddress();
    private String waiting = "";
    private String listed = "";
    private String unlisted = "";

    @BeforeEach
    void writeKeys() throws IOException {
        var files = new CurveFiles(folder);
        waiting = files.waiting();
        listed = files.connecting();
        unlisted = files.connectingUnlisted();
    }

    private WorkConfig work(ZmqConfig.Side side, String keys) {
        return WorkConfig.of(Address.parse(address + "&pattern=load-balance" + keys), side);
    }

    private RequestConfig requests(ZmqConfig.Side side, String keys) {
        return RequestConfig.of(Address.parse(address + keys), side);
    }

    @Test
    void workersAreLetInByTheirKeys() throws Exception {
        try (var publisher = ZmqWorkPublisher.open(work(ZmqConfig.Side.BINDING, waiting), PATIENT, Environment.system());
                var stranger = ZmqWorkSubscriber.open(work(ZmqConfig.Side.CONNECTING, unlisted), Environment.system());
                var friend = ZmqWorkSubscriber.open(work(ZmqConfig.Side.CONNECTING, listed), Environment.system())) {
            var witness = new GroupWitness();
            var outside = witness.member("strangers", stranger, Interest.inAll(), delivery -> { });
            var inside = witness.member("workers", friend, Interest.inAll(), delivery -> { });
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            await().atMost(SOON).until(() -> publisher.counters().refusals().containsKey(ZmqRefusal.KEY));
            for (int i = 0; i < EVENTS; i++) {
                assertThat(witness.publish(publisher, Event.of("work", Integer.toString(i)))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> publisher.groups().getFirst().acknowledged() == EVENTS);
            witness.requireSound(publisher, 0);
            witness.requireSound(publisher.groups().getFirst());
            assertThat(publisher.groups()).hasSize(1);
            assertThat(inside.sums().delivered()).isEqualTo(EVENTS);
            assertThat(outside.sums().known()).isZero();
        }
    }

    @Test
    void requestersAreLetInByTheirKeys() throws Exception {
        try (var responder = ZmqResponder.open(requests(ZmqConfig.Side.BINDING, waiting), request -> request, Environment.system());
                var stranger = ZmqRequester.open(requests(ZmqConfig.Side.CONNECTING, unlisted), Environment.system());
                var friend = ZmqRequester.open(requests(ZmqConfig.Side.CONNECTING, listed), Environment.system())) {
            assertThat(friend.awaitResponders(1, SOON)).isTrue();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(friend.request(Event.of("ask", "q" + i), SOON).get(20, TimeUnit.SECONDS).text()).isEqualTo("q" + i);
            }
            await().atMost(SOON).until(() -> responder.sums().refusals().containsKey(ZmqRefusal.KEY)
                    && responder.sums().answered() == EVENTS);
            assertThat(stranger.responders()).isZero();
            assertThat(responder.sums().received()).isEqualTo(EVENTS);
            assertThat(responder.sums().difference()).isZero();
            assertThat(friend.sums().difference()).isZero();
        }
    }

    @Test
    void theLargestEventFitsThoughItIsEncrypted() throws Exception {
        String settings = "&max-event=64KiB&frame=1B";
        try (var publisher = ZmqPublisher.open(ZmqConfig.of(Address.parse(address + settings + waiting), ZmqConfig.Side.BINDING), PATIENT,
                        Environment.system());
                var subscriber = ZmqSubscriber.open(ZmqConfig.of(Address.parse(address + settings + listed), ZmqConfig.Side.CONNECTING),
                        Environment.system())) {
            var received = new Received();
            var subscription = subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            int length = 64 << 10;
            while (publisher.publish("numbers", new byte[length], 0, length) == PublishResult.TOO_LARGE) {
                length--;
            }
            int largest = length;
            await().atMost(SOON).until(() -> received.count() == 1);
            assertThat(received.deliveries().getFirst().event().dataLength()).isEqualTo(largest);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void publishersThatConnectAreLetInByTheirKeys() throws Exception {
        String turned = address + "&bind=";
        try (var subscriber = ZmqSubscriber.open(ZmqConfig.of(Address.parse(turned + "true" + waiting), ZmqConfig.Side.CONNECTING),
                        Environment.system());
                var stranger = ZmqPublisher.open(ZmqConfig.of(Address.parse(turned + "false" + unlisted), ZmqConfig.Side.BINDING), PATIENT,
                        Environment.system());
                var friend = ZmqPublisher.open(ZmqConfig.of(Address.parse(turned + "false" + listed), ZmqConfig.Side.BINDING), PATIENT,
                        Environment.system())) {
            var received = new Received();
            var subscription = subscriber.subscribe(">", received);
            assertThat(friend.awaitSubscribers(1, SOON)).isTrue();
            await().atMost(SOON).until(() -> subscriber.counters().refusals().containsKey(ZmqRefusal.KEY));
            for (int i = 0; i < EVENTS; i++) {
                assertThat(friend.publish("numbers", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
                assertThat(stranger.publish("numbers", "-1")).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> received.count() == EVENTS);
            assertThat(received.numbers()).doesNotContain(-1).isSorted();
            assertThat(stranger.subscribers()).isZero();
            assertThat(subscription.sums().difference()).isZero();
            assertThat(friend.sums().difference()).isZero();
        }
    }
}
