package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.RecordedPublisher;
import io.heliograph.testkit.RecordedSubscription;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers that come late, over real sockets: the last value of each topic, then what is published, nothing missing, nothing twice. */
@Timeout(60)
class LatecomersTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, SOON);
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final CollectedNotices notices = new CollectedNotices();

    private static String address(String kind) {
        return kind.equals("tcp") ? Ports.freshAddress() : "zmq+inproc://latecomers-" + NAMES.incrementAndGet() + "?max-event=1MiB";
    }

    private ZmqPublisher publisher(String address, FlowPolicy policy) {
        return (ZmqPublisher) Heliograph.in(Environment.system().withNotices(notices)).openPublisher(address, Optional.of(policy));
    }

    private ZmqSubscriber subscriber(String address) {
        return (ZmqSubscriber) Heliograph.in(Environment.system().withNotices(notices)).openSubscriber(address);
    }

    private static void publish(Publisher publisher, String topic, int number) {
        byte[] data = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        PublishResult result = number % 2 == 0 ? publisher.publish(topic, data, 0, data.length) : publisher.publish(Event.of(topic, data));
        assertThat(result).isEqualTo(PublishResult.ACCEPTED);
    }

    private static List<Long> sequences(List<Delivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.position().sequence()).toList();
    }

    /**
     * There is a moment at which it joined: of each topic it got the last event before that, and all behind it, in order.
     *
     * @param topics each event's topic, by its sequence
     */
    private static void assertComplete(TreeMap<Long, String> topics, String filter, List<Long> got) {
        assertThat(got).isSorted().doesNotHaveDuplicates();
        long earliest = 0;
        long latest = Long.MAX_VALUE;
        var byTopic = new TreeMap<String, List<Long>>();
        topics.forEach((sequence, topic) -> byTopic.computeIfAbsent(topic, t -> new ArrayList<>()).add(sequence));
        for (Map.Entry<String, List<Long>> topic : byTopic.entrySet()) {
            List<Long> gotOfTopic = got.stream().filter(sequence -> topics.get(sequence).equals(topic.getKey())).toList();
            if (!TopicFilter.of(filter).matches(topic.getKey())) {
                assertThat(gotOfTopic).isEmpty();
                continue;
            }
            List<Long> all = topic.getValue();
            assertThat(gotOfTopic).as("of " + topic.getKey()).isNotEmpty()
                    .isEqualTo(all.subList(all.size() - gotOfTopic.size(), all.size()));
            // The first one was the last when it joined, unless there was none before it.
            if (gotOfTopic.size() < all.size()) {
                earliest = Math.max(earliest, gotOfTopic.getFirst() + 1);
            }
            if (gotOfTopic.size() > 1) {
                latest = Math.min(latest, gotOfTopic.get(1));
            }
        }
        assertThat(earliest).as("the moment at which " + filter + " joined").isLessThanOrEqualTo(latest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void whoeverComesWhileEventsFlowGetsTheLastOfEachTopicThenAllOfThem(String kind) throws Exception {
        var random = new Random(1);
        int events = 3_000;
        var recorder = new Recorder(Set.of(Trait.ORDERED));
        String address = address(kind);
        try (var plain = publisher(address + "&last-values=1000", PATIENT); var early = Heliograph.subscriber(address)) {
            RecordedPublisher publisher = recorder.publisher("publisher", plain);
            RecordedSubscription all = recorder.subscription("early", early, Interest.inAll(), delivery -> { });
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            all.joinedByNow();
            List<String> filters = List.of("t.*", "t.3", ">", "u", "nobody", "t.*");
            var late = new ArrayList<RecordedSubscription>();
            var subscribers = new ArrayList<ZmqSubscriber>();
            for (int i = 0; i < events; i++) {
                publish(publisher, random.nextInt(20) == 0 ? "u" : "t." + random.nextInt(30), i);
                if (i % 450 == 150 && late.size() < filters.size()) {
                    var subscriber = subscriber(address + "&from=last");
                    subscribers.add(subscriber);
                    String filter = filters.get(late.size());
                    late.add(recorder.subscription(filter + " " + i, subscriber, Interest.in(TopicFilter.of(filter)), delivery -> { }));
                }
            }
            assertThat(publisher.awaitSubscribers(1 + late.size(), SOON)).isTrue();
            late.forEach(RecordedSubscription::joinedByNow);
            for (int i = events; i < events + 100; i++) {
                publish(publisher, "t." + i % 30, i);
            }
            await().atMost(SOON).until(() -> all.sums().delivered() == events + 100);
            var topics = new TreeMap<Long, String>();
            var byPosition = new TreeMap<Long, Delivery>();
            all.deliveries().forEach(delivery -> {
                topics.put(delivery.position().sequence(), delivery.event().topic());
                byPosition.put(delivery.position().sequence(), delivery);
            });
            for (int i = 0; i < late.size(); i++) {
                RecordedSubscription subscription = late.get(i);
                String filter = filters.get(i);
                long last = topics.descendingMap().entrySet().stream().filter(entry -> TopicFilter.of(filter).matches(entry.getValue()))
                        .findFirst().map(Map.Entry::getKey).orElse(-1L);
                await().atMost(SOON).until(() -> subscription.sums().known() >= 100 && subscription.sums().inFlight() == 0
                        && (last < 0 || sequences(subscription.deliveries()).contains(last)));
                SubscriberSums sums = subscription.sums();
                List<Long> got = sequences(subscription.deliveries());
                assertComplete(topics, filter, got);
                assertThat(sums.lostTotal()).isZero();
                assertThat(sums.duplicates()).isZero();
                assertThat(sums.difference()).isZero();
                assertThat(sums.delivered()).isEqualTo(got.size());
                subscription.deliveries().forEach(delivery -> {
                    Delivery first = byPosition.get(delivery.position().sequence());
                    assertThat(delivery.event()).isEqualTo(first.event());
                    assertThat(delivery.position()).isEqualTo(first.position());
                    assertThat(delivery.id()).isEqualTo(first.id());
                    assertThat(Math.abs(delivery.sentEpochNanos() - first.sentEpochNanos())).isLessThan(SOON.toNanos());
                });
            }
            assertThat(publisher.sums().difference()).isZero();
            recorder.report().requireClean();
            subscribers.forEach(ZmqSubscriber::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void aLatecomerSeesWhenAnEventWasPublishedAndNotWhenItCame(String kind) throws Exception {
        String address = address(kind);
        var received = new Received();
        try (var publisher = publisher(address + "&last-values=10", PATIENT)) {
            long before = Environment.system().wallClock().epochNanos();
            publish(publisher, "a", 1);
            publish(publisher, "b", 2);
            long after = Environment.system().wallClock().epochNanos();
            await().until(() -> Environment.system().wallClock().epochNanos() > after + 50_000_000);
            try (var subscriber = subscriber(address + "&from=last")) {
                Subscription subscription = subscriber.subscribe(">", received);
                await().atMost(SOON).until(() -> received.count() == 2);
                assertThat(received.deliveries()).extracting(Delivery::sentEpochNanos).allMatch(sent -> sent >= before && sent <= after);
                assertThat(received.deliveries()).extracting(delivery -> delivery.occurredAt()).isSorted();
                publish(publisher, "a", 3);
                await().atMost(SOON).until(() -> received.count() == 3);
                assertThat(received.deliveries().getLast().sentEpochNanos()).isGreaterThan(after + 50_000_000);
                assertThat(subscription.sums().known()).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void eachSubscriptionOfOneSubscriberHasASnapshotOfItsOwn(String kind) throws Exception {
        String address = address(kind);
        try (var publisher = publisher(address + "&last-values=10", PATIENT); var subscriber = subscriber(address + "&from=last")) {
            publish(publisher, "a", 1);
            publish(publisher, "b", 2);
            publish(publisher, "a", 3);
            var first = new Received();
            Subscription a = subscriber.subscribe("a", first);
            await().atMost(SOON).until(() -> first.count() == 1);
            publish(publisher, "a", 4);
            publish(publisher, "b", 5);
            var second = new Received();
            var third = new CopyOnWriteArrayList<Long>();
            Subscription b = subscriber.subscribe(">", second);
            Subscription direct = subscriber.subscribeDirect(Interest.inAll(), new DataHandler() {
                @Override
                public void onData(String topic, ByteBuffer data, long session, long sequence) {
                    third.add(sequence);
                }

                @Override
                public void onEvent(Delivery delivery) {
                    third.add(delivery.position().sequence());
                }
            });
            assertThat(publisher.awaitSubscribers(3, SOON)).isTrue();
            publish(publisher, "a", 6);
            await().atMost(SOON).until(() -> first.count() == 3 && second.count() == 3 && third.size() == 3);
            assertThat(first.numbers()).containsExactly(3, 4, 6);
            assertThat(second.numbers()).containsExactly(4, 5, 6);
            assertThat(third).containsExactly(3L, 4L, 5L);
            a.close();
            await().atMost(SOON).until(() -> publisher.subscribers() == 2);
            publish(publisher, "a", 7);
            await().atMost(SOON).until(() -> second.count() == 4 && third.size() == 4);
            assertThat(first.count()).isEqualTo(3);
            for (Subscription each : List.of(a, b, direct)) {
                assertThat(each.sums().difference()).isZero();
                assertThat(each.sums().duplicates()).isZero();
                assertThat(each.sums().lostTotal()).isZero();
            }
        }
    }

    @Test
    void aHandlerThatWaitsForNothingMaySubscribeItself() throws Exception {
        String address = address("tcp");
        var received = new Received();
        try (var publisher = publisher(address + "&last-values=10", PATIENT); var subscriber = subscriber(address + "&from=last")) {
            publish(publisher, "a", 1);
            var isFirst = new CountDownLatch(1);
            subscriber.subscribeDirect(Interest.inAll(), new DataHandler() {
                @Override
                public void onData(String topic, ByteBuffer data, long session, long sequence) {
                    onEvent();
                }

                @Override
                public void onEvent(Delivery delivery) {
                    onEvent();
                }

                private void onEvent() {
                    if (isFirst.getCount() > 0) {
                        isFirst.countDown();
                        subscriber.subscribe("a", received);
                    }
                }
            });
            await().atMost(SOON).until(() -> received.count() == 1);
            assertThat(received.numbers()).containsExactly(1);
        }
    }

    @Test
    void backPressureLosesNoLastValueHoweverManyThereAre() throws Exception {
        String address = address("tcp");
        var received = new Received();
        var isHeld = new CountDownLatch(1);
        FlowPolicy tight = FlowPolicy.backPressure(new Limit(10, 1 << 20), Duration.ofMillis(50));
        try (var publisher = publisher(address + "&last-values=1000&window=4KiB", tight);
                var subscriber = subscriber(address + "&from=last&window=4KiB")) {
            for (int i = 0; i < 1_000; i++) {
                publish(publisher, "t." + i, i);
            }
            Subscription subscription = subscriber.subscribe(">", delivery -> {
                isHeld.await();
                received.onEvent(delivery);
            });
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            assertThat(publisher.publish("t.0", "live")).isEqualTo(PublishResult.BACK_PRESSURED);
            isHeld.countDown();
            await().atMost(SOON).until(() -> received.count() == 1_000);
            await().atMost(SOON).until(() -> publisher.publish("t.0", "1000") == PublishResult.ACCEPTED);
            await().atMost(SOON).until(() -> received.count() == 1_001);
            assertThat(sequences(received.deliveries())).isSorted();
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(publisher.givenUp()).isZero();
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void countsWhatIsForgottenAndSaysSoOnce() throws Exception {
        String address = address("tcp");
        var received = new Received();
        try (var publisher = publisher(address + "&last-values=5", PATIENT)) {
            for (int i = 0; i < 8; i++) {
                publish(publisher, "t." + i, i);
            }
            assertThat(publisher.lastValues()).isEqualTo(5);
            assertThat(publisher.forgottenLastValues()).isEqualTo(3);
            assertThat(notices.of(Notice.Degraded.class)).singleElement()
                    .satisfies(notice -> assertThat(notice.what()).contains("last-values", "5,64MiB"));
            try (var subscriber = subscriber(address + "&from=last")) {
                subscriber.subscribe(">", received);
                await().atMost(SOON).until(() -> received.count() == 5);
                assertThat(received.numbers()).containsExactly(3, 4, 5, 6, 7);
            }
        }
    }

    @Test
    void wherePublishersKeepNothingItBeginsLiveAndIsToldSoOnce() throws Exception {
        String address = address("tcp");
        var first = new Received();
        var second = new Received();
        try (var publisher = publisher(address, PATIENT); var subscriber = subscriber(address + "&from=last")) {
            publish(publisher, "a", 1);
            subscriber.subscribe(">", first);
            Subscription subscription = subscriber.subscribe("a", second);
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            publish(publisher, "a", 2);
            await().atMost(SOON).until(() -> first.count() == 1 && second.count() == 1);
            assertThat(first.numbers()).containsExactly(2);
            assertThat(subscription.sums().known()).isEqualTo(1);
            assertThat(publisher.lastValues()).isZero();
            assertThat(notices.of(Notice.Degraded.class)).singleElement()
                    .satisfies(notice -> assertThat(notice.what()).contains("from=last", "last-values=N"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void aPublisherThatComesBackGivesTheLastValuesOfItsNewSession(String kind) throws Exception {
        String address = address(kind);
        var received = new Received();
        try (var subscriber = subscriber(address + "&from=last")) {
            Subscription subscription;
            try (var first = publisher(address + "&last-values=10", PATIENT)) {
                publish(first, "a", 1);
                publish(first, "a", 2);
                publish(first, "b", 3);
                subscription = subscriber.subscribe(">", received);
                await().atMost(SOON).until(() -> received.count() == 2);
                publish(first, "a", 4);
                await().atMost(SOON).until(() -> received.count() == 3);
            }
            try (var second = publisher(address + "&last-values=10", PATIENT)) {
                // Some of these it may get live, if it is there so soon: the last ones in any case.
                publish(second, "c", 5);
                publish(second, "c", 6);
                assertThat(second.awaitSubscribers(1, SOON)).isTrue();
                publish(second, "c", 7);
                await().atMost(SOON).until(() -> received.numbers().contains(7));
                assertThat(received.numbers().subList(0, 3)).containsExactly(2, 3, 4);
                assertThat(received.numbers()).contains(6).isSorted().doesNotHaveDuplicates();
                assertThat(subscription.sums().difference()).isZero();
                assertThat(subscription.sums().lostTotal()).isZero();
            }
        }
    }

    @Test
    void losesNothingAndDoublesNothingWhenItIsCutAgainAndAgain() throws Exception {
        String address = Ports.freshAddress();
        var received = new Received();
        var relay = new TcpRelay(Ports.own(address));
        try (var publisher = publisher(address + "&last-values=100", PATIENT);
                var subscriber = subscriber(Ports.address(Ports.plain(address), relay.port()) + "&from=last")) {
            for (int i = 0; i < 1_000; i++) {
                publish(publisher, "t." + i % 50, i);
            }
            Subscription subscription = subscriber.subscribe("t.*", received);
            for (int round = 0; round < 5; round++) {
                relay.cut();
                for (int i = 0; i < 500; i++) {
                    publish(publisher, "t." + i % 50, 1_000 + round * 500 + i);
                }
                relay.cut();
                int soFar = 1_000 + (round + 1) * 500;
                await().atMost(SOON).until(() -> received.count() > 0 && received.numbers().getLast() == soFar - 1);
            }
            var topics = new TreeMap<Long, String>();
            for (long i = 0; i < 3_500; i++) {
                topics.put(i, "t." + i % 50);
            }
            assertComplete(topics, "t.*", sequences(received.deliveries()));
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(subscription.sums().duplicates()).isZero();
            assertThat(subscription.sums().difference()).isZero();
        } finally {
            relay.close();
        }
    }

    @Test
    void whoWasCutOffGetsWhatIsLastWhenItComesBackAndIsToldOfTheRest() throws Exception {
        String address = Ports.freshAddress();
        var received = new Received();
        var relay = new TcpRelay(Ports.own(address));
        try (var publisher = publisher(address + "&last-values=100&evict=400ms", PATIENT);
                var subscriber = subscriber(Ports.address(Ports.plain(address), relay.port()) + "&from=last")) {
            publish(publisher, "a", 0);
            publish(publisher, "b", 1);
            Subscription subscription = subscriber.subscribe(">", received);
            await().atMost(SOON).until(() -> received.count() == 2);
            relay.freeze();
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
            for (int i = 2; i < 250; i++) {
                publish(publisher, i % 2 == 0 ? "a" : "b", i);
            }
            publish(publisher, "c", 250);
            relay.thaw();
            await().atMost(SOON).until(() -> publisher.subscribers() == 1);
            publish(publisher, "a", 251);
            await().atMost(SOON).until(() -> received.count() == 6);
            assertThat(received.numbers()).containsExactly(0, 1, 248, 249, 250, 251);
            assertThat(received.gaps()).containsExactly(new Gap(publisher.session(), 2, 247, 246, LossReason.EVICTED));
            SubscriberSums sums = subscription.sums();
            assertThat(sums.known()).isEqualTo(252);
            assertThat(sums.duplicates()).isZero();
            assertThat(sums.difference()).isZero();
        } finally {
            relay.close();
        }
    }

    @Test
    void aSubscriberThatBindsGetsTheLastValuesOfEachPublisherAndNoneTwiceWhenOneConnectsAgain() throws Exception {
        String address = Ports.freshAddress();
        var received = new Received();
        var relay = new TcpRelay(Ports.own(address));
        String through = Ports.address(Ports.plain(address), relay.port()) + "&bind=false&last-values=10";
        try (var one = publisher(through, PATIENT); var two = publisher(address + "&bind=false&last-values=10", PATIENT)) {
            publish(one, "a", 1);
            publish(one, "a", 2);
            publish(two, "a", 11);
            publish(two, "b", 12);
            try (var subscriber = subscriber(address + "&bind=true&from=last")) {
                Subscription subscription = subscriber.subscribe(">", received);
                await().atMost(SOON).until(() -> received.count() == 3);
                assertThat(received.numbers()).containsExactlyInAnyOrder(2, 11, 12);
                relay.cut();
                publish(one, "b", 3);
                await().atMost(SOON).until(() -> received.count() == 4);
                publish(one, "a", 4);
                await().atMost(SOON).until(() -> received.count() == 5);
                assertThat(received.numbers()).endsWith(3, 4).doesNotHaveDuplicates();
                assertThat(subscription.sums().lostTotal()).isZero();
                assertThat(subscription.sums().duplicates()).isZero();
                assertThat(subscription.sums().difference()).isZero();
            }
        } finally {
            relay.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "zmq://127.0.0.1:5555?from=oldest                                | live or last",
        "zmq://127.0.0.1:5555?from=687ee42cecf42fac-0                    | last-values=N",
        "zmq://127.0.0.1:5555?last-values=1000001                        | 0 to 1000000",
        "zmq://127.0.0.1:5555?last-values=-1                             | 0 to 1000000",
        "zmq://127.0.0.1:5555?last-values=many                           | 0 to 1000000",
        "zmq://127.0.0.1:5555?last-values=1&last-value-bytes=1B          | 1KiB to 64GiB",
        "zmq://127.0.0.1:5555?last-value-bytes=1MiB                      | none without last-values=N",
        "zmq://127.0.0.1:5555?last-values=0&last-value-bytes=1MiB        | none without last-values=N",
        "zmq://127.0.0.1:5555?pattern=load-balance&from=last             | only fan-out has last values",
        "zmq://127.0.0.1:5555?pattern=load-balance&last-values=3         | only fan-out has last values"})
    void aWrongSettingGetsOneLineThatNamesItAndSaysWhatIsAllowed(String wrong, String allowed) {
        String setting = wrong.replaceAll(".*(from|last-value-bytes|last-values)=.*", "$1");
        assertThatThrownBy(() -> Heliograph.subscriber(wrong)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting).hasMessageContaining(allowed).message().doesNotContain("\n");
        assertThatThrownBy(() -> Heliograph.requester("zmq://127.0.0.1:5555?from=last")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("only fan-out");
    }
}
