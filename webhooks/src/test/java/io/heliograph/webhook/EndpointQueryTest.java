package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A condition on events, beside an endpoint's topics. The language here: the data begins with the query. */
class EndpointQueryTest {

    @TempDir
    private Path folder;

    private final AtomicInteger evaluated = new AtomicInteger();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();

    private Predicate<Event> compile(String query) {
        if (query.startsWith("?")) {
            throw new ConfigException("query", query, "something that does not begin with '?'");
        }
        return event -> {
            evaluated.incrementAndGet();
            threads.add(Thread.currentThread().getName());
            byte[] data = new byte[event.dataLength()];
            event.data().get(data);
            String text = new String(data, StandardCharsets.UTF_8);
            if (text.equals("broken")) {
                throw new IllegalStateException("a mistake in the language");
            }
            return text.startsWith(query);
        };
    }

    private OutboxFixture open() {
        return OutboxFixture.open(folder, this::compile);
    }

    private static EndpointSpec spec(String query) {
        return OutboxFixture.spec("https://hooks.example.com/in").withQuery(Optional.of(query));
    }

    @Test
    void countsWhatAQueryDoesNotMatchAsFilteredAndDeliversTheRest() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = open();
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()).withTopics(List.of(TopicFilter.of("t")))
                    .withQuery(Optional.of("a")));
            for (String data : List.of("a1", "b1", "a2", "b2", "b3")) {
                fixture.outbox.publish(Event.of("t", data)).join();
            }
            fixture.outbox.publish(Event.of("other", "b")).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 2);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(receiver.requests()).hasSize(2);
            assertThat(fixture.sums(endpoint).asSubscriber()).isEqualTo(new SubscriberSums(5, 2, 3, Map.of(), 0, 0, 0, 0));
            fixture.assertLaw();
        }
    }

    @Test
    void findsAConditionOutOnceForAnEventAndNotWhereItIsWritten() {
        try (OutboxFixture fixture = open()) {
            for (int i = 0; i < 10; i++) {
                fixture.add(spec("a"));
            }
            fixture.add(OutboxFixture.spec("https://hooks.example.com/in"));
            fixture.outbox.publish(Event.of("t", "a")).join();
            fixture.outbox.publishAll("default", List.of(Event.of("t", "b"), Event.of("t", "a")), Optional.empty()).join();
            assertThat(evaluated).hasValue(3);
            assertThat(threads).containsExactly(Thread.currentThread().getName());
            assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery")).isEqualTo(10 * 2 + 3);
            fixture.assertLaw();
        }
    }

    @Test
    void takesNoQueryThatItsLanguageDoesNotAndKeepsTheOneBefore() {
        try (OutboxFixture fixture = open()) {
            assertThatThrownBy(() -> fixture.add(spec("?"))).hasRootCauseInstanceOf(ConfigException.class);
            Endpoint endpoint = fixture.add(spec("a"));
            assertThatThrownBy(() -> fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withQuery(Optional.of("?"))).join())
                    .hasRootCauseInstanceOf(ConfigException.class).hasMessageContaining("'?'");
            assertThat(fixture.outbox.endpoints().find(endpoint.id()).orElseThrow().spec().query()).contains("a");
            fixture.outbox.publish(Event.of("t", "b")).join();
            fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withQuery(Optional.of("b"))).join();
            fixture.outbox.publish(Event.of("t", "b")).join();
            fixture.outbox.endpoints().update(endpoint.id(), spec -> spec.withQuery(Optional.empty())).join();
            fixture.outbox.publish(Event.of("t", "c")).join();
            assertThat(fixture.sums(endpoint).filtered()).isEqualTo(1);
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(2);
        }
        try (OutboxFixture plain = OutboxFixture.open(folder.resolve("plain"))) {
            assertThatThrownBy(() -> plain.add(spec("a"))).hasMessageContaining("without a language");
        }
    }

    @Test
    void refusesLongAndBlankQueries() {
        assertThatThrownBy(() -> spec("x".repeat(EndpointSpec.MAX_QUERY_LENGTH + 1))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> spec(" ")).isInstanceOf(ConfigException.class);
        assertThat(spec("x".repeat(EndpointSpec.MAX_QUERY_LENGTH)).query()).isPresent();
    }

    @Test
    void keepsQueriesAndWhatTheyFilteredThroughARestart() {
        Endpoint endpoint;
        try (OutboxFixture fixture = open()) {
            endpoint = fixture.add(spec("a"));
            fixture.outbox.publish(Event.of("t", "b")).join();
        }
        try (OutboxFixture fixture = open()) {
            fixture.outbox.publish(Event.of("t", "b")).join();
            fixture.outbox.publish(Event.of("t", "a")).join();
            assertThat(fixture.sums(endpoint).filtered()).isEqualTo(2);
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void letsThroughWhatItsLanguageStumblesOver() {
        try (OutboxFixture fixture = open()) {
            Endpoint endpoint = fixture.add(spec("a"));
            fixture.outbox.publish(Event.of("t", "broken")).join();
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(1);
        }
    }

    @Test
    void countsNothingOfAnEventThatIsRefused() {
        try (OutboxFixture fixture = open()) {
            Endpoint endpoint = fixture.add(spec("a"));
            fixture.add(OutboxFixture.spec("https://hooks.example.com/in")
                    .withPolicy(FlowPolicy.backPressure(Limit.events(1), Duration.ZERO)));
            fixture.outbox.publish(Event.of("t", "b")).join();
            fixture.outbox.publish(Event.of("t", "b")).join();
            assertThat(fixture.sums(endpoint).known()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void sharesAnEventAmongThoseMembersAloneThatWantIt() throws Exception {
        try (TestReceiver failing = TestReceiver.answering(TestReceiver.answer(500, "", ""));
                TestReceiver working = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = open();
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint one = fixture.add(OutboxFixture.spec(failing.url()).withGroup("g").withQuery(Optional.of("a"))
                    .withRetry(RetrySchedule.defaults().withDelays(List.of(Duration.ZERO))));
            Endpoint other = fixture.add(OutboxFixture.spec(working.url()).withGroup("g").withQuery(Optional.of("ab")));
            fixture.add(OutboxFixture.spec(working.url()).withGroup("g").withTopics(List.of(TopicFilter.of("elsewhere"))));
            fixture.outbox.publish(Event.of("t", "a")).join();
            Soon.until(() -> fixture.sums(one).lost().equals(Map.of(LossReason.DEAD_LETTER, 1L)));
            for (int i = 0; i < 4; i++) {
                fixture.outbox.publish(Event.of("t", "ab")).join();
            }
            Soon.until(() -> fixture.sums(other).delivered() == 4);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(fixture.sums(one).handedOn()).isBetween(1L, 3L);
            assertThat(fixture.sums(other).filtered()).isEqualTo(1);
            assertThat(working.requests()).hasSize(4);
            fixture.assertLaw();
        }
    }

    @Test
    void handsOnWhatWaitsAtAStoppedMemberToOneThatWantsTheSame() {
        try (OutboxFixture fixture = open()) {
            Endpoint one = fixture.add(spec("a").withGroup("g"));
            Endpoint stranger = fixture.add(spec("b").withGroup("g"));
            fixture.outbox.publish(Event.of("t", "a")).join();
            fixture.outbox.endpoints().pause(one.id()).join();
            assertThat(fixture.sums(one).waiting()).isEqualTo(1);
            assertThat(fixture.sums(stranger).waiting()).isZero();
            fixture.outbox.endpoints().resume(one.id()).join();
            Endpoint same = fixture.add(spec("a").withGroup("g"));
            fixture.outbox.endpoints().pause(one.id()).join();
            assertThat(fixture.sums(same).waiting()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void recoversOnlyWhatItsQueryMatches() {
        try (OutboxFixture fixture = open()) {
            for (String data : List.of("a", "b", "a")) {
                fixture.outbox.publish(Event.of("t", data)).join();
            }
            Endpoint endpoint = fixture.add(spec("a"));
            assertThat(fixture.outbox.recover(endpoint.id(), Instant.EPOCH).join()).isEqualTo(2);
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(2);
            fixture.assertLaw();
        }
    }

    @Test
    void findsTheOnesThatWantATopicAmongManyThatDoNot() {
        var directory = new EndpointDirectory(this::compile);
        for (int i = 0; i < 10_000; i++) {
            directory.put(new Endpoint("ep_" + i, "t", spec("a").withTopics(List.of(TopicFilter.of("shop." + i + ".>"))),
                    EndpointState.ACTIVE, "", EndpointHealth.GOOD));
        }
        Submission submission = Submission.of("t", Event.of("shop.7.orders", "a"), new MessageId("msg_1"), Optional.empty());
        assertThat(directory.receivers(submission).takers()).extracting(Endpoint::id).containsExactly("ep_7");
        assertThat(evaluated).hasValue(1);
    }
}
