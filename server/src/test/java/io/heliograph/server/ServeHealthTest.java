package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /healthz} tells of the store. */
@Timeout(60)
class ServeHealthTest {

    @TempDir
    Path folder;

    @Test
    void aFullStoreIsToldAndWhoeverTriesKeysIsSlowedDown() {
        ServeConfig config = ServeConfig.of(folder).withLimits(ServeLimits.defaults().withStoreBytes(1 << 20));
        try (ServeFixture house = ServeFixture.of(config)) {
            house.get("/healthz").expect(200);
            String large = ServeFixture.event("x").replace("{\"n\": 1}", "\"" + "a".repeat(100_000) + "\"");
            for (int i = 0; i < 20; i++) {
                house.send("POST", "/v1/events", Optional.of(large.replace("\"x\"", "\"x-" + i + "\"")),
                        house.serve.firstKey().map(ApiKey::reveal), "Content-Type", "application/cloudevents+json");
            }

            ServeFixture.until(() -> house.get("/healthz").status() == 503);
            assertThat(house.get("/healthz").expectProblem(503, "store-full").raw().body()).doesNotContain(folder.toString());

            Optional<String> wrong = Optional.of("x".repeat(40));
            for (int i = 0; i < KeyBrake.AT_ONCE; i++) {
                house.send("GET", "/v1/ledger", Optional.empty(), wrong).expectProblem(401, "unknown-key");
            }
            ServeFixture.until(() -> house.send("GET", "/v1/ledger", Optional.empty(), wrong).status() == 429);
            assertThat(house.get("/metrics").raw().body()).containsPattern("wrong_keys_total\\{outcome=\"braked\"} [1-9]");
        }
    }

    @Test
    void aClosedStoreIsToldAndItIsAskedOnceASecond() {
        var clock = new ManualClock();
        SqlStore store = SqlStore.open(new StoreAddress.DataFolder(folder), List.of(StoreHealth.schema()), StoreLimits.DEFAULT,
                Environment.system());
        var health = new StoreHealth(store, clock);
        assertThat(health.fault()).isEmpty();
        long written = store.counters().written();
        assertThat(health.fault()).isEmpty();
        assertThat(store.counters().written()).isEqualTo(written);
        store.close();
        assertThat(health.fault()).isEmpty();

        clock.advance(Duration.ofSeconds(1));

        assertThat(health.fault()).hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo("store-closed"));
    }
}
