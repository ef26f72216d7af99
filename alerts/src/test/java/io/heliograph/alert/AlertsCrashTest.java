package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heliograph.testkit.ChildProcess;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.WebhookClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that publishes, matches and delivers, at each point of an event's way, and looks for what it had acknowledged. */
class AlertsCrashTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("ack (\\d+)\\.");
    private static final Pattern ALERT = Pattern.compile("\"id\":\"([0-9a-f]{64})\"");
    private static final Pattern LISTING = Pattern.compile("\"id\":\"l-(\\d+)\"");

    @TempDir
    private Path folder;

    /** Takes alerts, or keeps them waiting, and tells of the first. */
    private static final class Receiver implements AutoCloseable {
        private final Set<String> received = ConcurrentHashMap.newKeySet();
        private final CountDownLatch first = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private final HttpServer server;
        private volatile boolean isTaking = true;

        Receiver() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::receive);
            server.start();
        }

        private void receive(HttpExchange exchange) throws IOException {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isTaken = isTaking;
            first.countDown();
            if (!isTaken) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            Matcher listing = LISTING.matcher(body);
            Matcher alert = ALERT.matcher(body);
            if (isTaken && listing.find() && alert.find()) {
                received.add(listing.group(1) + " " + alert.group(1));
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        @Override
        public void close() {
            over.countDown();
            server.stop(0);
        }
    }

    @Test
    void losesNothingAcknowledgedWhereverItIsKilled() throws Exception {
        killRounds(1);
    }

    @Test
    @Tag("slow")
    void losesNothingAcknowledgedWhereverItIsKilledThreeTimes() throws Exception {
        killRounds(3);
    }

    @Test
    @Tag("soak")
    void losesNothingAcknowledgedWhereverItIsKilledAHundredTimes() throws Exception {
        killRounds(100);
    }

    private void killRounds(int rounds) throws Exception {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Path data = folder.resolve("data");
        int from = 0;
        for (int round = 0; round < rounds; round++) {
            for (AlertsProcess.Point point : List.of(AlertsProcess.Point.ACKNOWLEDGED, AlertsProcess.Point.MATCHING,
                    AlertsProcess.Point.COMMITTED, AlertsProcess.Point.DELIVERING)) {
                kill(data, scratch, point, from, "round " + round + " at " + point);
                from += AlertsProcess.EVENTS;
            }
        }
    }

    private static void kill(Path data, Path scratch, AlertsProcess.Point point, int from, String when) throws Exception {
        try (Receiver receiver = new Receiver()) {
            try (AlertsFixture fixture = AlertsFixture.in(data).open()) {
                Endpoint endpoint = fixture.endpoint(receiver.url());
                fixture.put("s", SearchSpec.of("title:house").withThrottle(new Throttle(1_000_000, Duration.ofHours(1)))
                        .withDeliver(List.of(Recipient.parse("endpoint:" + endpoint.id()))));
            }
            receiver.isTaking = point != AlertsProcess.Point.DELIVERING;
            Set<String> acknowledged = new HashSet<>();
            try (ChildProcess child = AlertsProcess.start(data, scratch, point, from)) {
                child.awaitLine(line -> line.startsWith("ack "), PATIENCE);
                if (point == AlertsProcess.Point.DELIVERING) {
                    assertThat(receiver.first.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).as(when).isTrue();
                } else {
                    child.awaitLine(line -> line.equals("still."), PATIENCE);
                }
                ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
                child.awaitEnd(PATIENCE);
                for (String line : child.lines()) {
                    Matcher ack = ACKNOWLEDGED.matcher(line);
                    if (ack.matches()) {
                        acknowledged.add(ack.group(1));
                    }
                }
            }
            receiver.isTaking = true;
            receiver.over.countDown();
            assertThat(acknowledged).as(when).isNotEmpty();
            check(data, receiver, acknowledged, when);
        }
    }

    /** The next process does the rest: of each acknowledged event there is one alert, and its receiver has it, always with one id. */
    private static void check(Path data, Receiver receiver, Set<String> acknowledged, String when) {
        try (WebhookClient client = AlertsProcess.client(); AlertsFixture fixture = AlertsFixture.in(data).open();
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            fixture.awaitMatched();
            AlertsFixture.until(() -> deliveries.underWay() == 0 && fixture.count("SELECT sum(waiting) FROM webhooks_endpoint") == 0);
            for (String number : acknowledged) {
                String id = AlertEvents.id("s", "/listings", "l-" + number);
                assertThat(fixture.alerts.find(AlertsFixture.TENANT, id)).as("alert of " + number + ", " + when).isPresent();
                assertThat(receiver.received).as("delivered, " + when).contains(number + " " + id);
            }
            Set<String> numbers = new HashSet<>();
            receiver.received.forEach(one -> assertThat(numbers.add(one.substring(0, one.indexOf(' ')))).as("one id of " + one).isTrue());
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event e WHERE topic = 'listings.new' AND NOT EXISTS"
                    + " (SELECT 1 FROM alerts_alert a WHERE a.event = e.id)")).as(when).isZero();
            fixture.assertLaw();
        }
    }

    @Test
    void knowsASearchThatWasOnDiskAndNotInTheIndexWhenItWasKilled() throws Exception {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Path data = folder.resolve("data");
        try (ChildProcess child = AlertsProcess.start(data, scratch, AlertsProcess.Point.PUT, 0)) {
            // Its matcher stands, so nothing can have been registered.
            child.awaitLine(line -> line.equals("still."), PATIENCE);
            child.awaitLine(line -> line.equals("put."), PATIENCE);
            ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
            child.awaitEnd(PATIENCE);
        }
        try (AlertsFixture fixture = AlertsFixture.in(data).open()) {
            assertThat(fixture.alerts.searches().page(AlertsFixture.TENANT, Optional.empty(), "", 9)).extracting(SavedSearch::id)
                    .containsExactly("late");
            fixture.publish(AlertsFixture.listing(900, "House", 1));
            fixture.awaitMatched();
            assertThat(fixture.given()).contains("late l-900");
        }
    }
}
