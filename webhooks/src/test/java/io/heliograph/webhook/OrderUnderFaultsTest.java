package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that refuses some at random gets each key's events in their order all the same, while its endpoint is paused and resumed. */
class OrderUnderFaultsTest {

    private static final int KEYS = 20;
    private static final Duration RETRY = Duration.ofMillis(2);
    private static final int EVENTS = 2_000;
    /** All of it is delivered before the next one, so that nothing is in the queue, where what comes would have to wait. */
    private static final int BURST = 100;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private boolean isChosen(int percent) {
        return random.nextInt(100) < percent;
    }

    private void keepsOrder(Ordering ordering, int events, int refusedPercent) throws Exception {
        try (var receiver = new RefusingReceiver(random.nextLong(), refusedPercent, "e-");
                Sending sending = Sending.from(OutboxFixture.open(folder))) {
            OutboxFixture fixture = sending.fixture();
            Endpoint endpoint = fixture.add(receiver.spec(ordering, RETRY));
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
                var expected = new ArrayList<Long>();
                for (long i = line; i < events; i += lines) {
                    expected.add(i);
                }
                int number = line;
                assertThat(receiver.accepted().stream().filter(n -> n % lines == number).toList()).as("seed %d", seed).isEqualTo(expected);
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
