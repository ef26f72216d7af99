package io.heliograph.alert;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * How long saved searches take to be put, and to be ready after a restart; and how many events a second are matched. A program, not a
 * test. Arguments: a folder, how many searches, how many events.
 */
final class RestartSpeed {

    private static final int WORDS = 20_000;

    private RestartSpeed() {
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int searches = Integer.parseInt(arguments[1]);
        int events = Integer.parseInt(arguments[2]);
        boolean isNew = !Files.exists(folder.resolve("heliograph.db"));
        if (isNew) {
            try (AlertsFixture fixture = open(folder)) {
                long fromNs = System.nanoTime();
                put(fixture, searches);
                System.out.printf("%,d searches put in %.2f s%n", searches, (System.nanoTime() - fromNs) / 1e9);
            }
        }
        try (AlertsFixture fixture = open(folder)) {
            System.out.println("ready: " + fixture.alerts.readiness());
            long fromNs = System.nanoTime();
            long cpuNs = cpuNs();
            publish(fixture, events, isNew ? 0 : System.nanoTime());
            double publishedS = (System.nanoTime() - fromNs) / 1e9;
            fixture.awaitMatched();
            double matchedS = (System.nanoTime() - fromNs) / 1e9;
            System.out.printf("%,d events published in %.2f s, matched in %.2f s, %,d us of processors for each, %,d alerts%n", events,
                    publishedS, matchedS, (cpuNs() - cpuNs) / 1_000 / Math.max(1, events), fixture.count("SELECT count(*) FROM alerts_alert"));
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
        List<PublishResult> results = published.stream().map(CompletableFuture::join).toList();
        if (!results.stream().allMatch(PublishResult.ACCEPTED::equals)) {
            System.out.println("refused: " + results.stream().filter(one -> one != PublishResult.ACCEPTED).count());
        }
    }
}
