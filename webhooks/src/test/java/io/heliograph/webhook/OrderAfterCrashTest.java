package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.store.CrashingProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
    private static final String OKAY = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 500 Not Now\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    /** In the order of their answers. */
    private final List<Long> accepted = Collections.synchronizedList(new ArrayList<>());

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
            accepted.clear();
            try (TestReceiver receiver = TestReceiver.start(this::serve)) {
                Endpoint endpoint;
                try (OutboxFixture fixture = OutboxFixture.open(data)) {
                    endpoint = fixture.add(inOrder(receiver));
                }
                Set<Long> acknowledged;
                try (CrashingProcess process = OutboxProcess.startKeyed(data, scratch, 0, KEYS)) {
                    process.awaitLines(500 + drawn(1_500));
                    acknowledged = process.kill();
                }
                check(data, endpoint, acknowledged, "round " + round + " of seed " + seed);
            }
        }
    }

    private synchronized int drawn(int below) {
        return random.nextInt(below);
    }

    private void serve(TestReceiver.Connection connection) throws IOException {
        for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
            String body = new String(request.get().body(), StandardCharsets.UTF_8);
            int from = body.indexOf("\"id\":\"o-") + "\"id\":\"o-".length();
            boolean isRefused = drawn(100) < REFUSED_PERCENT;
            if (!isRefused) {
                accepted.add(Long.parseLong(body.substring(from, body.indexOf('"', from))));
            }
            connection.write(isRefused ? BUSY : OKAY);
        }
    }

    private static EndpointSpec inOrder(TestReceiver receiver) {
        EndpointSpec spec = OutboxFixture.spec(receiver.url());
        var breaker = new BreakerConfig(1_000, Duration.ofMillis(1), Duration.ofMillis(1));
        var delays = new ArrayList<>(Collections.nCopies(20, Duration.ofMillis(20)));
        delays.set(0, Duration.ZERO);
        return spec.withRetry(spec.retry().withDelays(delays))
                .withLimits(spec.limits().withOrdering(Ordering.KEY).withBreaker(breaker).withConcurrency(16));
    }

    /** The next process sends the rest, and what was under way once more. */
    private void check(Path data, Endpoint endpoint, Set<Long> acknowledged, String when) {
        long underWay;
        try (WebhookClient client = WebhookClientFixture.client(); OutboxFixture fixture = OutboxFixture.open(data)) {
            underWay = fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state = 1");
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                Awaitility.await(when).atMost(CrashingProcess.PATIENCE).until(() -> fixture.sums(endpoint).waiting() == 0);
                assertThat(deliveries.underWay()).isGreaterThanOrEqualTo(0);
            }
            fixture.assertLaw();
        }
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
