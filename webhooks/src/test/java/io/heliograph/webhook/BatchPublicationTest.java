package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several events in one transaction. */
class BatchPublicationTest {

    @TempDir
    Path folder;

    private OutboxFixture fixture;

    @BeforeEach
    void open() {
        fixture = OutboxFixture.open(folder);
    }

    @AfterEach
    void close() {
        fixture.assertLaw();
        fixture.close();
    }

    @Test
    void takesAllOfThemOnceAndTellsItsFollowers() {
        Endpoint endpoint = fixture.add(OutboxFixture.spec("https://hooks.example.com/in"));
        var followed = new ArrayList<PublishedEvent>();
        fixture.outbox.follow(followed::add);
        List<Event> events = List.of(OutboxFixture.event(1), OutboxFixture.event(2), OutboxFixture.event(1));

        BatchPublication batch = fixture.outbox.publishAll("default", events, Optional.empty()).join();

        assertThat(batch.result()).isEqualTo(PublishResult.ACCEPTED);
        assertThat(batch.publications()).extracting(Publication::novelty).containsExactly(Publication.Novelty.NEW,
                Publication.Novelty.NEW, Publication.Novelty.REPEATED);
        assertThat(fixture.sums(endpoint).waiting()).isEqualTo(2);
        assertThat(followed).extracting(PublishedEvent::event).containsExactly(OutboxFixture.event(1), OutboxFixture.event(2));
        assertThat(fixture.outbox.sums().accepted()).isEqualTo(3);
    }

    @Test
    void takesNoneWhereOneIsRefused() {
        Endpoint endpoint = fixture.add(OutboxFixture.spec("https://hooks.example.com/in")
                .withPolicy(FlowPolicy.backPressure(Limit.events(2), Duration.ZERO)));
        List<Event> three = List.of(OutboxFixture.event(1), OutboxFixture.event(2), OutboxFixture.event(3));

        BatchPublication refused = fixture.outbox.publishAll("default", three, Optional.empty()).join();

        assertThat(refused.result()).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(refused.culprit()).hasValue(2);
        assertThat(fixture.sums(endpoint).known()).isZero();
        assertThat(fixture.outbox.sums().refused()).isEqualTo(3);
        assertThat(fixture.outbox.publishAll("default", three.subList(0, 2), Optional.empty()).join().result())
                .isEqualTo(PublishResult.ACCEPTED);
    }

    @Test
    void anIdempotencyKeyNamesEachEventOfItsBatch() {
        List<Event> events = List.of(Event.of("t", "a"), Event.of("t", "b"));

        BatchPublication first = fixture.outbox.publishAll("default", events, Optional.of("once")).join();
        BatchPublication again = fixture.outbox.publishAll("default", events, Optional.of("once")).join();

        assertThat(again.publications()).extracting(Publication::receipt)
                .isEqualTo(first.publications().stream().map(Publication::receipt).toList());
        assertThat(again.publications()).extracting(Publication::novelty).containsOnly(Publication.Novelty.REPEATED);
    }
}
