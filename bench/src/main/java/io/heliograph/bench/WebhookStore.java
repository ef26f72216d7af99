package io.heliograph.bench;

import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.MasterKey;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.OutboxConfig;
import io.heliograph.webhook.SecretSeal;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.TargetGuard;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/** An outbox in a data folder and what sends it, all on its defaults; every name leads to loopback. Confined to one thread. */
final class WebhookStore implements AutoCloseable {

    private static final MasterKey MASTER =
            MasterKey.fromEnvironment(Map.of("KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), "KEY");
    private static final TargetGuard LOOPBACK =
            TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8")), host -> List.of(InetAddress.ofLiteral("127.0.0.1")));

    final SqlStore store;
    final Outbox outbox;
    final WebhookClient client;
    private final Environment environment = Environment.system();

    WebhookStore(Path folder) {
        store = SqlStore.open(StoreAddress.parse(folder.toString()), List.of(Outbox.schema()), StoreLimits.DEFAULT, environment);
        outbox = Outbox.open(store, SecretSeal.of(List.of(MASTER), new SecureRandom()), OutboxConfig.defaults(), environment);
        client = WebhookClient.open(WebhookClientConfig.defaults(), LOOPBACK, environment);
    }

    /** Begins to send. */
    Deliveries start() {
        return Deliveries.start(outbox, client, environment);
    }

    static EndpointSpec spec(String url) {
        return EndpointSpec.of(TargetUrl.parse(url), KeyRing.of(SigningKey.parse(HttpMessages.SECRET)));
    }

    @Override
    public void close() {
        client.close();
        outbox.close();
        store.close();
    }
}
