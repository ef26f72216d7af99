package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.store.CrashingProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that sends events in the order of their keys to a receiver that refuses some: those behind a refused one wait, and
 * the next process keeps their order as well.
 */
class OrderAfterCrashTest {

    private static final int KEYS = 20;
    private static final int REFUSED_PERCENT = 5;
    private static final Duration RETRY = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void keepsTheOrderOfEachKeyWhenItIsKilledTwice() throws Exception {
        killRounds(2);
    }

    @Test
    @Tag("soak")
    void keepsTheOrderOfEachKeyWhenItIsKilledFiftyTimes() throws Exception {
        killRounds(50);
    }

    private void killRounds(int rounds) throws Exception {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        for (int round = 0; round < rounds; round++) {
            Path data = folder.resolve("data-" + round);
            try (var receiver = new RefusingReceiver(random.nextLong(), REFUSED_PERCENT, "o-")) {
                Endpoint endpoint;
                try (OutboxFixture fixture = OutboxFixture.open(data)) {
                    endpoint = fixture.add(receiver.spec(Ordering.KEY, RETRY));
                }
                Set<Long> acknowledged;
                try (CrashingProcess process = OutboxProcess.startKeyed(data, scratch, 0, KEYS)) {
                    process.awaitLines(500 + random.nextInt(1_500));
                    acknowledged = process.kill();
                }
                check(data, receiver, endpoint, acknowledged, "round " + round + " of seed " + seed);
            }
        }
    }

    /** The next process sends the rest, and what was under way once more. */
    private static void check(Path data, RefusingReceiver receiver, Endpoint endpoint, Set<Long> acknowledged, String when) {
        long underWay;
        try (WebhookClient client = WebhookClientFixture.client(); OutboxFixture fixture = OutboxFixture.open(data)) {
            underWay = fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state = 1");
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                Awaitility.await(when).atMost(CrashingProcess.PATIENCE).until(() -> fixture.sums(endpoint).waiting() == 0);
                assertThat(deliveries.underWay()).isGreaterThanOrEqualTo(0);
            }
            fixture.assertLaw();
        }
        List<Long> accepted = receiver.accepted();
        List<Long> firsts = accepted.stream().distinct().toList();
        for (int key = 0; key < KEYS; key++) {
            int number = key;
            assertThat(firsts.stream().filter(n -> n % KEYS == number).toList()).as("key %d, %s", key, when).isSorted();
        }
        var missing = new HashSet<>(acknowledged);
        firsts.forEach(missing::remove);
        assertThat(acknowledged).as(when).isNotEmpty();
        assertThat(missing).as("acknowledged and lost, " + when).isEmpty();
        assertThat(accepted.size() - firsts.size()).as("duplicates, " + when).isLessThanOrEqualTo((int) underWay);
    }
}
