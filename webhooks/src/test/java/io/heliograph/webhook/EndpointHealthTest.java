package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.webhook.EndpointHealth.Change;
import io.heliograph.webhook.EndpointHealth.Next;
import io.heliograph.webhook.EndpointHealth.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointHealthTest {

    private static final Answer NO_ANSWER_OF_NOTE = new Answer(500, Optional.empty(), "");
    private static final AttemptResult DELIVERED = new AttemptResult.Delivered(NO_ANSWER_OF_NOTE, Duration.ZERO);
    private static final AttemptResult GONE = new AttemptResult.Gone(NO_ANSWER_OF_NOTE, Duration.ZERO);
    private static final AttemptResult FAILED =
            new AttemptResult.Failed(FailureReason.STATUS, "", Optional.of(NO_ANSWER_OF_NOTE), Duration.ZERO);
    private static final AttemptResult OURS = new AttemptResult.Failed(FailureReason.SENDER, "", Optional.empty(), Duration.ZERO);

    private final Patience patience = Patience.defaults();

    @Test
    void tellsAtTheFourthFailureAndWhenItWorksAgain() {
        assertThat(changes(FAILED, FAILED, FAILED, FAILED, FAILED, DELIVERED, DELIVERED))
                .containsExactly(Change.NONE, Change.NONE, Change.NONE, Change.FAILING, Change.NONE, Change.RECOVERED, Change.NONE);
    }

    @Test
    void tellsNothingOfAFewFailures() {
        assertThat(changes(FAILED, FAILED, FAILED, DELIVERED, FAILED, FAILED, FAILED, DELIVERED)).containsOnly(Change.NONE);
    }

    @Test
    void disablesAtOnceWhatIsGone() {
        assertThat(changes(DELIVERED, GONE)).containsExactly(Change.NONE, Change.DISABLED);
        assertThat(EndpointHealth.GOOD.after(GONE, patience, Vectors.AT).why()).isEqualTo("it answered 410");
    }

    @Test
    void disablesAfter3DaysOfNothingButFailures() {
        EndpointHealth health = EndpointHealth.GOOD;
        for (int i = 0; i < 20; i++) {
            Next next = health.after(FAILED, patience, Vectors.AT.plus(Duration.ofHours(3L * i)));
            assertThat(next.change()).isNotEqualTo(Change.DISABLED);
            health = next.health();
        }

        assertThat(health.failingSince()).contains(Vectors.AT);
        assertThat(health.after(FAILED, patience, Vectors.AT.plus(Duration.ofDays(3)).minusNanos(1)).change()).isEqualTo(Change.NONE);
        Next last = health.after(FAILED, patience, Vectors.AT.plus(Duration.ofDays(3)));
        assertThat(last.change()).isEqualTo(Change.DISABLED);
        assertThat(last.why()).isEqualTo("21 failures in a row since " + Vectors.AT);
    }

    @Test
    void beginsAnewAfterOneSuccess() {
        EndpointHealth health = EndpointHealth.GOOD;
        for (int i = 0; i < 50; i++) {
            health = health.after(FAILED, patience, Vectors.AT).health();
        }
        health = health.after(DELIVERED, patience, Vectors.AT.plus(Duration.ofDays(2))).health();

        assertThat(health).isEqualTo(EndpointHealth.GOOD);
        assertThat(health.after(FAILED, patience, Vectors.AT.plus(Duration.ofDays(4))).change()).isEqualTo(Change.NONE);
    }

    @Test
    void disablesNothingBecauseTheClockWasSet() {
        Next first = EndpointHealth.GOOD.after(FAILED, patience, Vectors.AT);

        assertThat(first.health().after(FAILED, patience, Vectors.AT.plus(Duration.ofDays(1000))).change()).isEqualTo(Change.NONE);
        assertThat(first.health().after(FAILED, patience, Vectors.AT.minus(Duration.ofDays(1000))).change()).isEqualTo(Change.NONE);
    }

    @Test
    void blamesNoEndpointForTheSendersFaults() {
        EndpointHealth three = new EndpointHealth(3, Optional.of(Vectors.AT));

        assertThat(three.after(OURS, patience, Vectors.AT)).isEqualTo(new Next(three, Change.NONE));
    }

    @Test
    void refusesNoPatienceAtAll() {
        assertThatThrownBy(() -> new Patience(0, Duration.ofDays(1), 1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Patience(1, Duration.ZERO, 1)).isInstanceOf(ConfigException.class);
    }

    private List<Change> changes(AttemptResult... results) {
        EndpointHealth health = EndpointHealth.GOOD;
        Instant now = Vectors.AT;
        List<Change> changes = new ArrayList<>();
        for (AttemptResult result : results) {
            Next next = health.after(result, patience, now);
            changes.add(next.change());
            health = next.health();
            now = now.plusSeconds(60);
        }
        return changes;
    }
}
