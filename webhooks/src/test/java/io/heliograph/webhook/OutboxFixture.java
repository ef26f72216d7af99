package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/** An outbox on SQLite in a folder; the store runs on the machine's clock, all else on one that may be moved by hand. */
final class OutboxFixture implements AutoCloseable {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final MasterKey MASTER = MasterKey.fromEnvironment(Map.of("KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), "KEY");

    final SqlStore store;
    final Outbox outbox;
    final Environment environment;

    private OutboxFixture(StoreAddress address, Clock clock, WallClock wallClock, OutboxConfig config, NoticeListener notices,
            StoreLimits limits, Conditions conditions) {
        environment = new Environment(clock, wallClock, new SecureRandom(), notices);
        store = SqlStore.open(address, List.of(Outbox.schema()), limits, Environment.system());
        outbox = Outbox.open(store, SecretSeal.of(List.of(MASTER), new SecureRandom()), conditions, OutboxObserver.NONE, config, environment);
    }

    static OutboxFixture open(Path folder) {
        return open(StoreAddress.parse(folder.toString()));
    }

    static OutboxFixture open(StoreAddress address) {
        return new OutboxFixture(address, Clock.SYSTEM, WallClock.SYSTEM, OutboxConfig.defaults(), NoticeListener.NONE,
                StoreLimits.DEFAULT, Conditions.NONE);
    }

    static OutboxFixture open(StoreAddress address, ManualClock clock) {
        return new OutboxFixture(address, clock, clock, OutboxConfig.defaults(), NoticeListener.NONE, StoreLimits.DEFAULT,
                Conditions.NONE);
    }

    static OutboxFixture open(Path folder, Clock clock, WallClock wallClock) {
        return new OutboxFixture(StoreAddress.parse(folder.toString()), clock, wallClock, OutboxConfig.defaults(), NoticeListener.NONE,
                StoreLimits.DEFAULT, Conditions.NONE);
    }

    static OutboxFixture open(Path folder, StoreLimits limits) {
        return new OutboxFixture(StoreAddress.parse(folder.toString()), Clock.SYSTEM, WallClock.SYSTEM, OutboxConfig.defaults(),
                NoticeListener.NONE, limits, Conditions.NONE);
    }

    static OutboxFixture open(Path folder, ManualClock clock, OutboxConfig config, NoticeListener notices) {
        return new OutboxFixture(StoreAddress.parse(folder.toString()), clock, clock, config, notices, StoreLimits.DEFAULT,
                Conditions.NONE);
    }

    static OutboxFixture open(Path folder, Conditions conditions) {
        return new OutboxFixture(StoreAddress.parse(folder.toString()), Clock.SYSTEM, WallClock.SYSTEM, OutboxConfig.defaults(),
                NoticeListener.NONE, StoreLimits.DEFAULT, conditions);
    }

    static EndpointSpec spec(String url) {
        return EndpointSpec.of(TargetUrl.parse(url), KeyRing.of(SigningKey.parse(SECRET)));
    }

    static Event event(int number) {
        return Event.builder("orders.created").id("o-" + number).source("/shop")
                .data(("{\"n\": " + number + "}").getBytes(StandardCharsets.UTF_8), "application/json").build();
    }

    Endpoint add(EndpointSpec spec) {
        return outbox.endpoints().add(Outbox.DEFAULT_TENANT, spec).join();
    }

    /** Claims what is ready, whenever it is due, until somebody gives it back. */
    List<DueDelivery> claim(Endpoint endpoint, int most) {
        return store.write(sql -> DeliveryRows.claim(sql, endpoint.id(), Long.MAX_VALUE, Long.MAX_VALUE, most)).join();
    }

    /** Writes that they were answered with 2xx, and no more. */
    void delivered(List<DueDelivery> deliveries) {
        store.write(sql -> {
            var balances = new Balances(sql);
            DeliveryRows.delivered(sql, balances, deliveries);
            balances.flush();
            return deliveries;
        }).join();
    }

    EndpointSums sums(Endpoint endpoint) {
        return outbox.endpoints().sums(endpoint.id()).orElseThrow();
    }

    /** Both sums hold, and what waits by the sums is what waits by the rows. */
    void assertLaw() {
        assertThat(outbox.sums().difference()).as("%s", outbox.sums()).isZero();
        for (Endpoint endpoint : outbox.endpoints().all()) {
            EndpointSums sums = sums(endpoint);
            assertThat(sums.difference()).as("%s", sums).isZero();
            assertThat(count("SELECT count(*) FROM webhooks_delivery WHERE endpoint = ? AND state <= 2", endpoint.id()))
                    .isEqualTo(sums.waiting());
            assertThat(count("SELECT coalesce(sum(size), 0) FROM webhooks_delivery WHERE endpoint = ? AND state <= 2", endpoint.id()))
                    .isEqualTo(sums.waitingBytes());
        }
    }

    long count(String query, Object... parameters) {
        return store.read(sql -> sql.row(query, row -> row.getLong(1), parameters)).orElseThrow();
    }

    @Override
    public void close() {
        outbox.close();
        store.close();
    }
}
