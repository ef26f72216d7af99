package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.TopicFilter;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesTest {

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

    @TempDir
    private Path folder;

    private static String okay() {
        return TestReceiver.answer(204, "", "");
    }

    private static String refusal(int status) {
        return TestReceiver.answer(status, "", "no");
    }

    private static List<String> ids(TestReceiver receiver) {
        var ids = new ArrayList<String>();
        for (TestReceiver.Request request : receiver.requests()) {
            Matcher id = ID.matcher(new String(request.body(), StandardCharsets.UTF_8));
            assertThat(id.find()).isTrue();
            ids.add(id.group(1));
        }
        return ids;
    }

    private static void assertSums(OutboxFixture fixture, Endpoint endpoint, long delivered, long waiting) {
        Soon.until(() -> fixture.sums(endpoint).delivered() == delivered && fixture.sums(endpoint).waiting() == waiting);
        fixture.assertLaw();
    }

    @Test
    void deliversEachEventSignedAndOnce() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            var expected = new ArrayList<String>();
            for (int i = 0; i < 500; i++) {
                expected.add("o-" + i);
                var _ = fixture.outbox.publish(OutboxFixture.event(i));
            }
            assertSums(fixture, endpoint, 500, 0);
            assertThat(ids(receiver)).containsExactlyInAnyOrderElementsOf(expected);
            WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse(OutboxFixture.SECRET));
            for (TestReceiver.Request request : receiver.requests()) {
                assertThat(verifier.verify(request.headers(), request.body())).isInstanceOf(Verification.Verified.class);
            }
            assertThat(fixture.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 1_000)).hasSize(500)
                    .allMatch(attempt -> attempt.status().equals(Optional.of(204)));
            Soon.until(() -> deliveries.underWay() == 0);
        }
    }

    @Test
    void keepsToAScheduleOfDaysWithOneIdAndThenGivesUp() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = TestReceiver.answering(refusal(500));
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults().withPatience(
                        new EndpointHealth.Patience(4, Duration.ofDays(30), 10)), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            List<Duration> delays = RetrySchedule.defaults().delays();
            for (int made = 1; made <= delays.size(); made++) {
                int count = made;
                Soon.until("attempt " + made, () -> fixture.count("SELECT count(*) FROM webhooks_attempt") == count);
                if (made < delays.size()) {
                    Soon.until(() -> deliveries.underWay() == 0);
                    // By chance it is up to a fifth longer, and the breaker may hold it for 10 minutes.
                    clock.advance(delays.get(made).minusMillis(100));
                    assertThat(receiver.requests()).hasSize(made);
                    clock.advance(delays.get(made).dividedBy(5).plusMillis(200));
                    if (made >= 5) {
                        clock.advance(Duration.ofMinutes(10));
                    }
                }
            }
            Soon.until(() -> fixture.sums(endpoint).waiting() == 0);
            assertThat(fixture.sums(endpoint).lost()).isEqualTo(Map.of(LossReason.DEAD_LETTER, 1L));
            assertThat(receiver.requests().stream().map(request -> request.header("webhook-id")).distinct()).hasSize(1);
            fixture.assertLaw();
        }
    }

    @Test
    void keepsTheQueueOfAPausedEndpointAndSendsItWhenItIsResumed() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            for (int i = 0; i < 10; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(10);
            assertThat(receiver.accepted()).isZero();
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            assertSums(fixture, endpoint, 10, 0);
            Soon.until(() -> deliveries.underWay() == 0);
        }
    }

    @Test
    void disablesWhatIsGoneTellsItAndKeepsItsQueue() throws Exception {
        var notices = new CollectedNotices();
        try (TestReceiver receiver = TestReceiver.answering(refusal(410)); TestReceiver owner = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, new ManualClock(), OutboxConfig.defaults(), notices);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.add(OutboxFixture.spec(owner.url()).withTopics(List.of(TopicFilter.of("heliograph.endpoint.*"))));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            Soon.until(() -> fixture.outbox.endpoints().find(endpoint.id()).orElseThrow().state() == EndpointState.DISABLED);
            Soon.until(() -> owner.requests().size() == 1);
            assertThat(new String(owner.requests().getFirst().body(), StandardCharsets.UTF_8))
                    .contains("heliograph.endpoint.disabled", endpoint.id());
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(1);
            fixture.outbox.publish(OutboxFixture.event(2)).join();
            assertThat(fixture.sums(endpoint).known()).isEqualTo(1);
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void parksAKeyThatFailsWhileOthersGoOnAndKeepsItsOrder() throws Exception {
        var clock = new ManualClock();
        var refused = new AtomicInteger();
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
                        String body = new String(request.get().body(), StandardCharsets.UTF_8);
                        boolean isRefused = body.contains("\"id\":\"a-0\"") && refused.getAndIncrement() < 2;
                        connection.write(isRefused ? refusal(500) : okay());
                    }
                });
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url())
                    .withLimits(EndpointLimits.defaults().withOrdering(Ordering.KEY)));
            for (int i = 0; i < 20; i++) {
                for (String key : List.of("a", "b")) {
                    fixture.outbox.publish(Event.builder("t").subject(key).id(key + "-" + i).build()).join();
                }
            }
            Soon.until(() -> fixture.sums(endpoint).delivered() == 20);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(ids(receiver)).filteredOn(id -> id.startsWith("a")).containsExactly("a-0");
            clock.advance(Duration.ofSeconds(7));
            Soon.until(() -> refused.get() == 2);
            Soon.until(() -> deliveries.underWay() == 0);
            clock.advance(Duration.ofMinutes(7));
            assertSums(fixture, endpoint, 40, 0);
            for (String key : List.of("a", "b")) {
                var expected = new ArrayList<String>();
                for (int i = 0; i < 20; i++) {
                    expected.add(key + "-" + i);
                }
                assertThat(ids(receiver)).filteredOn(id -> id.startsWith(key)).satisfies(ids ->
                        assertThat(ids.stream().distinct().toList()).isEqualTo(expected));
            }
        }
    }

    @Test
    void handsTheEventsOfAMemberThatFailsOnToAnother() throws Exception {
        try (TestReceiver failing = TestReceiver.answering(refusal(500)); TestReceiver working = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint one = fixture.add(OutboxFixture.spec(failing.url()).withGroup("g"));
            Endpoint two = fixture.add(OutboxFixture.spec(working.url()).withGroup("g"));
            for (int i = 0; i < 4; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            assertSums(fixture, two, 4, 0);
            assertThat(fixture.sums(one).handedOn()).isEqualTo(2);
            assertThat(ids(working)).containsExactlyInAnyOrder("o-0", "o-1", "o-2", "o-3");
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void doesNotLetASilentEndpointDelayAnother() throws Exception {
        var isOver = new CountDownLatch(1);
        try (TestReceiver silent = TestReceiver.start(connection -> awaitQuietly(isOver)); TestReceiver working = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            fixture.add(OutboxFixture.spec(silent.url()));
            Endpoint endpoint = fixture.add(OutboxFixture.spec(working.url()));
            for (int i = 0; i < 100; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            assertSums(fixture, endpoint, 100, 0);
            assertThat(silent.accepted()).isBetween(1, 4);
            isOver.countDown();
            Soon.until(() -> deliveries.underWay() == 0 || silent.accepted() > 4);
        }
    }

    @Test
    void notesAnOutcomeOnceWhenTheStoreWasBusyAndSendsNothingTwice() throws Exception {
        var mayAnswer = new CountDownLatch(1);
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        awaitQuietly(mayAnswer);
                        connection.write(okay());
                    }
                });
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, StoreLimits.DEFAULT.withReaders(4, Duration.ofMillis(50)));
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("heliograph.db"));
                Statement statement = other.createStatement()) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            Soon.until(() -> receiver.requests().size() == 1);
            statement.execute("BEGIN IMMEDIATE");
            mayAnswer.countDown();
            Soon.until(() -> fixture.store.counters().failed() > 0);
            statement.execute("ROLLBACK");
            assertSums(fixture, endpoint, 1, 0);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(receiver.requests()).hasSize(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void sendsWhatAnotherProcessLeftLeased() throws Exception {
        Endpoint endpoint;
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            try (TestReceiver nobody = TestReceiver.answering(okay())) {
                endpoint = fixture.add(OutboxFixture.spec(nobody.url()));
            }
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            assertThat(fixture.claim(endpoint, 10)).hasSize(1);
        }
        try (TestReceiver receiver = TestReceiver.answering(okay());
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder)) {
            fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withTarget(TargetUrl.parse(receiver.url()))).join();
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                assertSums(fixture, endpoint, 1, 0);
                Soon.until(() -> deliveries.underWay() == 0);
            }
        }
    }
}
