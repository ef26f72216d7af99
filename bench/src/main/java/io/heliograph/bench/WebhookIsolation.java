package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * 10,000 endpoints of as many tenants and hosts, 1,000 events a second, each to one of them: how long after its moment an event
 * arrives at those that are well, while some of the others refuse connections, are silent, or drip.
 */
final class WebhookIsolation {

    static final int DEAD_PERCENT = 30;

    private static final int ENDPOINTS = 10_000;
    private static final int NUMBER_DIGITS = 12;
    private static final long INTERVAL_NS = 1_000_000;
    private static final long SEED = 0x5EED;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Until then compilers take a good part of two processors, and what is dead is tried for the first time. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration WINDOW = WebhookChild.either(Duration.ofMillis(1_500), Duration.ofMillis(2_500));

    private final int deadPercent;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final Recorder latencies = new Recorder(3);
    private final AtomicLong refused = new AtomicLong();
    private volatile long firstNs;
    private volatile boolean isOver;

    WebhookIsolation(int deadPercent) {
        this.deadPercent = deadPercent;
    }

    void measure(WebhookTask task, Tell tell) throws Exception {
        Path folder = Files.createTempDirectory("bench-webhooks");
        try (var well = new SlowReceivers(SlowReceivers.Kind.WELL, this::arrived);
                var silent = new SlowReceivers(SlowReceivers.Kind.SILENT, body -> { });
                var dripping = new SlowReceivers(SlowReceivers.Kind.DRIPPING, body -> { });
                var bed = new WebhookStore(folder)) {
            register(bed, well.port(), List.of(SlowReceivers.closedPort(), silent.port(), dripping.port()));
            try (Deliveries deliveries = bed.start()) {
                long rssBefore = residentBytes();
                Thread sender = Thread.ofPlatform().daemon().name("sender").start(() -> publish(bed, HttpMessages.event(task.eventBytes())));
                TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
                latencies.getIntervalHistogram();
                for (int i = 0; i < task.windows(); i++) {
                    TimeUnit.NANOSECONDS.sleep(WINDOW.toNanos());
                    tell(latencies.getIntervalHistogram(), tell);
                    tell.sample(SuiteReport.BESIDE + "rss_growth_mib", (residentBytes() - rssBefore) / (double) (1 << 20));
                    tell.sample(SuiteReport.BESIDE + "sockets_per_dead",
                            (silent.open() + dripping.open()) / Math.max(1.0, ENDPOINTS * deadPercent / 100.0 * 2 / 3));
                }
                isOver = true;
                sender.join();
                if (deliveries.underWay() < 0 || refused.get() > 0) {
                    throw new MeasurementFailed(refused + " events were refused");
                }
            }
        } finally {
            Nginx.deleteAll(folder);
        }
    }

    private static void tell(Histogram histogram, Tell tell) throws MeasurementFailed {
        if (histogram.getTotalCount() == 0) {
            throw new MeasurementFailed("nothing arrived");
        }
        OneWay.tellPercentiles(tell, histogram);
    }

    /** The dead are spread among the others, a third of each kind. */
    private void register(WebhookStore bed, int well, List<Integer> dead) {
        List<CompletableFuture<Endpoint>> added = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            boolean isDead = i % 100 < deadPercent;
            int port = isDead ? dead.get(i % dead.size()) : well;
            EndpointSpec spec = WebhookStore.spec("http://e" + i + ".example:" + port + "/hook").withTimeout(TIMEOUT);
            added.add(bed.outbox.endpoints().add("tenant-" + i, spec));
            if (added.size() % 1_000 == 0) {
                added.forEach(CompletableFuture::join);
            }
        }
        added.forEach(one -> endpoints.add(one.join()));
    }

    private void publish(WebhookStore bed, Event template) {
        var random = new Random(SEED);
        byte[] data = new byte[template.dataLength()];
        template.data().get(data);
        firstNs = System.nanoTime() + INTERVAL_NS;
        for (long n = 0; !isOver; n++) {
            long dueNs = firstNs + n * INTERVAL_NS;
            while (dueNs - System.nanoTime() > 0) {
                LockSupport.parkNanos(dueNs - System.nanoTime());
            }
            byte[] number = String.format("%0" + NUMBER_DIGITS + "d", n).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(number, 0, data, 0, NUMBER_DIGITS);
            Event event = template.toBuilder().data(data.clone(), "text/plain").build();
            var _ = bed.outbox.publish("tenant-" + random.nextInt(ENDPOINTS), event, Optional.empty()).thenAccept(publication -> {
                if (publication.result() != PublishResult.ACCEPTED) {
                    refused.incrementAndGet();
                }
            });
        }
    }

    private void arrived(String body) {
        long nowNs = System.nanoTime();
        int at = body.indexOf("\"data\":\"") + "\"data\":\"".length();
        long number = Long.parseLong(body.substring(at, at + NUMBER_DIGITS));
        latencies.recordValue(Math.max(0, nowNs - firstNs - number * INTERVAL_NS));
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10).findFirst().orElse(0);
    }
}
