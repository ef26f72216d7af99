package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.store.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Events in the other database. */
@Timeout(90)
@EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
class ServePostgresTest {

    @TempDir
    Path folder;

    @Test
    void whatIsPublishedIsDeliveredAndThereAfterARestart() throws Exception {
        ServeConfig config = ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV).withStore(PostgresServer.shared().freshSchema());
        String id;
        try (HookReceiver receiver = HookReceiver.answering(204); ServeFixture house = ServeFixture.of(config)) {
            id = house.endpoint(receiver.url(), "\"ordered\":\"key\"").text("/id");
            house.publish("o-1").expect(202);
            assertThat(house.publish("o-1").expect(202).text("/novelty")).isEqualTo("repeated");
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);
            assertThat(receiver.hooks()).hasSize(1);
        }
        assertThat(folder.resolve("heliograph.db")).doesNotExist();
        try (ServeFixture house = ServeFixture.of(config)) {
            assertThat(house.sum(id, "delivered")).isEqualTo(1);
            assertThat(house.get("/v1/events/o-1").expect(200).text("/deliveries/0/state")).isEqualTo("delivered");
        }
    }
}
