package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.TopicFilter;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where an arrival finds its place, and what lies between. */
final class SessionIntakeTest {

    private static final FlowPolicy POLICY = FlowPolicy.dropNewest(Limit.events(100));

    private final List<Notice> notices = new ArrayList<>();
    private final Environment environment = Environment.system().withNotices(notices::add);
    private final Intake intake =
            new Intake("t at test", Interest.in(TopicFilter.ALL), new TellingLock(), () -> { }, environment);
    private final List<String> handed = new ArrayList<>();
    private final EventHandler handler = new EventHandler() {
        @Override
        public void onEvent(Delivery delivery) {
            handed.add("" + delivery.position().sequence());
        }

        @Override
        public void onGap(Gap gap) {
            handed.add(gap.reason().label() + " " + gap.from() + "-" + gap.to() + " x" + gap.count());
        }
    };

    @AfterEach
    void everySumCloses() {
        assertThat(intake.sums().difference()).isZero();
    }

    private SessionIntake join(long sequence) {
        return intake.join(Deliveries.SESSION, sequence);
    }

    private static void arrive(SessionIntake session, long... sequences) {
        for (long sequence : sequences) {
            session.offer(Deliveries.numbered(sequence), POLICY, 0);
        }
    }

    private List<String> drain() {
        while (intake.poll(handler, 1000) > 0) {
            assertThat(intake.waiting()).isZero();
        }
        return handed;
    }

