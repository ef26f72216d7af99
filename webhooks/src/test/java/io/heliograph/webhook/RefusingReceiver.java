package io.heliograph.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Refuses some events at random with 500, and remembers the numbers of the others in the order of their answers. Thread-safe. */
final class RefusingReceiver implements AutoCloseable {

    private static final String OKAY = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 500 Not Now\r\nContent-Length: 0\r\n\r\n";
    private static final int PERCENT = 100;

    private final Random random;
    private final int refusedPercent;
    private final String idBefore;
    private final TestReceiver receiver;
    private final List<Long> accepted = Collections.synchronizedList(new ArrayList<>());

    /** @param idPrefix what stands before the number in the id of each event */
    RefusingReceiver(long seed, int refusedPercent, String idPrefix) throws IOException {
        this.random = new Random(seed);
        this.refusedPercent = refusedPercent;
        this.idBefore = "\"id\":\"" + idPrefix;
        this.receiver = TestReceiver.start(this::serve);
    }

    private void serve(TestReceiver.Connection connection) throws IOException {
        for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
            String body = new String(request.get().body(), StandardCharsets.UTF_8);
            int from = body.indexOf(idBefore) + idBefore.length();
            boolean isRefused = isRefused();
            if (!isRefused) {
                accepted.add(Long.parseLong(body.substring(from, body.indexOf('"', from))));
            }
            connection.write(isRefused ? BUSY : OKAY);
        }
    }

    private synchronized boolean isRefused() {
        return random.nextInt(PERCENT) < refusedPercent;
    }

    /** An endpoint that leads here and is tried again soon, however often it fails. */
    EndpointSpec spec(Ordering ordering, Duration retry) {
        EndpointSpec spec = OutboxFixture.spec(receiver.url());
        var breaker = new BreakerConfig(1_000, Duration.ofMillis(1), Duration.ofMillis(1));
        var delays = new ArrayList<>(Collections.nCopies(20, retry));
        delays.set(0, Duration.ZERO);
        return spec.withRetry(spec.retry().withDelays(delays))
                .withLimits(spec.limits().withOrdering(ordering).withBreaker(breaker).withConcurrency(16));
    }

    /** The numbers of the events that it took. */
    List<Long> accepted() {
        synchronized (accepted) {
            return List.copyOf(accepted);
        }
    }

    @Override
    public void close() throws IOException {
        receiver.close();
    }
}
