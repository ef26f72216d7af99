package io.heliograph.testkit;

import static io.heliograph.testkit.Scene.event;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of events that wait longer than their time to live. */
public abstract class TimeToLiveContract extends TransportContract {

    /** For subclasses. */
    protected TimeToLiveContract() {
    }

    @BeforeEach
    final void onlyWhereTimeIsMovedByHand() {
        needs(Trait.MANUAL_TIME, Trait.LOSSLESS);
    }

    @Test
    void givesUpWhatWaitedTooLongAndNothingElse() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        scene().stall(publisher, listener, 0);
        int[] ttlMs = {1_000, 5_000, 0, 1_000, 2_000};
        for (int i = 0; i < ttlMs.length; i++) {
            var event = event(i + 1).toBuilder();
            publisher.publish(ttlMs[i] == 0 ? event.build() : event.ttl(Duration.ofMillis(ttlMs[i])).build());
        }
        scene().settle();
        scene().clock().advance(Duration.ofSeconds(2));
        listener.resume();
        scene().settle();
        assertEquals(List.of(0, 2, 3), listener.numbers());
        assertEquals(Map.of(LossReason.EXPIRED, 3L), listener.subscription().sums().lost());
        assertEquals(1, listener.subscription().gaps().getFirst().from());
        assertEquals(3, listener.subscription().gaps().stream().mapToLong(gap -> gap.count()).sum());
        // To expire is no sign of a slow consumer.
        assertEquals(List.of(), scene().notices().of(Notice.SlowConsumer.class));
    }

    @Test
    void countsToTheNanosecond() {
        Listener early = scene().listen();
        Listener late = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        early.stall();
        late.stall();
        scene().publish(publisher, 0, 1);
        scene().settle();
        publisher.publish(event(1).toBuilder().ttl(Duration.ofSeconds(1)).build());
        scene().clock().advance(Duration.ofSeconds(1).minusNanos(1));
        early.resume();
        scene().settle();
        scene().clock().advance(Duration.ofNanos(1));
        late.resume();
        scene().settle();
        assertEquals(List.of(0, 1), early.numbers());
        assertEquals(List.of(0), late.numbers());
    }

    @Test
    void ignoresTheWallClock() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        scene().stall(publisher, listener, 0);
        publisher.publish(event(1).toBuilder().ttl(Duration.ofSeconds(1)).build());
        scene().clock().stepWall(Duration.ofHours(1));
        listener.resume();
        scene().settle();
        assertEquals(List.of(0, 1), listener.numbers());
    }

    @Test
    void neverExpiresWhatIsInHand() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        listener.stall();
        publisher.publish(event(1).toBuilder().ttl(Duration.ofNanos(1)).build());
        scene().settle();
        scene().clock().advance(Duration.ofHours(1));
        listener.resume();
        scene().settle();
        assertEquals(List.of(1), listener.numbers());
        assertEquals(1, listener.subscription().sums().delivered());
    }
}
