package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three members of a group, each with its share by key: every event is handled by exactly one of them. */
class KeyShareDeliveryTest {

    private static final int MEMBERS = 3;
    private static final int EVENTS = 3_000;

    private final Map<Long, Integer> handlers = new HashMap<>();
    private final Map<String, Integer> ownerOfKey = new HashMap<>();
    private int handled;

    /** Bare bytes, and events with keys; large ones among them; one of every three has no key. */
    private static Event event(int number) {
        var event = Event.builder("a.b").data(new byte[number % 100 == 0 ? 3_000 : 20]);
        return number % 3 == 0 ? event.build() : event.subject("key-" + number % 50).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachEventIsHandledByExactlyOneMemberAndFilteredAtTheOthers(boolean isDirect) throws IOException {
        var scene = new SimScene(21, 1_000, UdpLimits.defaults(), FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO));
        var subscribers = new ArrayList<UdpSubscriber>();
        var subscriptions = new ArrayList<Subscription>();
        for (int i = 0; i < MEMBERS; i++) {
            var subscriber = new UdpSubscriber(scene.feedOf(new KeyShare("g", i, MEMBERS)),
                    scene.network.subscriberIo(Faults.NONE.withDrop(0.1)), UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment);
            subscribers.add(subscriber);
            subscriptions.add(isDirect ? subscriber.subscribeDirect(Interest.inAll(), new Member(i)) : subscriber.subscribePolled(Interest.inAll()));
        }
        for (int i = 0; i < EVENTS; i++) {
            assertThat(scene.publisher.publish(event(i))).isEqualTo(PublishResult.ACCEPTED);
            if (i % 10 == 0) {
                work(scene, subscribers, subscriptions);
            }
        }
        for (int i = 0; i < 2_000; i++) {
            work(scene, subscribers, subscriptions);
        }
        assertThat(handled).isEqualTo(EVENTS);
        assertThat(handlers).hasSize(EVENTS);
        for (Subscription subscription : subscriptions) {
            SubscriberSums sums = subscription.sums();
            assertThat(sums.difference()).as(sums.toJson()).isZero();
            assertThat(sums.known()).as(sums.toJson()).isEqualTo(EVENTS);
            assertThat(sums.delivered()).as(sums.toJson()).isGreaterThan(EVENTS / 10);
            assertThat(sums.filtered()).as(sums.toJson()).isEqualTo(EVENTS - sums.delivered());
            assertThat(sums.lostTotal()).as(sums.toJson()).isZero();
        }
    }

    private void work(SimScene scene, List<UdpSubscriber> subscribers, List<Subscription> subscriptions) throws IOException {
        scene.step(Duration.ofNanos(100_000));
        for (int i = 0; i < MEMBERS; i++) {
            subscribers.get(i).doWork(0);
            subscriptions.get(i).poll(new Member(i), Integer.MAX_VALUE);
        }
    }

    private final class Member implements DataHandler {
        private final int number;

        Member(int number) {
            this.number = number;
        }

        @Override
        public void onEvent(Delivery delivery) {
            delivery.event().key().ifPresent(key -> assertThat(ownerOfKey.computeIfAbsent(key, fresh -> number)).isEqualTo(number));
            handle(delivery.position().sequence());
        }

        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) {
            handle(sequence);
        }

        private void handle(long sequence) {
            assertThat(handlers.put(sequence, number)).as("who handled %d before", sequence).isNull();
            handled++;
        }
    }
}
