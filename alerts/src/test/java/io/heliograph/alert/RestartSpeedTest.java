package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long saved searches take to be put, and to be ready after a restart, with what was kept of their index and without it; and how many
 * events a second are matched. Prints the figures; what it asserts is that nothing is missing. {@code -Dsearches=} and {@code -Devents=}
 * change how many there are.
 */
@Tag("soak")
class RestartSpeedTest {

    private static final int WORDS = 20_000;

    @Test
    void isReadyAgainWithAllItsSearches(@TempDir Path folder) throws IOException {
        int searches = Integer.getInteger("searches", 100_000);
        int events = Integer.getInteger("events", 1_000);
        try (AlertsFixture fixture = open(folder)) {
            long fromNs = System.nanoTime();
            put(fixture, searches);
            System.out.printf("%,d searches put in %.2f s%n", searches, (System.nanoTime() - fromNs) / 1e9);
        }
        restart(folder, searches, "with its cache", 0);
        restart(folder, searches, "with its cache, again", events);
        delete(folder.resolve("searches"));
        restart(folder, searches, "without its cache", events);
    }

    private static void restart(Path folder, int searches, String how, int events) {
        try (AlertsFixture fixture = open(folder)) {
            System.out.printf("%,d searches ready %s in %.2f s%n", fixture.alerts.readiness().searches(), how,
                    fixture.alerts.readiness().took().toNanos() / 1e9);
            assertThat(fixture.alerts.readiness().searches()).isEqualTo(searches);
            if (events > 0) {
                match(fixture, events, how);
            }
            fixture.assertLaw();
        }
    }

    private static void match(AlertsFixture fixture, int events, String how) {
        long fromNs = System.nanoTime();
        long cpuNs = cpuNs();
        publish(fixture, events, how.hashCode());
        double publishedS = (System.nanoTime() - fromNs) / 1e9;
        fixture.awaitMatched();
        double matchedS = (System.nanoTime() - fromNs) / 1e9;
        System.out.printf("%,d events published in %.2f s, matched in %.2f s, %,d us of processors for each, %,d alerts%n", events, publishedS,
                matchedS, (cpuNs() - cpuNs) / 1_000 / events, fixture.count("SELECT count(*) FROM alerts_alert"));
        assertThat(fixture.alerts.matched().delivered()).isEqualTo(events);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static AlertsFixture open(Path folder) {
        return AlertsFixture.in(folder).with(AlertsConfig.defaults().withCache(folder.resolve("searches"))).open();
    }

    private static long cpuNs() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void put(AlertsFixture fixture, int searches) {
        var random = new Random(77);
        var lines = new ArrayList<String>();
        for (int i = 0; i < searches; i++) {
            String query = switch (random.nextInt(4)) {
                case 0 -> "title:" + word(random);
                case 1 -> "title:" + word(random) + " AND body:" + word(random);
                case 2 -> "body:\\\"" + word(random) + " " + word(random) + "\\\"";
                default -> "city:city" + random.nextInt(5_000) + " AND price:[" + random.nextInt(500_000) + " TO " + (500_000 + random.nextInt(500_000)) + "]";
            };
            lines.add("{\"id\":\"s-" + i + "\",\"query\":\"" + query + "\"}");
            if (lines.size() == 10_000 || i == searches - 1) {
                fixture.alerts.searches().importLines("default", 1, lines);
                lines.clear();
            }
        }
    }

    private static String word(Random random) {
        return "w" + (int) (WORDS * Math.pow(random.nextDouble(), 3));
    }

    private static void publish(AlertsFixture fixture, int events, long salt) {
        var random = new Random(5);
        var published = new ArrayList<CompletableFuture<PublishResult>>();
        for (int i = 0; i < events; i++) {
            var body = new StringBuilder();
            for (int w = 0; w < 100; w++) {
                body.append(word(random)).append(' ');
            }
            Event event = Event.json("listings.new", "{\"title\":\"" + word(random) + " " + word(random) + "\",\"body\":\"" + body
                    + "\",\"city\":\"city" + random.nextInt(5_000) + "\",\"price\":" + random.nextInt(1_000_000) + "}").toBuilder()
                    .id("e-" + salt + "-" + i).build();
            published.add(fixture.outbox.publish("default", event, Optional.empty()).thenApply(one -> one.result()));
        }
        assertThat(published.stream().map(CompletableFuture::join)).containsOnly(PublishResult.ACCEPTED);
    }
}
