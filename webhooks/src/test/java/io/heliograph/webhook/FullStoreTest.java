package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is full up to its limit, and how it gets room again. */
class FullStoreTest {

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new SecureRandom(), NoticeListener.NONE);
    private SqlStore store;
    private Outbox outbox;

    @BeforeEach
    void open() {
        store = SqlStore.open(StoreAddress.parse(folder.toString()), List.of(Outbox.schema()), StoreLimits.DEFAULT.withMaxBytes(2 << 20),
                Environment.system());
        outbox = Outbox.open(store, SecretSeal.of(List.of(OutboxFixture.MASTER), new SecureRandom()),
                OutboxConfig.defaults().withRetention(Duration.ofMinutes(1)), environment);
    }

    @AfterEach
    void close() {
        outbox.close();
        store.close();
    }

    private PublishResult publish() {
        return outbox.publish(Event.of("t", new byte[20_000])).join().result();
    }

    private int fill() {
        int accepted = 0;
        while (publish() == PublishResult.ACCEPTED) {
            accepted++;
        }
        assertThat(accepted).isBetween(20, 200);
        assertThat(publish()).isEqualTo(PublishResult.BACK_PRESSURED);
        return accepted;
    }

    @Test
    void resumesAndChangesTheEndpointWhoseQueueFillsIt() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                Deliveries deliveries = Deliveries.start(outbox, client, environment)) {
            Endpoints endpoints = outbox.endpoints();
            Endpoint endpoint = endpoints.add("default", OutboxFixture.spec("https://hooks.example.com/in")).join();
            endpoints.pause(endpoint.id()).join();
            int accepted = fill();
            endpoints.update(endpoint.id(), spec -> spec.withTarget(TargetUrl.parse(receiver.url()))
                    .withPolicy(FlowPolicy.dropOldest(Limit.events(10)))).join();
            endpoints.rotate(endpoint.id(), WebhookSecret.generate(new SecureRandom()), Duration.ZERO).join();
            assertThat(endpoints.resume(endpoint.id()).join().state()).isEqualTo(EndpointState.ACTIVE);
            Soon.until(() -> endpoints.sums(endpoint.id()).orElseThrow().delivered() == accepted);
            Soon.until(() -> deliveries.underWay() == 0);
        }
    }

    @Test
    void makesRoomAtOnceWhenAnEventIsRefusedAndWhatIsOldIsDelivered() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                Deliveries deliveries = Deliveries.start(outbox, client, environment)) {
            Endpoint endpoint = outbox.endpoints().add("default", OutboxFixture.spec(receiver.url())).join();
            int accepted = fill();
            Soon.until(() -> outbox.endpoints().sums(endpoint.id()).orElseThrow().delivered() == accepted);
            assertThat(publish()).isEqualTo(PublishResult.BACK_PRESSURED);
            clock.advance(Duration.ofMinutes(2));
            Soon.until(() -> publish() == PublishResult.ACCEPTED);
            assertThat(store.read(sql -> sql.row("SELECT count(*) FROM webhooks_event", row -> row.getLong(1))).orElseThrow())
                    .isLessThan(accepted);
            Soon.until(() -> deliveries.underWay() == 0);
        }
    }

    @Test
    void keepsWhatSomebodyWaitsForHoweverOldItIs() {
        Endpoint endpoint = outbox.endpoints().add("default", OutboxFixture.spec("https://hooks.example.com/in")).join();
        int waiting = fill();
        clock.advance(Duration.ofMinutes(2));
        assertThat(publish()).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(outbox.removeOld().join()).isZero();
        assertThat(outbox.endpoints().sums(endpoint.id()).orElseThrow().waiting()).isEqualTo(waiting);
    }
}
