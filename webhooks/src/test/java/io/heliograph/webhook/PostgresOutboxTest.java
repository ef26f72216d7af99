package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.store.PostgresServer;
import io.heliograph.store.StoreAddress;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same SQL on the other database. */
@EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
class PostgresOutboxTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");

    @Test
    void deliversInOrderWhatIsPublishedOnceAndWhatACallersTransactionCommits() throws Exception {
        StoreAddress.PostgresDatabase address = PostgresServer.shared().freshSchema();
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(address);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment);
                Connection connection = PostgresServer.connect(address)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()).withLimits(EndpointLimits.defaults()
                    .withOrdering(Ordering.KEY).withRate(new RateLimit(1_000, Duration.ofMillis(1)))));
            var expected = new ArrayList<String>();
            for (int i = 0; i < 30; i++) {
                Event event = Event.builder("t").subject("k").id("k-" + i).ttl(Duration.ofHours(1)).build();
                assertThat(fixture.outbox.publish("default", event, Optional.of("i" + i)).join().novelty())
                        .isEqualTo(Publication.Novelty.NEW);
                assertThat(fixture.outbox.publish("default", event, Optional.empty()).join().novelty())
                        .isEqualTo(Publication.Novelty.REPEATED);
                expected.add("k-" + i);
            }
            connection.setAutoCommit(false);
            fixture.outbox.publish(connection, OutboxFixture.event(1));
            connection.rollback();
            fixture.outbox.publish(connection, OutboxFixture.event(2));
            connection.commit();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 31);
            List<String> bodies = receiver.requests().stream().map(request -> new String(request.body(), StandardCharsets.UTF_8)).toList();
            assertThat(bodies.stream().filter(body -> body.contains("\"id\":\"k-")).map(body ->
                    body.replaceFirst(".*\"id\":\"(k-\\d+)\".*", "$1")).toList()).isEqualTo(expected);
            assertThat(bodies).filteredOn(body -> body.contains("\"id\":\"o-")).hasSize(1).allMatch(body -> body.contains("o-2"));
            Attempt last = fixture.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 1).getFirst();
            fixture.outbox.resend(last.id()).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 32);
            assertThat(fixture.outbox.trace("default", "k-0")).isPresent();
            assertThat(fixture.outbox.recover(endpoint.id(), Instant.EPOCH).join()).isZero();
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void sendsWhatAnotherProcessClaimedOnceItsLeaseHasEnded() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(PostgresServer.shared().freshSchema(), clock);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            long leaseMs = fixture.outbox.nowMs() + Duration.ofMinutes(10).toMillis();
            assertThat(fixture.store.write(sql -> DeliveryRows.claim(sql, endpoint.id(), Long.MAX_VALUE, leaseMs, 10)).join()).hasSize(1);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            clock.advance(Duration.ofMinutes(9));
            assertThat(receiver.accepted()).isZero();
            clock.advance(Duration.ofMinutes(2));
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(receiver.requests()).hasSize(1);
            fixture.assertLaw();
        }
    }

    @Test
    void claimsAnewWhatHasWaitedForHalfOfItsLease() throws Exception {
        var clock = new ManualClock();
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        mayAnswer.acquireUninterruptibly();
                        connection.write(OKAY);
                    }
                });
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(PostgresServer.shared().freshSchema(), clock);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()).withTimeout(Duration.ofMinutes(2))
                    .withLimits(EndpointLimits.defaults().withConcurrency(1)));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            for (int i = 0; i < 3; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> receiver.requests().size() == 1
                    && fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state = 1") == 3);
            clock.advance(Duration.ofMinutes(6));
            mayAnswer.release();
            Soon.until(() -> receiver.requests().size() == 2);
            assertThat(fixture.count("SELECT min(lease_ms) FROM webhooks_delivery WHERE state = 1"))
                    .isGreaterThan(fixture.outbox.nowMs() + Duration.ofMinutes(9).toMillis());
            mayAnswer.release(10);
            Soon.until(() -> fixture.sums(endpoint).delivered() == 3);
            Soon.until(() -> deliveries.underWay() == 0);
            assertThat(receiver.requests()).hasSize(3);
            fixture.assertLaw();
        }
    }

    @Test
    void keepsToThePoliciesAndHandsOnWithinAGroup() throws Exception {
        StoreAddress address = PostgresServer.shared().freshSchema();
        Endpoint oldest;
        try (OutboxFixture fixture = OutboxFixture.open(address)) {
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
            oldest = fixture.add(spec.withPolicy(FlowPolicy.dropOldest(Limit.events(2))));
            Endpoint same = fixture.add(spec.withPolicy(FlowPolicy.dropSameKey(Limit.events(2))));
            Endpoint one = fixture.add(spec.withGroup("g"));
            Endpoint two = fixture.add(spec.withGroup("g"));
            for (int i = 0; i < 4; i++) {
                fixture.outbox.publish(Event.builder("t").subject("s" + i % 2).build()).join();
            }
            fixture.outbox.endpoints().pause(one.id()).join();
            assertThat(fixture.sums(oldest).lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 2L));
            assertThat(fixture.sums(same).lost()).isEqualTo(Map.of(LossReason.CONFLATED, 2L));
            assertThat(fixture.sums(two).waiting()).isEqualTo(4);
            EndpointSpec alone = spec.withPolicy(FlowPolicy.backPressure(Limit.events(4), Duration.ZERO))
                    .withLimits(spec.limits().withOrdering(Ordering.ENDPOINT));
            fixture.outbox.endpoints().update(two.id(), inGroup -> alone).join();
            assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state = 2")).isEqualTo(3);
            assertThat(fixture.outbox.publish(Event.of("t", "x")).join().result()).isEqualTo(PublishResult.BACK_PRESSURED);
            fixture.assertLaw();
        }
        try (OutboxFixture fixture = OutboxFixture.open(address)) {
            assertThat(fixture.outbox.endpoints().find(oldest.id()).map(Endpoint::spec)).contains(oldest.spec());
            assertThat(fixture.outbox.removeOld().join()).isZero();
            fixture.assertLaw();
        }
    }
}
