package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.MasterKey;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.OutboxConfig;
import io.heliograph.webhook.SecretSeal;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.WebhookSecret;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How an address that is listened at comes to its end. */
@Timeout(60)
class InflowTest {

    @TempDir
    Path folder;

    @Test
    void whatNobodyHadRoomForInTimeCountsAsRefusedAtTheEnd() throws Exception {
        var random = new SecureRandom();
        var clock = new ManualClock();
        var environment = Environment.system();
        try (SqlStore store = SqlStore.open(new StoreAddress.DataFolder(folder), List.of(Outbox.schema()), StoreLimits.DEFAULT, environment);
                Outbox outbox = Outbox.open(store, SecretSeal.of(List.of(MasterKey.generate(random)), random), OutboxConfig.defaults(),
                        environment);
                Publisher publisher = Heliograph.publisher("local:inflow-end")) {
            EndpointSpec spec = EndpointSpec.of(TargetUrl.parse("https://example.com/hook"), KeyRing.of(WebhookSecret.generate(random)));
            outbox.endpoints().add(Outbox.DEFAULT_TENANT, spec.withPolicy(FlowPolicy.backPressure(Limit.events(3), Duration.ZERO))).join();
            Inflow inflow = Inflow.open("local:inflow-end", outbox,
                    new Environment(clock, environment.wallClock(), environment.random(), environment.notices()));
            for (int i = 0; i < 10; i++) {
                publisher.publish(Event.of("orders.created", Integer.toString(i)));
            }
            ServeFixture.until(() -> inflow.published().accepted() == 3 && inflow.heard().delivered() == 10);

            var closed = CompletableFuture.runAsync(inflow::close);
            ServeFixture.until(() -> {
                // Its wait for the outbox, and then its patience, are over.
                clock.advance(Duration.ofMillis(100));
                return closed.isDone();
            });

            PublisherSums sums = inflow.published();
            assertThat(sums.offered()).isEqualTo(10);
            assertThat(sums.accepted()).isEqualTo(3);
            assertThat(sums.refused()).isEqualTo(7);
            assertThat(inflow.heard().difference()).isZero();
        }
    }
}