    @Test
    void takesWhatComesInOrder() {
        SessionIntake session = join(5);
        arrive(session, 5, 6, 7);
        assertThat(session.next()).isEqualTo(8);
        assertThat(session.sums()).isEqualTo(new SubscriberSums(3, 0, 0, Map.of(), 3, 0, 0, 0));
        assertThat(drain()).containsExactly("5", "6", "7");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(3, 3, 0, Map.of(), 0, 0, 0, 0));
    }

    @Test
    void tellsWhatLiesBetweenAsLostOnTheNetwork() {
        SessionIntake session = join(0);
        arrive(session, 2, 3, 6);
        assertThat(drain()).containsExactly("network 0-1 x2", "2", "3", "network 4-5 x2", "6");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(7, 3, 0, Map.of(LossReason.NETWORK, 4L), 0, 0, 2, 0));
        assertThat(notices).containsExactly(
                new Notice.GapTold("t at test", new Gap(Deliveries.SESSION, 0, 1, 2, LossReason.NETWORK)),
                new Notice.GapTold("t at test", new Gap(Deliveries.SESSION, 4, 5, 2, LossReason.NETWORK)));
    }

    @Test
    void countsASecondArrivalAsADuplicateAndNothingElse() {
        SessionIntake session = join(5);
        arrive(session, 5, 7, 5, 6, 7, 4, 0);
        session.skip(7);
        session.lose(7, LossReason.UNREADABLE);
        assertThat(drain()).containsExactly("5", "network 6-6 x1", "7");
        // 4 and 0 are from before it joined: not this subscriber's.
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(3, 2, 0, Map.of(LossReason.NETWORK, 1L), 0, 5, 1, 0));
    }

    @Test
    void countsDuplicatesThatItsTransportSaw() {
        SessionIntake session = join(0);
        session.duplicated(3);
        assertThat(intake.sums().duplicates()).isEqualTo(3);
        intake.close();
        session.duplicated(3);
        assertThat(intake.sums().duplicates()).isEqualTo(3);
    }

    @Test
    void countsWhatTheFilterDoesNotWant() {
        SessionIntake session = join(0);
        session.skip(0);
        session.skip(3);
        arrive(session, 4);
        assertThat(drain()).containsExactly("network 1-2 x2", "4");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(5, 1, 2, Map.of(LossReason.NETWORK, 2L), 0, 0, 1, 0));
    }

    @Test
    void tellsALossInItsPlaceWithItsReason() {
        SessionIntake session = join(0);
        arrive(session, 0);
        session.lose(1, LossReason.UNREADABLE);
        arrive(session, 2);
        assertThat(drain()).containsExactly("0", "unreadable 1-1 x1", "2");
        assertThat(intake.sums().lost()).isEqualTo(Map.of(LossReason.UNREADABLE, 1L));
    }

    @Test
    void learnsFromAHeartbeatWhatNeverArrived() {
        SessionIntake session = join(0);
        arrive(session, 0);
        session.known(1);
        assertThat(session.sums().lostTotal()).isZero();
        session.known(4);
        session.known(2);
        assertThat(session.next()).isEqualTo(4);
        arrive(session, 2, 4);
        assertThat(drain()).containsExactly("0", "network 1-3 x3", "4");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(5, 2, 0, Map.of(LossReason.NETWORK, 3L), 0, 1, 1, 0));
    }

    @Test
    void endsAtTheEndOfStreamAndTakesNothingLater() {
        SessionIntake session = join(0);
        arrive(session, 0);
        session.end(2);
        arrive(session, 1, 2, 3);
        session.skip(4);
        session.known(9);
        session.end(9);
        assertThat(drain()).containsExactly("0", "network 1-1 x1");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(2, 1, 0, Map.of(LossReason.NETWORK, 1L), 0, 0, 1, 0));
    }

    @Test
    void keepsTheSumsOfEndedSessions() {
        SessionIntake first = join(0);
        arrive(first, 0);
        first.end(1);
        drain();
        // The same number again, as after a restart within a millisecond, is a new session.
        SessionIntake second = join(0);
        arrive(second, 0, 1);
        assertThat(drain()).containsExactly("0", "0", "1");
        assertThat(intake.sums().delivered()).isEqualTo(3);
        assertThat(second.sums().delivered()).isEqualTo(2);
    }

    @Test
    void aSessionBeginsOnce() {
        join(0);
        assertThatIllegalStateException().isThrownBy(() -> join(3)).withMessageContaining("has begun");
    }

    @Test
    void aTailThatCannotBeKnownIsANotice() {
        SessionIntake session = join(0);
        arrive(session, 0, 1);
        session.tellTailUnknown();
        assertThat(notices).containsExactly(new Notice.TailUnknown("t at test", Deliveries.SESSION, 1));
        session.retire();
        arrive(session, 2);
        assertThat(drain()).containsExactly("0", "1");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(2, 2, 0, Map.of(), 0, 0, 0, 0));
    }

    @Test
    void refusesWhatItsPolicyTurnsAwayWithAGap() {
        SessionIntake session = join(0);
        FlowPolicy one = FlowPolicy.dropNewest(Limit.events(1));
        for (int i = 0; i < 4; i++) {
            session.offer(Deliveries.numbered(i), one, 0);
        }
        assertThat(drain()).containsExactly("0", "overflow 1-3 x3");
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(4, 1, 0, Map.of(LossReason.OVERFLOW, 3L), 0, 0, 1, 0));
        assertThat(notices.stream().filter(notice -> notice instanceof Notice.SlowConsumer)).hasSize(1);
    }

    @Test
    void whatWaitsWhenItLeavesIsLost() {
        SessionIntake session = join(0);
        arrive(session, 0, 1);
        intake.close();
        arrive(session, 2);
        session.known(9);
        assertThat(intake.sums()).isEqualTo(new SubscriberSums(2, 0, 0, Map.of(LossReason.LEFT, 2L), 0, 0, 0, 0));
        assertThat(drain()).containsExactly("left 0-1 x2");
    }

    @Test
    void aHandlerThatThrowsFailsItsEventAndLosesIt() {
        SessionIntake session = join(0);
        arrive(session, 0, 1);
        intake.poll(delivery -> {
            throw new IllegalStateException("no");
        }, 1);
        intake.poll(delivery -> {
            throw new StackOverflowError();
        }, 1);
        SubscriberSums sums = intake.sums();
        assertThat(sums.lost()).isEqualTo(Map.of(LossReason.FAILED, 2L));
        assertThat(sums.failures()).isEqualTo(2);
        assertThat(notices.stream().filter(notice -> notice instanceof Notice.HandlerFailed)).hasSize(1);
    }

    @Test
    void handsOutNoMoreThanItIsAskedFor() {
        SessionIntake session = join(0);
        arrive(session, 0, 1, 3);
        assertThat(intake.poll(handler, 0)).isZero();
        assertThat(intake.poll(handler, 3)).isEqualTo(3);
        assertThat(handed).containsExactly("0", "1", "network 2-2 x1");
        assertThat(intake.poll(handler, 3)).isOne();
    }

    @Test
    void waitsUnderTheWeakerOfTwoPolicies() {
        FlowPolicy pressure = FlowPolicy.backPressure(Limit.events(1), Duration.ofSeconds(1));
        var weaker = new Intake("w", Interest.inAll().withPolicy(FlowPolicy.dropOldest(Limit.events(1))), new TellingLock(),
                () -> { }, environment);
        weaker.join(1, 0).offer(Deliveries.of(0, Event.of("t", "x")), pressure, 0);
        assertThat(weaker.judge(pressure, 20, 0)).isEqualTo(Admission.Verdict.EVICT_OLDEST);
        assertThat(weaker.judge(FlowPolicy.dropNewest(Limit.events(1)), 20, 0)).isEqualTo(Admission.Verdict.EVICT_OLDEST);
        weaker.replacePolicy(pressure);
        assertThat(weaker.judge(FlowPolicy.dropNewest(Limit.events(1)), 20, 0)).isEqualTo(Admission.Verdict.DROP);
        assertThat(weaker.judge(pressure, 20, 0)).isEqualTo(Admission.Verdict.WAIT);
    }

    @Test
    void accountsForEveryPositionOfARandomLife() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        SessionIntake session = join(10);
        long high = 10;
        for (int i = 0; i < 20_000; i++) {
            long sequence = Math.max(0, high + random.nextInt(8) - 4);
            switch (random.nextInt(8)) {
                case 0 -> session.skip(sequence);
                case 1 -> session.lose(sequence, LossReason.UNREADABLE);
                case 2 -> session.known(sequence);
                case 3 -> intake.poll(handler, random.nextInt(200));
                default -> session.offer(Deliveries.numbered(sequence), POLICY, 0);
            }
            high = session.next();
            if (i % 50 == 0) {
                SubscriberSums sums = intake.sums();
                assertThat(sums.known()).as("known, seed %d", seed).isEqualTo(high - 10);
                assertThat(sums.difference()).as("difference, seed %d", seed).isZero();
            }
        }
        drain();
        long told = handed.stream().mapToLong(line -> line.contains("x") ? Long.parseLong(line.split(" x")[1]) : 1).sum();
        assertThat(told + intake.sums().filtered()).as("told, seed %d", seed).isEqualTo(high - 10);
        assertThat(intake.sums().duplicates()).as("duplicates, seed %d", seed).isPositive();
    }
}
