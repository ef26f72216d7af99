package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.store.PostgresServer;
import io.heliograph.store.StoreAddress;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several deliveries of an endpoint in one request. */
class BatchDeliveryTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");
    private static final String NOT_OKAY = TestReceiver.answer(500, "", "");

    @TempDir
    private Path folder;

    private static EndpointSpec spec(TestReceiver receiver, int batch) {
        return OutboxFixture.spec(receiver.url()).withBatch(OptionalInt.of(batch));
    }

    /** The ids of a request's events. */
    private static List<String> events(TestReceiver.Request request) {
        assertThat(request.header("content-type")).contains("application/cloudevents-batch+json; charset=utf-8");
        return CloudEventHttp.readBatch(request.body(), EndpointSpec.MAX_BATCH).stream().map(event -> event.id().orElseThrow()).toList();
    }

    private static String message(TestReceiver.Request request) {
        return request.header("webhook-id").orElseThrow();
    }

    private static List<String> ids(int from, int to) {
        var ids = new ArrayList<String>();
        for (int i = from; i < to; i++) {
            ids.add("o-" + i);
        }
        return ids;
    }

    private static void publish(OutboxFixture fixture, int from, int to) {
        for (int i = from; i < to; i++) {
            fixture.outbox.publish(OutboxFixture.event(i)).join();
        }
    }

    /** Fails as long as it is told to. */
    private static TestReceiver failing(AtomicInteger times) {
        return TestReceiver.start(connection -> {
            while (connection.read().isPresent()) {
                connection.write(times.getAndDecrement() > 0 ? NOT_OKAY : OKAY);
            }
        });
    }

    @Test
    void sendsWhatWaitsInFewSignedRequests() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 10).withLimits(EndpointLimits.defaults().withConcurrency(1)));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            publish(fixture, 0, 25);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 25);
            sending.awaitIdle();
            assertThat(receiver.requests().stream().map(BatchDeliveryTest::events))
                    .containsExactly(ids(0, 10), ids(10, 20), ids(20, 25));
            assertThat(receiver.requests().stream().map(BatchDeliveryTest::message)).doesNotHaveDuplicates();
            WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse(OutboxFixture.SECRET));
            for (TestReceiver.Request request : receiver.requests()) {
                assertThat(verifier.verify(request.headers(), request.body())).isInstanceOf(Verification.Verified.class);
            }
            assertThat(fixture.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 100)).hasSize(25)
                    .extracting(attempt -> attempt.batch().orElseThrow().text()).hasSameElementsAs(
                            receiver.requests().stream().map(BatchDeliveryTest::message).toList());
            fixture.assertLaw();
        }
    }

    @Test
    void sendsOneEventAsABatchToo() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 100));
            publish(fixture, 0, 1);
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            assertThat(events(receiver.requests().getFirst())).containsExactly("o-0");
            sending.awaitIdle();
        }
    }

    @Test
    void keepsIdAndEventsOverAllAttemptsAndCountsEachAsOneFailure() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = failing(new AtomicInteger(2));
                Sending sending = Sending.from(OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 5).withLimits(EndpointLimits.defaults().withConcurrency(1)));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            publish(fixture, 0, 3);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> receiver.requests().size() == 1);
            sending.awaitIdle();
            assertThat(fixture.outbox.endpoints().find(endpoint.id()).orElseThrow().health().failuresInARow()).isEqualTo(1);
            publish(fixture, 3, 4);
            Soon.until(() -> receiver.requests().size() == 2);
            sending.awaitIdle();
            clock.advance(Duration.ofSeconds(7));
            Soon.until(() -> fixture.sums(endpoint).delivered() == 4);
            sending.awaitIdle();
            Map<String, List<List<String>>> byMessage = new HashMap<>();
            receiver.requests().forEach(request ->
                    byMessage.computeIfAbsent(message(request), id -> new ArrayList<>()).add(events(request)));
            assertThat(byMessage.values()).containsExactlyInAnyOrder(
                    List.of(ids(0, 3), ids(0, 3)), List.of(ids(3, 4), ids(3, 4)));
            fixture.assertLaw();
        }
    }

    @Test
    void sendsTheSameBatchAgainInTheNextProcess() throws Exception {
        Endpoint endpoint;
        String message;
        try (OutboxFixture fixture = OutboxFixture.open(folder); TestReceiver nobody = TestReceiver.answering(OKAY)) {
            endpoint = fixture.add(spec(nobody, 3));
            publish(fixture, 0, 3);
            Endpoint there = endpoint;
            message = fixture.store.write(sql -> BatchRows.claim(sql, there, Long.MAX_VALUE, Long.MAX_VALUE, 1)).join().getFirst()
                    .message().text();
            publish(fixture, 3, 4);
        }
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder)) {
            fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withTarget(TargetUrl.parse(receiver.url()))
                    .withBatch(OptionalInt.of(100))).join();
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                Soon.until(() -> fixture.sums(endpoint).delivered() == 4);
                Soon.until(() -> deliveries.underWay() == 0);
            }
            assertThat(receiver.requests()).hasSize(2);
            TestReceiver.Request again = receiver.requests().stream().filter(request -> message(request).equals(message)).findFirst()
                    .orElseThrow();
            assertThat(events(again)).isEqualTo(ids(0, 3));
            fixture.assertLaw();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Ordering.class, names = {"KEY", "ENDPOINT"})
    void keepsTheOrderThroughFailures(Ordering ordering) throws Exception {
        keepsTheOrder(StoreAddress.parse(folder.toString()), ordering);
    }

    @Test
    @EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
    void keepsTheOrderOnPostgresToo() throws Exception {
        keepsTheOrder(PostgresServer.shared().freshSchema(), Ordering.KEY);
    }

    private static void keepsTheOrder(StoreAddress address, Ordering ordering) throws Exception {
        int events = 300;
        var count = new AtomicInteger();
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        connection.write(count.getAndIncrement() % 3 == 1 ? NOT_OKAY : OKAY);
                    }
                });
                Sending sending = Sending.from(OutboxFixture.open(address))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 7)
                    .withLimits(EndpointLimits.defaults().withOrdering(ordering).withConcurrency(3))
                    .withRetry(RetrySchedule.defaults().withDelays(Collections.nCopies(60, Duration.ZERO))));
            for (int i = 0; i < events; i++) {
                var _ = fixture.outbox.publish(Event.builder("t").subject("k" + i % 5).id("e-" + i).build());
            }
            Soon.until(() -> fixture.sums(endpoint).delivered() == events);
            sending.awaitIdle();
            Map<String, Integer> last = new HashMap<>();
            Map<String, List<String>> byMessage = new HashMap<>();
            for (TestReceiver.Request request : receiver.requests()) {
                List<String> these = events(request);
                assertThat(byMessage.computeIfAbsent(message(request), id -> these)).isEqualTo(these);
                for (String id : these) {
                    int number = Integer.parseInt(id.substring(2));
                    int step = ordering == Ordering.KEY ? 5 : 1;
                    int before = last.getOrDefault("k" + number % step, number % step - step);
                    // A batch that failed comes again before anything of its keys that is later.
                    assertThat(number).as("%s after %d", id, before).isLessThanOrEqualTo(before + step);
                    last.put("k" + number % step, number);
                }
            }
            assertThat(byMessage.values().stream().mapToInt(List::size).sum()).isEqualTo(events);
            assertThat(receiver.requests().size()).isLessThan(events);
            fixture.assertLaw();
        }
    }

    @Test
    void leavesOutWhatHasOutlivedItsTimeToLiveAndKeepsTheId() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = failing(new AtomicInteger(1));
                Sending sending = Sending.from(OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 5));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.publish(Event.builder("t").id("long").build()).join();
            fixture.outbox.publish(Event.builder("t").id("short").ttl(Duration.ofSeconds(3)).build()).join();
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> receiver.requests().size() == 1);
            sending.awaitIdle();
            clock.advance(Duration.ofSeconds(7));
            Soon.until(() -> fixture.sums(endpoint).waiting() == 0);
            sending.awaitIdle();
            assertThat(receiver.requests().stream().map(BatchDeliveryTest::events))
                    .containsExactly(List.of("long", "short"), List.of("long"));
            assertThat(receiver.requests().stream().map(BatchDeliveryTest::message).distinct()).hasSize(1);
            assertThat(fixture.sums(endpoint).lost()).isEqualTo(Map.of(LossReason.EXPIRED, 1L));
            assertThat(fixture.sums(endpoint).delivered()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void handsABatchThatFailsOnWithinItsGroup() throws Exception {
        try (TestReceiver failing = TestReceiver.answering(NOT_OKAY); TestReceiver working = TestReceiver.answering(OKAY);
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint one = fixture.add(spec(failing, 10).withGroup("g"));
            fixture.outbox.endpoints().pause(one.id()).join();
            publish(fixture, 0, 4);
            Endpoint two = fixture.add(OutboxFixture.spec(working.url()).withGroup("g"));
            fixture.outbox.endpoints().resume(one.id()).join();
            Soon.until(() -> fixture.sums(two).delivered() == 4);
            sending.awaitIdle();
            assertThat(fixture.sums(one).handedOn()).isEqualTo(4);
            assertThat(failing.requests().stream().flatMap(request -> events(request).stream())).containsExactlyElementsOf(ids(0, 4));
            assertThat(working.requests()).hasSize(4);
            fixture.assertLaw();
        }
    }

    @Test
    void sendsEachByItselfOnceItsOwnerWantsNoBatchesAnyMore() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = failing(new AtomicInteger(2));
                Sending sending = Sending.from(OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 5).withLimits(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT)));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            publish(fixture, 0, 4);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> receiver.requests().size() == 1);
            sending.awaitIdle();
            fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withBatch(OptionalInt.empty())).join();
            clock.advance(Duration.ofSeconds(7));
            Soon.until(() -> receiver.requests().size() == 2);
            sending.awaitIdle();
            clock.advance(Duration.ofMinutes(7));
            Soon.until(() -> fixture.sums(endpoint).delivered() == 4);
            sending.awaitIdle();
            List<TestReceiver.Request> single = receiver.requests().subList(1, receiver.requests().size());
            assertThat(single.stream().map(request -> CloudEventHttp.read(request.headers(), request.body()).id().orElseThrow()))
                    .containsExactly("o-0", "o-0", "o-1", "o-2", "o-3");
            fixture.assertLaw();
        }
    }

    @Test
    void givesALargeEventARequestOfItsOwn() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, 10).withLimits(EndpointLimits.defaults().withConcurrency(1)));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            for (int bytes : List.of(10, 600_000, 600_001, 11)) {
                fixture.outbox.publish(Event.builder("t").id("b" + bytes).source("/" + bytes)
                        .data(new byte[bytes], "application/octet-stream").build()).join();
            }
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 4);
            sending.awaitIdle();
            assertThat(receiver.requests().stream().map(request -> events(request).size())).containsExactly(2, 2);
        }
    }

    @Test
    void namesABatchByItsEvents() {
        MessageId id = MessageId.ofAll(List.of("msg_1", "msg_2"));
        assertThat(id.text()).matches("msg_[0-9A-Za-z]{22}");
        assertThat(MessageId.ofAll(List.of("msg_1", "msg_2"))).isEqualTo(id);
        assertThat(MessageId.ofAll(List.of("msg_2", "msg_1"))).isNotEqualTo(id);
        assertThat(MessageId.ofAll(List.of("msg_1"))).isNotEqualTo(id);
    }

    @Test
    void refusesSizesOutOfBoundsAndBinaryBatches() {
        EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
        for (int size : List.of(0, -1, EndpointSpec.MAX_BATCH + 1)) {
            assertThatThrownBy(() -> spec.withBatch(OptionalInt.of(size))).isInstanceOf(ConfigException.class);
        }
        assertThatThrownBy(() -> spec.withBatch(OptionalInt.of(2)).withMode(ContentMode.BINARY)).isInstanceOf(ConfigException.class);
    }
}
