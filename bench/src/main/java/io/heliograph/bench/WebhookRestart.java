package io.heliograph.bench;

import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.Outbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * How long an outbox of a million queued events takes from its opening to its first delivery. Its rows are written by one statement
 * beside it, since publishing them takes a minute.
 */
final class WebhookRestart {

    private static final int ROWS = 1_000_000;
    private static final long LOOK_AGAIN_NS = 500_000;

    private WebhookRestart() {
    }

    static void measure(WebhookTask task, Tell tell) throws Exception {
        Path folder = Files.createTempDirectory("bench-webhooks");
        try (Nginx receiver = Nginx.start()) {
            Endpoint endpoint;
            try (var bed = new WebhookStore(folder)) {
                endpoint = bed.outbox.endpoints().add(Outbox.DEFAULT_TENANT, WebhookStore.spec(receiver.url())).join();
            }
            fill(folder.resolve("heliograph.db"), endpoint, HttpMessages.body(task.eventBytes()));
            for (int i = 0; i < task.windows(); i++) {
                long startNs = System.nanoTime();
                try (var bed = new WebhookStore(folder); Deliveries deliveries = bed.start()) {
                    while (bed.client.counts().delivered() == 0 && deliveries.underWay() >= 0) {
                        TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN_NS);
                    }
                    tell.sample(WebhookRows.FIRST, (System.nanoTime() - startNs) / 1e9);
                    long waiting = bed.outbox.endpoints().sums(endpoint.id()).orElseThrow().waiting();
                    if (waiting < ROWS / 2) {
                        throw new MeasurementFailed("only " + waiting + " rows were left");
                    }
                }
            }
        } finally {
            Nginx.deleteAll(folder);
        }
    }

    private static void fill(Path file, Endpoint endpoint, byte[] content) throws Exception {
        String numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS + ") ";
        long nowMs = System.currentTimeMillis();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                PreparedStatement events = connection.prepareStatement("INSERT INTO webhooks_event (id, tenant, message, source, topic,"
                        + " content, at_ms) " + numbers + "SELECT i, 'default', printf('msg_%022d', i), '/', 'orders.created', ?, ? FROM n");
                PreparedStatement deliveries = connection.prepareStatement("INSERT INTO webhooks_delivery (event, endpoint, size,"
                        + " evictable, state, attempts, due_ms) " + numbers + "SELECT i, ?, ?, 1, 0, 0, ? FROM n")) {
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute("PRAGMA cache_size = -200000");
            connection.setAutoCommit(false);
            events.setBytes(1, content);
            events.setLong(2, nowMs);
            events.executeUpdate();
            deliveries.setString(1, endpoint.id());
            deliveries.setInt(2, content.length);
            deliveries.setLong(3, nowMs);
            deliveries.executeUpdate();
            statement.executeUpdate("UPDATE webhooks_endpoint SET known = " + ROWS + ", waiting = " + ROWS + ", evictable = " + ROWS
                    + ", waiting_bytes = " + (long) ROWS * content.length + ", evictable_bytes = " + (long) ROWS * content.length);
            connection.commit();
        }
    }
}
