package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookPublisherTest {

    @TempDir
    private Path folder;

    private static EndpointSpec spec() {
        return OutboxFixture.spec("https://hooks.example.com/in");
    }

    private static void assertLaw(OutboxFixture fixture, WebhookPublisher publisher) {
        assertThat(publisher.sums().difference()).isZero();
        fixture.assertLaw();
    }

    @Test
    void acceptsWhatIsOnDiskAndCountsWhatNobodyHears() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            WebhookPublisher publisher = WebhookPublisher.open(fixture.outbox, "default", fixture.environment);
            assertThat(publisher.publish("t", "unheard")).isEqualTo(PublishResult.ACCEPTED);
            fixture.add(spec());
            byte[] bytes = "xdatax".getBytes(StandardCharsets.UTF_8);
            assertThat(publisher.publish("t", bytes, 1, 4)).isEqualTo(PublishResult.ACCEPTED);
            assertThatThrownBy(() -> publisher.publish("t", bytes, 3, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(publisher.publish(Event.of("t", new byte[2 << 20]))).isEqualTo(PublishResult.TOO_LARGE);
            assertThat(publisher.publishDurably(Event.of("t", "x")).join().where()).isEqualTo("outbox");
            assertThat(publisher.subscribers()).isEqualTo(1);
            assertThat(publisher.sums().accepted()).isEqualTo(3);
            assertThat(publisher.sums().unheard()).isEqualTo(1);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isEqualTo(3);

            publisher.close();
            assertThat(publisher.publish("t", "late")).isEqualTo(PublishResult.CLOSED);
            assertThatThrownBy(() -> publisher.publishDurably(Event.of("t", "x")).join()).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RefusedException.class);
            assertThat(publisher.sums().refused()).isEqualTo(3);
            assertLaw(fixture, publisher);
        }
    }

    @Test
    void waitsForRoomUnderBackPressureAsLongAsThePolicySays() throws Exception {
        var clock = new ManualClock();
        try (OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                WebhookPublisher publisher = WebhookPublisher.open(fixture.outbox, "default", fixture.environment)) {
            Endpoint endpoint = fixture.add(spec());
            publisher.replacePolicy(FlowPolicy.backPressure(Limit.events(1), Duration.ofSeconds(1)));
            assertThat(publisher.publish("t", "first")).isEqualTo(PublishResult.ACCEPTED);

            CompletableFuture<PublishResult> waiting = CompletableFuture.supplyAsync(() -> publisher.publish("t", "second"));
            assertThat(clock.awaitWaiting(1, Duration.ofSeconds(10))).isTrue();
            assertThat(waiting).isNotDone();
            fixture.delivered(fixture.claim(endpoint, 1));
            clock.advance(Duration.ofMillis(5));
            assertThat(waiting.join()).isEqualTo(PublishResult.ACCEPTED);

            CompletableFuture<PublishResult> refused = CompletableFuture.supplyAsync(() -> publisher.publish("t", "third"));
            Soon.until(() -> {
                clock.advance(Duration.ofMillis(250));
                return refused.isDone();
            });
            assertThat(refused.join()).isEqualTo(PublishResult.BACK_PRESSURED);
            assertLaw(fixture, publisher);
        }
    }
}
