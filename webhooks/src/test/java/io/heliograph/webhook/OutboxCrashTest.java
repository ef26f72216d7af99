package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.store.CrashingProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that publishes and sends, at random moments, and looks for what it had acknowledged at the receiver. */
class OutboxCrashTest {

    private static final Pattern ID = Pattern.compile("\"id\":\"o-(\\d+)\"");
    private static final long ROUND = 10_000_000L;
    private static final int BATCH = 7;

    @TempDir
    private Path folder;

    @Test
    void losesNothingAcknowledgedWhenItIsKilled() throws Exception {
        killRounds(1);
    }

    @Test
    @Tag("slow")
    void losesNothingAcknowledgedWhenItIsKilledThreeTimes() throws Exception {
        killRounds(3);
    }

    @Test
    @Tag("soak")
    void losesNothingAcknowledgedWhenItIsKilledTwoHundredTimes() throws Exception {
        killRounds(200);
    }

    private void killRounds(int rounds) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        Path data = folder.resolve("data");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        for (int round = 0; round < rounds; round++) {
            String when = "round " + round + " of seed " + seed;
            try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""))) {
                Endpoint endpoint;
                try (OutboxFixture fixture = OutboxFixture.open(data)) {
                    for (Endpoint old : fixture.outbox.endpoints().all()) {
                        fixture.outbox.endpoints().remove(old.id()).join();
                    }
                    // In every second round the endpoint wants batches.
                    endpoint = fixture.add(OutboxFixture.spec(receiver.url())
                            .withBatch(round % 2 == 0 ? OptionalInt.empty() : OptionalInt.of(BATCH)));
                }
                Set<Long> acknowledged;
                try (CrashingProcess process = OutboxProcess.start(data, scratch, round * ROUND)) {
                    process.awaitLines(1 + random.nextInt(3_000));
                    acknowledged = process.kill();
                }
                check(data, receiver, endpoint, acknowledged, when);
            }
        }
    }

    /** The next process sends the rest; then all that was acknowledged has arrived, and twice only what was under way. */
    private static void check(Path data, TestReceiver receiver, Endpoint endpoint, Set<Long> acknowledged, String when) {
        long underWay;
        try (WebhookClient client = WebhookClientFixture.client(); OutboxFixture fixture = OutboxFixture.open(data)) {
            fixture.assertLaw();
            underWay = fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state = 1");
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                Awaitility.await(when).atMost(CrashingProcess.PATIENCE).until(() -> fixture.sums(endpoint).waiting() == 0);
                assertThat(deliveries.underWay()).isGreaterThanOrEqualTo(0);
            }
            fixture.assertLaw();
        }
        long events = 0;
        Map<Long, Set<String>> received = new HashMap<>();
        for (TestReceiver.Request request : receiver.requests()) {
            Matcher id = ID.matcher(new String(request.body(), StandardCharsets.UTF_8));
            while (id.find()) {
                events++;
                received.computeIfAbsent(Long.valueOf(id.group(1)), n -> new HashSet<>()).add(request.header("webhook-id").orElseThrow());
            }
        }
        var missing = new HashSet<>(acknowledged);
        missing.removeAll(received.keySet());
        assertThat(acknowledged).as(when).isNotEmpty();
        assertThat(missing).as("acknowledged and lost, " + when).isEmpty();
        assertThat(received.values()).as("webhook-ids of one event, " + when).allMatch(ids -> ids.size() == 1);
        assertThat(events - received.size()).as("duplicates, " + when).isLessThanOrEqualTo(underWay);
    }
}
