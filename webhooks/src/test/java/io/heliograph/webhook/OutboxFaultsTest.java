package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong for days, in the disk, with the clock and at receivers. */
class OutboxFaultsTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");
    private static final String NOT_OKAY = TestReceiver.answer(500, "", "");

    @TempDir
    private Path folder;

    private static void settle(Deliveries deliveries) {
        Soon.until(() -> deliveries.underWay() == 0);
    }

    @Test
    void disablesWhatHasFailedForDaysTellsItAndKeepsItsQueue() throws Exception {
        var clock = new ManualClock();
        var isWell = new AtomicBoolean();
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        connection.write(isWell.get() ? OKAY : NOT_OKAY);
                    }
                });
                TestReceiver owner = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()).withTopics(List.of(TopicFilter.of("orders.>")))
                    .withRetry(RetrySchedule.defaults().withDelays(Collections.nCopies(60, Duration.ofHours(2)))));
            fixture.add(OutboxFixture.spec(owner.url()).withTopics(List.of(TopicFilter.of("heliograph.endpoint.*"))));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            for (int made = 1; fixture.outbox.endpoints().find(endpoint.id()).orElseThrow().isActive(); made++) {
                int count = made;
                // By chance it is up to a fifth longer.
                clock.advance(Duration.ofMinutes(145));
                Soon.until("attempt " + made, () -> receiver.requests().size() == count);
                settle(deliveries);
                assertThat(made).isLessThan(60);
            }
            assertThat(receiver.requests().size()).isBetween(29, 40);
            Soon.until(() -> owner.requests().size() == 2);
            assertThat(owner.requests().stream().map(request -> new String(request.body(), StandardCharsets.UTF_8)))
                    .anyMatch(body -> body.contains("heliograph.endpoint.failing") && body.contains(endpoint.id()))
                    .anyMatch(body -> body.contains("heliograph.endpoint.disabled") && body.contains(endpoint.id()));
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(1);
            fixture.outbox.publish(OutboxFixture.event(2)).join();
            assertThat(fixture.sums(endpoint).known()).isEqualTo(1);

            isWell.set(true);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            clock.advance(Duration.ofHours(3));
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            settle(deliveries);
            fixture.assertLaw();
        }
    }

    @Test
    void losesWhatOutlivesItsTimeToLiveInItsQueue() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.publish(Event.builder("t").id("short").ttl(Duration.ofMinutes(1)).build()).join();
            fixture.outbox.publish(Event.builder("t").id("long").ttl(Duration.ofHours(1)).build()).join();
            clock.advance(Duration.ofMinutes(2));
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> fixture.sums(endpoint).waiting() == 0);
            settle(deliveries);
            assertThat(fixture.sums(endpoint).lost()).isEqualTo(Map.of(LossReason.EXPIRED, 1L));
            assertThat(receiver.requests()).hasSize(1);
            assertThat(new String(receiver.requests().getFirst().body(), StandardCharsets.UTF_8)).contains("\"id\":\"long\"");
            fixture.assertLaw();
        }
    }

    @Test
    void sendsAndSettlesWhatItAcceptedThoughTheStoreIsFull() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, StoreLimits.DEFAULT.withMaxBytes(2 << 20))) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            int accepted = 0;
            Publication last = fixture.outbox.publish(Event.of("t", new byte[20_000])).join();
            while (last.result() == PublishResult.ACCEPTED) {
                accepted++;
                last = fixture.outbox.publish(Event.of("t", new byte[20_000])).join();
            }
            assertThat(last.result()).isEqualTo(PublishResult.BACK_PRESSURED);
            assertThat(last.detail()).contains("store-limit").doesNotContain(folder.getFileName().toString());
            assertThat(accepted).isBetween(20, 200);
            int all = accepted;
            try (Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
                Soon.until(() -> fixture.sums(endpoint).delivered() == all);
                settle(deliveries);
            }
            assertThat(receiver.requests()).hasSize(all);
            fixture.assertLaw();
        }
    }

    @Test
    void sendsAllThoughTheWallClockIsSetBackAndForth() throws Exception {
        var clock = new ManualClock();
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.publish(OutboxFixture.event(0)).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            // What waits behind it was stored by the later clock: it waits until that comes again.
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            clock.stepWall(Duration.ofHours(-1));
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            fixture.outbox.publish(OutboxFixture.event(2)).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 2);
            settle(deliveries);
            clock.stepWall(Duration.ofHours(2));
            fixture.outbox.publish(OutboxFixture.event(3)).join();
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 4);
            settle(deliveries);
            assertThat(receiver.requests()).hasSize(4);
            fixture.assertLaw();
        }
    }

    @Test
    void deliversAllThroughAReceiverThatFlaps() throws Exception {
        var clock = new ManualClock();
        var number = new AtomicInteger();
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
                        switch (number.getAndIncrement() % 4) {
                            case 0 -> connection.write(NOT_OKAY);
                            // Half closed: it has said all it will say.
                            case 1 -> {
                                connection.shutdownOutput();
                                return;
                            }
                            default -> connection.write(OKAY);
                        }
                    }
                });
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            for (int i = 0; i < 40; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            Soon.until(() -> {
                clock.advance(Duration.ofMinutes(5));
                return fixture.sums(endpoint).delivered() == 40;
            });
            settle(deliveries);
            Map<Object, Long> ids = receiver.requests().stream().collect(Collectors.groupingBy(
                    request -> request.header("webhook-id").orElseThrow(), Collectors.counting()));
            assertThat(ids).hasSize(40);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_attempt")).isEqualTo(receiver.requests().size());
            fixture.assertLaw();
        }
    }
}
