package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints whose master key is lost, or whose query nobody understands any more: each says so, and the others work. */
class LockedEndpointTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder;

    private final MasterKey old = MasterKey.generate(RANDOM);
    private final MasterKey current = MasterKey.generate(RANDOM);
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment = new Environment(Clock.SYSTEM, WallClock.SYSTEM, new SecureRandom(), notices);

    private static EndpointSpec spec() {
        return OutboxFixture.spec("https://hooks.example.com/in");
    }

    private SqlStore store() {
        return SqlStore.open(StoreAddress.parse(folder.toString()), List.of(Outbox.schema()), StoreLimits.DEFAULT, environment);
    }

    private Outbox open(SqlStore store, Conditions conditions, MasterKey... keys) {
        return Outbox.open(store, SecretSeal.of(List.of(keys), RANDOM), conditions, OutboxObserver.NONE, OutboxConfig.defaults(),
                environment);
    }

    private record Pair(Endpoint one, Endpoint other) {
    }

    /** One sealed with the old key, and another with the current one. */
    private Pair pair() {
        Endpoint one;
        try (SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, old)) {
            one = outbox.endpoints().add("default", spec()
                    .withHeaders(new CustomHeaders(List.of(new HttpHeader("authorization", "Bearer abc"))))).join();
        }
        try (SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, current, old)) {
            return new Pair(one, outbox.endpoints().add("default", spec()).join());
        }
    }

    @Test
    void waitsForItsMasterKeyWhileOthersAreSentTo() {
        Pair pair = pair();
        try (SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, current)) {
            Endpoint locked = outbox.endpoints().find(pair.one.id()).orElseThrow();
            assertThat(locked.state()).isEqualTo(EndpointState.PAUSED);
            assertThat(locked.reason()).contains("master key").contains(old.id());
            assertThat(locked.spec().keys()).isNotEqualTo(pair.one.spec().keys());
            assertThat(outbox.endpoints().find(pair.other.id())).contains(pair.other);
            assertThat(notices.of(Notice.Degraded.class)).hasSize(1);
            outbox.publish(Event.of("t", "x")).join();
            assertThat(outbox.endpoints().sums(pair.one.id()).orElseThrow().waiting()).isEqualTo(1);
            assertThatThrownBy(() -> outbox.endpoints().resume(pair.one.id()).join()).hasMessageContaining("master key");
            assertThatThrownBy(() -> outbox.endpoints().update(pair.one.id(), s -> s.withBatch(OptionalInt.of(2))).join())
                    .hasMessageContaining("master key");
        }
        try (SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, current, old)) {
            assertThat(outbox.endpoints().find(pair.one.id())).contains(pair.one);
            assertThat(outbox.endpoints().sums(pair.one.id()).orElseThrow().waiting()).isEqualTo(1);
        }
    }

    @Test
    void isSentToAgainWithANewKeyOfItsOwn() throws Exception {
        Pair pair = pair();
        WebhookSecret newest = WebhookSecret.generate(RANDOM);
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, current);
                WebhookClient client = WebhookClientFixture.client();
                Deliveries deliveries = Deliveries.start(outbox, client, environment)) {
            outbox.endpoints().remove(pair.other.id()).join();
            outbox.publish(Event.of("t", "x")).join();
            Endpoint rotated = outbox.endpoints().rotate(pair.one.id(), newest, Duration.ofDays(1)).join();
            assertThat(rotated.state()).isEqualTo(EndpointState.ACTIVE);
            assertThat(rotated.spec().headers()).isEqualTo(CustomHeaders.NONE);
            assertThat(rotated.spec().keys()).isEqualTo(KeyRing.of(newest));
            outbox.endpoints().update(pair.one.id(), s -> s.withTarget(TargetUrl.parse(receiver.url()))).join();
            outbox.publish(Event.of("t", "y")).join();
            WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse(newest.reveal()));
            Soon.until(() -> !receiver.requests().isEmpty());
            TestReceiver.Request request = receiver.requests().getFirst();
            assertThat(verifier.verify(request.headers(), request.body())).isInstanceOf(Verification.Verified.class);
            Soon.until(() -> deliveries.underWay() == 0);
        }
        try (SqlStore store = store(); Outbox outbox = open(store, Conditions.NONE, current)) {
            assertThat(outbox.endpoints().find(pair.one.id()).orElseThrow().state()).isEqualTo(EndpointState.ACTIVE);
        }
    }

    @Test
    void isLockedTooIfItsSecretWasChangedInTheDatabase() {
        Pair pair = pair();
        try (SqlStore store = store()) {
            store.write(sql -> sql.update("UPDATE webhooks_endpoint SET secrets = replace(secrets, '- sealed', '- Sealed') WHERE id = ?",
                    pair.one.id())).join();
            try (Outbox outbox = open(store, Conditions.NONE, current, old)) {
                assertThat(outbox.endpoints().find(pair.one.id()).orElseThrow().reason()).contains("does not begin");
                assertThat(outbox.endpoints().find(pair.other.id())).contains(pair.other);
            }
        }
    }

    @Test
    void opensNothingWithAKeyThatOpensNothing() {
        pair();
        try (SqlStore store = store()) {
            assertThatThrownBy(() -> open(store, Conditions.NONE, MasterKey.generate(RANDOM))).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("master key").hasMessageContaining("sealed");
        }
    }

    @Test
    void takesNoEventsWhoseQueryIsNotUnderstoodUntilItHasAnother() {
        Endpoint endpoint;
        try (SqlStore store = store(); Outbox outbox = open(store, query -> event -> true, current)) {
            endpoint = outbox.endpoints().add("default", spec().withQuery(Optional.of("old style"))).join();
        }
        Conditions newer = query -> {
            if (query.equals("old style")) {
                throw new ConfigException("query", query, "new style");
            }
            return event -> true;
        };
        try (SqlStore store = store(); Outbox outbox = open(store, newer, current)) {
            Endpoint there = outbox.endpoints().find(endpoint.id()).orElseThrow();
            assertThat(there.state()).isEqualTo(EndpointState.DISABLED);
            assertThat(there.reason()).contains("query").contains("new style");
            outbox.publish(Event.of("t", "x")).join();
            assertThat(outbox.endpoints().sums(endpoint.id()).orElseThrow().known()).isZero();
            assertThatThrownBy(() -> outbox.endpoints().resume(endpoint.id()).join()).hasMessageContaining("new style");
            outbox.endpoints().update(endpoint.id(), s -> s.withQuery(Optional.of("other"))).join();
            outbox.publish(Event.of("t", "y")).join();
            assertThat(outbox.endpoints().sums(endpoint.id()).orElseThrow().waiting()).isEqualTo(1);
        }
    }
}
