package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fan-out promises beyond the contracts: exact losses, bounded memory, filters upstream, several endpoints. */
@Timeout(60)
class FanOutTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final String address = Ports.freshAddress();

    /** Takes events where they lie; while it is stalled, so is its subscriber's thread, as if its process had stopped. */
    private static final class Stallable implements DataHandler {
        final CountDownLatch isStalled = new CountDownLatch(1);
        final CountDownLatch resume = new CountDownLatch(1);
        final Received received = new Received();
        final List<Integer> numbers = new CopyOnWriteArrayList<>();

        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) throws InterruptedException {
            stall();
            numbers.add(number(data));
        }

        @Override
        public void onEvent(Delivery delivery) throws InterruptedException {
            stall();
            numbers.add(Integer.parseInt(delivery.event().text()));
        }

        @Override
        public void onGap(Gap gap) {
            received.onGap(gap);
        }

        private void stall() throws InterruptedException {
            isStalled.countDown();
            resume.await();
        }
    }

    private static int number(ByteBuffer data) {
        return Integer.parseInt(StandardCharsets.US_ASCII.decode(data).toString().strip());
    }

    private static PublishResult publish(Publisher publisher, String topic, int number, int bytes) {
        byte[] data = String.format("%-" + bytes + "d", number).getBytes(StandardCharsets.US_ASCII);
        return publisher.publish(topic, data, 0, data.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop-oldest:500,1MiB", "drop-newest:500,1MiB", "drop-same-key:500,1MiB", "buffer:500,1MiB,then=drop-oldest"})
    void aStalledSubscriberLosesExactlyWhatItIsToldAndTheOthersNothing(String policy) throws Exception {
        int events = 30_000;
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address + "&window=64KiB&evict=30s", FlowPolicy.parse(policy));
                var stalled = (ZmqSubscriber) Heliograph.subscriber(address); var quick = Heliograph.subscriber(address)) {
            var stallable = new Stallable();
            Subscription loser = stalled.subscribeDirect(Interest.inAll(), stallable);
            var received = new AtomicLong();
            Subscription winner = ((ZmqSubscriber) quick).subscribeDirect(Interest.inAll(), new Counting(received));
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            publish(publisher, "numbers", 0, 100);
            assertThat(stallable.isStalled.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i < events; i++) {
                assertThat(publish(publisher, "numbers", i, 100)).isEqualTo(PublishResult.ACCEPTED);
                int sent = i;
                if (i % 200 == 0) {
                    await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> received.get() == sent + 1);
                }
            }
            await().atMost(SOON).until(() -> received.get() == events);
            assertThat(publisher.givenUp()).isGreaterThan(events / 2);
            stallable.resume.countDown();
            await().atMost(SOON).until(() -> loser.sums().known() == events);
            await().atMost(SOON).until(() -> {
                loser.poll(stallable, 100);
                return stallable.numbers.size() + stallable.received.lost() == events;
            });
            assertThat(stallable.received.lost()).isEqualTo(publisher.givenUp());
            assertThat(loser.sums().difference()).isZero();
            assertThat(loser.sums().lost()).containsOnlyKeys(LossReason.OVERFLOW).containsEntry(LossReason.OVERFLOW, publisher.givenUp());
            assertThat(stallable.numbers).isSorted().doesNotHaveDuplicates();
            // Each one is somewhere: handed out, or in a gap.
            var missing = new HashSet<>(IntStream.range(0, events).boxed().toList());
            stallable.numbers.forEach(missing::remove);
            stallable.received.gaps().forEach(gap -> {
                long inRange = missing.stream().filter(i -> i >= gap.from() && i <= gap.to()).count();
                assertThat(gap.count()).isEqualTo(inRange);
                missing.removeIf(i -> i >= gap.from() && i <= gap.to());
            });
            assertThat(missing).isEmpty();
            assertThat(winner.sums().delivered()).isEqualTo(events);
            assertThat(winner.sums().lostTotal()).isZero();
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    /** Counts what it gets, where it lies. */
    private record Counting(AtomicLong count) implements DataHandler {
        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) {
            count.incrementAndGet();
        }

        @Override
        public void onEvent(Delivery delivery) {
            count.incrementAndGet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zmq+inproc://slow-consumer"})
    void backPressureLosesNothingWithASlowConsumerAndKeepsLittle(String inProcess) throws Exception {
        String at = inProcess.isEmpty() ? address : inProcess;
        int events = 20_000;
        var slow = new Received();
        FlowPolicy policy = FlowPolicy.backPressure(new Limit(100, 1 << 20), Duration.ofSeconds(20));
        try (var publisher = Heliograph.publisher(at, policy); var subscriber = Heliograph.subscriber(at);
                var second = Heliograph.subscriber(at)) {
            var most = new AtomicLong();
            Subscription subscription = subscriber.subscribe(Interest.inAll(), delivery -> {
                slow.onEvent(delivery);
                if (slow.count() % 64 == 0) {
                    Thread.yield();
                }
            });
            Subscription quick = second.subscribe(">", delivery -> most.incrementAndGet());
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            for (int i = 0; i < events; i++) {
                assertThat(publish(publisher, "numbers", i, 10)).isEqualTo(PublishResult.ACCEPTED);
                // What is accepted and not handled: the lane's limit, the subscription's, and what is on its way.
                assertThat(i - subscription.sums().delivered()).isLessThan(1_000);
            }
            await().atMost(SOON).until(() -> subscription.sums().delivered() == events && quick.sums().delivered() == events);
            assertThat(slow.deliveries().stream().map(d -> Integer.parseInt(d.event().text().strip())).toList())
                    .containsExactlyElementsOf(IntStream.range(0, events).boxed().toList());
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void refusesUnderBackPressureWhenASubscriberStallsAndGoesOnWhenItDoesNot() throws Exception {
        var stalled = new CountDownLatch(1);
        var resume = new CountDownLatch(1);
        var count = new AtomicLong();
        try (var publisher = Heliograph.publisher(address, FlowPolicy.backPressure(new Limit(10, 1 << 20), Duration.ofMillis(50)));
                var subscriber = Heliograph.subscriber(address)) {
            Subscription subscription = subscriber.subscribe(">", delivery -> {
                stalled.countDown();
                resume.await();
                count.incrementAndGet();
            });
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            int accepted = 0;
            while (publisher.publish("a", "x") == PublishResult.ACCEPTED) {
                accepted++;
                assertThat(accepted).isLessThan(100);
            }
            assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(publisher.sums().refused()).isEqualTo(1);
            resume.countDown();
            int all = accepted;
            await().atMost(SOON).until(() -> count.get() == all);
            assertThat(publisher.publish("a", "y")).isEqualTo(PublishResult.ACCEPTED);
            await().atMost(SOON).until(() -> subscription.sums().delivered() == all + 1);
            assertThat(subscription.sums().lostTotal()).isZero();
        }
    }

    @Test
    void aSubscriberThatAsksToDropNeverHoldsItsPublisherBack() throws Exception {
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address + "&window=4KiB&evict=30s",
                        FlowPolicy.backPressure(new Limit(100, 1 << 20), Duration.ofSeconds(20)));
                var subscriber = (ZmqSubscriber) Heliograph.subscriber(address)) {
            var stallable = new Stallable();
            Subscription subscription = subscriber.subscribeDirect(
                    Interest.inAll().withPolicy(FlowPolicy.dropOldest(new Limit(50, 1 << 20))), stallable);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publish(publisher, "a", 0, 20);
            assertThat(stallable.isStalled.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i < 5_000; i++) {
                assertThat(publish(publisher, "a", i, 20)).isEqualTo(PublishResult.ACCEPTED);
            }
            stallable.resume.countDown();
            await().atMost(SOON).until(() -> subscription.sums().known() == 5_000);
            assertThat(subscription.sums().lostTotal()).isEqualTo(publisher.givenUp()).isPositive();
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void whatNobodyWantsStaysOffTheWireAndIsCountedAsFiltered() throws Exception {
        var received = new Received();
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address); var subscriber = Heliograph.subscriber(address)) {
            Subscription subscription = subscriber.subscribe("wanted.*", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            long before = publisher.counters().sentBytes();
            for (int i = 0; i < 10_000; i++) {
                publish(publisher, i % 100 == 0 ? "wanted.x" : "unwanted.x", i, 1_000);
            }
            await().atMost(SOON).until(() -> subscription.sums().known() == 10_000);
            assertThat(received.count()).isEqualTo(100);
            assertThat(subscription.sums().filtered()).isEqualTo(9_900);
            assertThat(subscription.sums().difference()).isZero();
            // A hundred wanted ones of a kilobyte; ten thousand would be ten megabytes.
            assertThat(publisher.counters().sentBytes() - before).isBetween(100_000L, 200_000L);
        }
    }

    @Test
    void aSecondSubscriptionBeginsWhereItsFilterDoesAndNotBefore() throws Exception {
        var first = new Received();
        var second = new Received();
        try (var publisher = Heliograph.publisher(address); var subscriber = Heliograph.subscriber(address)) {
            Subscription a = subscriber.subscribe("a", first);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 100; i++) {
                publish(publisher, i % 2 == 0 ? "a" : "b", i, 4);
            }
            Subscription b = subscriber.subscribe("b", second);
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            for (int i = 100; i < 200; i++) {
                publish(publisher, i % 2 == 0 ? "a" : "b", i, 4);
            }
            await().atMost(SOON).until(() -> a.sums().known() == 200 && b.sums().known() == 100);
            await().atMost(SOON).until(() -> first.count() == 100 && second.count() == 50);
            // What is filtered behind an event is counted once its handler has returned.
            await().atMost(SOON).until(() -> a.sums().inFlight() == 0 && b.sums().inFlight() == 0);
            assertThat(a.sums().filtered()).isEqualTo(100);
            assertThat(b.sums().filtered()).isEqualTo(50);
            assertThat(b.sums().lostTotal()).isZero();
            assertThat(a.sums().difference() + b.sums().difference()).isZero();
            a.close();
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            await().atMost(SOON).until(() -> publisher.subscribers() == 1);
        }
    }

    @Test
    void oneSubscriberFollowsSeveralEndpoints() throws Exception {
        var received = new Received();
        var ports = List.of(Ports.freshPair(), Ports.freshPair(), Ports.freshPair());
        String several = "zmq://" + String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
        var publishers = new ArrayList<Publisher>();
        try (var subscriber = Heliograph.subscriber(several)) {
            Subscription subscription = subscriber.subscribe(">", received);
            for (int port : ports) {
                publishers.add(Heliograph.publisher("zmq://127.0.0.1:" + port));
            }
            for (Publisher publisher : publishers) {
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                publish(publisher, "x", publishers.indexOf(publisher), 1);
            }
            await().atMost(SOON).until(() -> received.count() == 3);
            assertThat(received.deliveries().stream().map(d -> d.position().session()).distinct()).hasSize(3);
            publishers.forEach(Publisher::close);
            assertThat(subscription.sums().known()).isEqualTo(3);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void severalPublishersConnectToASubscriberThatBinds() throws Exception {
        var received = new Received();
        try (var subscriber = Heliograph.subscriber(address + "&bind=true")) {
            Subscription subscription = subscriber.subscribe(">", received);
            try (var one = Heliograph.publisher(address + "&bind=false"); var two = Heliograph.publisher(address + "&bind=false")) {
                assertThat(one.awaitSubscribers(1, SOON)).isTrue();
                assertThat(two.awaitSubscribers(1, SOON)).isTrue();
                for (int i = 0; i < 200; i++) {
                    publish(i % 2 == 0 ? one : two, "x", i, 4);
                }
                await().atMost(SOON).until(() -> received.count() == 200);
            }
            await().atMost(SOON).until(() -> subscription.sums().inFlight() == 0);
            assertThat(received.deliveries().stream().map(d -> d.position().session()).distinct()).hasSize(2);
            assertThat(subscription.sums().known()).isEqualTo(200);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void aRestartedSubscriberBeginsAtTheNextEventAndThePublisherForgetsTheOldOne() throws Exception {
        try (var publisher = Heliograph.publisher(address)) {
            for (int life = 0; life < 3; life++) {
                var received = new Received();
                try (var subscriber = Heliograph.subscriber(address)) {
                    Subscription subscription = subscriber.subscribe(">", received);
                    assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                    publish(publisher, "x", life, 1);
                    await().atMost(SOON).until(() -> received.count() == 1);
                    assertThat(received.deliveries().getFirst().position().sequence()).isEqualTo(2L * life);
                    assertThat(subscription.sums().known()).isEqualTo(1);
                }
                await().atMost(SOON).until(() -> publisher.subscribers() == 0);
                publish(publisher, "x", life, 1);
            }
            assertThat(publisher.sums().unheard()).isEqualTo(3);
        }
    }

    @Test
    void aLoneEventLeavesAloneAndManyAreSentTogether() throws Exception {
        var count = new AtomicLong();
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address, FlowPolicy.backPressure(Limit.DEFAULT, SOON));
                var subscriber = (ZmqSubscriber) Heliograph.subscriber(address)) {
            subscriber.subscribeDirect(Interest.inAll(), new Counting(count));
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 20; i++) {
                publish(publisher, "x", i, 100);
                int sent = i + 1;
                await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> count.get() == sent);
            }
            long messages = publisher.counters().sentMessages();
            assertThat(messages).isGreaterThanOrEqualTo(20);
            for (int i = 0; i < 100_000; i++) {
                publish(publisher, "x", i, 100);
            }
            await().atMost(SOON).until(() -> count.get() == 100_020);
            assertThat(publisher.counters().sentMessages() - messages).isLessThan(50_000);
        }
    }

    @Test
    void sendsEachByItselfWhereTheAddressSaysSo() throws Exception {
        var count = new AtomicLong();
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address + "&frame=1B", FlowPolicy.backPressure(Limit.DEFAULT, SOON));
                var subscriber = (ZmqSubscriber) Heliograph.subscriber(address)) {
            subscriber.subscribeDirect(Interest.inAll(), new Counting(count));
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 5_000; i++) {
                publish(publisher, "x", i, 100);
            }
            await().atMost(SOON).until(() -> count.get() == 5_000);
            assertThat(publisher.counters().sentMessages()).isGreaterThanOrEqualTo(5_000);
        }
    }

    @Test
    void anEventThatWaitsTooLongInALaneExpires() throws Exception {
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address + "&window=4KiB&evict=30s");
                var subscriber = (ZmqSubscriber) Heliograph.subscriber(address)) {
            var stallable = new Stallable();
            Subscription subscription = subscriber.subscribeDirect(Interest.inAll(), stallable);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publish(publisher, "a", 0, 10);
            assertThat(stallable.isStalled.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i <= 1_000; i++) {
                byte[] data = String.format("%-100d", i).getBytes(StandardCharsets.US_ASCII);
                var event = Event.builder("a").data(data);
                publisher.publish(i <= 500 ? event.build() : event.ttl(Duration.ofNanos(1)).build());
            }
            stallable.resume.countDown();
            await().atMost(SOON).until(() -> subscription.sums().known() == 1_001);
            assertThat(subscription.sums().lost()).containsOnlyKeys(LossReason.EXPIRED);
            assertThat(subscription.sums().lostTotal()).isGreaterThanOrEqualTo(500);
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void aSecondPublisherAtTheSamePortsIsToldThatTheyAreInUse() {
        try (var first = Heliograph.publisher(address)) {
            assertThatThrownBy(() -> Heliograph.publisher(address)).isInstanceOf(AddressInUseException.class)
                    .hasMessageContaining("is in use");
            assertThat(first.publish("a", "x")).isEqualTo(PublishResult.ACCEPTED);
        }
        try (var first = Heliograph.publisher("zmq+inproc://in-use")) {
            assertThatThrownBy(() -> Heliograph.publisher("zmq+inproc://in-use")).isInstanceOf(AddressInUseException.class);
            assertThat(first.publish("a", "x")).isEqualTo(PublishResult.ACCEPTED);
        }
        Heliograph.publisher("zmq+inproc://in-use").close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "zmq://127.0.0.1                                 | HOST:PORT",
        "zmq://127.0.0.1:99999                           | 1 to 65535",
        "zmq://127.0.0.1:65535                           | another port than PORT",
        "zmq://127.0.0.1:5555?own-port=5555              | another port than PORT",
        "zmq://127.0.0.1:5555,127.0.0.1:5556?own-port=7  | one endpoint only",
        "zmq://127.0.0.1:5555,127.0.0.1:5555             | each endpoint once",
        "zmq://::1:5555                                  | IPv6 in brackets",
        "zmq://a b:5555                                  | printable ASCII",
        "zmq://127.0.0.1:5555?bind=perhaps               | true or false",
        "zmq://127.0.0.1:5555?pattern=ring               | fan-out, load-balance or request-reply",
        "zmq://127.0.0.1:5555?window=1KiB                | 4KiB to 1GiB",
        "zmq://127.0.0.1:5555?max-event=1GiB             | 1KiB to 128MiB",
        "zmq://127.0.0.1:5555?frame=0B                   | 1B to 16MiB",
        "zmq://127.0.0.1:5555?evict=1ms                  | 100ms to 1h",
        "zmq://127.0.0.1:5555?colour=red                 | bind,",
        "zmq+inproc://a?own-port=7                       | no ports"})
    void aWrongAddressGetsOneLineThatSaysWhatIsAllowed(String wrong, String allowed) {
        assertThatThrownBy(() -> Heliograph.publisher(wrong)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(allowed).message().doesNotContain("\n");
    }

    @Test
    void refusesMoreFiltersThanItMaySendUpstream() throws Exception {
        try (var subscriber = Heliograph.subscriber(address)) {
            var opened = new ArrayList<Subscription>();
            for (int i = 0; i < ZmqLimits.defaults().filters(); i++) {
                opened.add(subscriber.subscribePolled(Interest.in(TopicFilter.of("a" + i))));
            }
            assertThatThrownBy(() -> subscriber.subscribePolled(Interest.inAll())).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("1024");
            opened.forEach(Subscription::close);
        }
    }
}
