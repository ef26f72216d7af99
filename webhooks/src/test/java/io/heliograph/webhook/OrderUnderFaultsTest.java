package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that refuses some at random gets each key's events in their order all the same, while its endpoint is paused and resumed. */
class OrderUnderFaultsTest {

    private static final int KEYS = 20;
    private static final int EVENTS = 2_000;
    /** All of it is delivered before the next one, so that nothing is in the queue, where what comes would have to wait. */
    private static final int BURST = 100;
    private static final String OKAY = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 500 Not Now\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    /** In the order of their answers. */
    private final List<Integer> accepted = Collections.synchronizedList(new ArrayList<>());

    private synchronized boolean isChosen(int percent) {
        return random.nextInt(100) < percent;
    }

    private void serve(TestReceiver.Connection connection, int refusedPercent) throws IOException {
        for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
            String body = new String(request.get().body(), StandardCharsets.UTF_8);
            int from = body.indexOf("\"id\":\"e-") + "\"id\":\"e-".length();
            boolean isRefused = isChosen(refusedPercent);
            if (!isRefused) {
                accepted.add(Integer.parseInt(body.substring(from, body.indexOf('"', from))));
            }
            connection.write(isRefused ? BUSY : OKAY);
        }
    }

    private static EndpointSpec spec(TestReceiver receiver, Ordering ordering) {
        EndpointSpec spec = OutboxFixture.spec(receiver.url());
        var breaker = new BreakerConfig(1_000, Duration.ofMillis(1), Duration.ofMillis(1));
        var delays = new ArrayList<>(Collections.nCopies(20, Duration.ofMillis(2)));
        delays.set(0, Duration.ZERO);
        return spec.withRetry(spec.retry().withDelays(delays))
                .withLimits(spec.limits().withOrdering(ordering).withBreaker(breaker).withConcurrency(16));
    }

    private void keepsOrder(Ordering ordering, int events, int refusedPercent) throws Exception {
        try (TestReceiver receiver = TestReceiver.start(connection -> serve(connection, refusedPercent));
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(spec(receiver, ordering));
            for (int from = 0; from < events; from += BURST) {
                List<CompletableFuture<Publication>> published = new ArrayList<>();
                for (int i = from; i < from + BURST; i++) {
                    published.add(fixture.outbox.publish(Event.builder("t").subject("k-" + i % KEYS).id("e-" + i).build()));
                    if (isChosen(1)) {
                        fixture.outbox.endpoints().pause(endpoint.id()).join();
                        fixture.outbox.endpoints().resume(endpoint.id()).join();
                    }
                }
                published.forEach(CompletableFuture::join);
                int until = from + BURST;
                Soon.until(() -> fixture.sums(endpoint).delivered() == until);
            }
            sending.awaitIdle();

            int lines = ordering == Ordering.KEY ? KEYS : 1;
            for (int line = 0; line < lines; line++) {
                var expected = new ArrayList<Integer>();
                for (int i = line; i < events; i += lines) {
                    expected.add(i);
                }
                int number = line;
                assertThat(accepted.stream().filter(n -> n % lines == number).toList()).as("seed %d", seed).isEqualTo(expected);
            }
            fixture.assertLaw();
        }
    }

    @Test
    void keepsTheOrderOfEachKey() throws Exception {
        keepsOrder(Ordering.KEY, EVENTS, 1);
    }

    @Test
    void keepsTheOrderOfAnEndpoint() throws Exception {
        keepsOrder(Ordering.ENDPOINT, EVENTS / 5, 2);
    }
}
