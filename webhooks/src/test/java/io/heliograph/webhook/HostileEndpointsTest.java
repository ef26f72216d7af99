package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.TopicFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers that do what none should, through the outbox and its deliveries, beside one that works. */
class HostileEndpointsTest {

    private static final int EVENTS = 20;
    private static final BreakerConfig NO_BREAKER = new BreakerConfig(1_000, Duration.ofSeconds(1), Duration.ofSeconds(1));
    private static final String OKAY = TestReceiver.answer(204, "", "");

    @TempDir
    private Path folder;

    private static void drip(TestReceiver.Connection connection, String begin) throws IOException {
        connection.read();
        connection.write(begin);
        while (true) {
            connection.write("a");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] bomb() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[20_000_000]);
        }
        return packed.toByteArray();
    }

    /** What each does, and how an attempt at it ends. */
    private static Map<String, TestReceiver.Behaviour> misdeeds(CountDownLatch held) throws IOException {
        byte[] bomb = bomb();
        var misdeeds = new LinkedHashMap<String, TestReceiver.Behaviour>();
        misdeeds.put("held connection_lost", connection -> {
            connection.read();
            await(held);
        });
        misdeeds.put("silent timeout", TestReceiver.Connection::awaitEnd);
        misdeeds.put("dripping-fields timeout", connection -> drip(connection, "HTTP/1.1 200 OK\r\n"));
        misdeeds.put("dripping-body delivered", connection -> drip(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
        misdeeds.put("endless-body status", connection -> {
            connection.read();
            connection.write("HTTP/1.1 500 x\r\n\r\n");
            while (true) {
                connection.out.write(new byte[8192]);
            }
        });
        misdeeds.put("gzip-bomb delivered", connection -> {
            while (connection.read().isPresent()) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
                connection.out.write(bomb);
            }
        });
        misdeeds.put("header-bomb malformed", connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\n" + "X-Bomb: 1234567890\r\n".repeat(50_000) + "\r\n");
            connection.awaitEnd();
        });
        misdeeds.put("half-closed connection_lost", connection -> {
            connection.read();
            connection.shutdownOutput();
            connection.awaitEnd();
        });
        return misdeeds;
    }

    @Test
    void disturbNobodyElseAndAreAccountedFor() throws Exception {
        Map<String, TestReceiver> hostile = new LinkedHashMap<>();
        var held = new CountDownLatch(1);
        misdeeds(held).forEach((name, behaviour) -> hostile.put(name, TestReceiver.start(behaviour)));
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        try (TestReceiver working = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint healthy = fixture.add(OutboxFixture.spec(working.url()).withTopics(List.of(TopicFilter.of("orders.>"))));
            for (Map.Entry<String, TestReceiver> one : hostile.entrySet()) {
                endpoints.put(one.getKey(), fixture.add(OutboxFixture.spec(one.getValue().url())
                        .withTopics(List.of(TopicFilter.of("orders.>")))
                        .withTimeout(one.getKey().startsWith("held") ? Duration.ofMinutes(2) : Duration.ofMillis(500))
                        .withLimits(EndpointLimits.defaults().withBreaker(NO_BREAKER))
                        .withRetry(RetrySchedule.defaults().withDelays(List.of(Duration.ZERO)))));
            }
            for (int i = 0; i < EVENTS; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            Soon.until(() -> fixture.sums(healthy).delivered() == EVENTS);
            assertThat(working.requests()).hasSize(EVENTS);
            assertThat(fixture.sums(endpoints.get("held connection_lost")).waiting()).as("it waited for none of them").isEqualTo(EVENTS);
            held.countDown();
            endpoints.forEach((name, endpoint) -> Soon.until(name, () -> fixture.sums(endpoint).waiting() == 0));
            Soon.until(() -> deliveries.underWay() == 0);
            endpoints.forEach((name, endpoint) -> {
                String outcome = name.substring(name.indexOf(' ') + 1);
                EndpointSums sums = fixture.sums(endpoint);
                boolean isDelivered = outcome.equals("delivered");
                assertThat(sums.delivered()).as(name).isEqualTo(isDelivered ? EVENTS : 0);
                assertThat(sums.lost()).as(name).isEqualTo(isDelivered ? Map.of() : Map.of(LossReason.DEAD_LETTER, (long) EVENTS));
                assertThat(fixture.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 1_000)).as(name).hasSize(EVENTS)
                        .allMatch(attempt -> attempt.outcome().equals(outcome))
                        .allMatch(attempt -> attempt.snippet().getBytes(StandardCharsets.UTF_8).length <= 1_024);
            });
            // A new one is served at once: nothing of the others is left.
            fixture.outbox.publish(Event.of("orders.last", "x")).join();
            Soon.until(() -> fixture.sums(healthy).delivered() == EVENTS + 1);
            hostile.forEach((name, receiver) -> Soon.until(name, () -> receiver.open() <= EndpointLimits.defaults().concurrency()));
            fixture.assertLaw();
        } finally {
            for (TestReceiver receiver : hostile.values()) {
                receiver.close();
            }
        }
    }
}
