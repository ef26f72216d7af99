package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A stalled subscription that strangers flood with sessions, each of which leaves a gap of its own. */
final class UntoldGapsTest implements EventHandler {

    /** So many different gaps are kept, and one more for each event that waits. */
    private static final int KEPT = 4_096;

    private static final int MORE = 1_000;

    private final List<Notice> notices = new ArrayList<>();
    private final Intake intake = new Intake("t at test", Interest.inAll(), new TellingLock(), () -> { },
            Environment.system().withNotices(notices::add));
    private final List<Gap> told = new ArrayList<>();
    private final List<Position> delivered = new ArrayList<>();

    @Override
    public void onEvent(Delivery delivery) {
        delivered.add(delivery.position());
    }

    @Override
    public void onGap(Gap gap) {
        told.add(gap);
    }

    @Test
    void areCountedWhereSessionsEndedWithoutASingleArrival() {
        for (int session = 0; session < KEPT + MORE; session++) {
            intake.join(session, 0).end(5);
        }
        assertUntold(MORE);
        assertThat(intake.sums().lost()).isEqualTo(Map.of(LossReason.NETWORK, 5L * (KEPT + MORE)));
        intake.poll(this, Integer.MAX_VALUE);
        assertThat(told).hasSize(KEPT).endsWith(new Gap(KEPT - 1, 0, 4, 5, LossReason.NETWORK));
        assertThat(intake.sums().gaps()).isEqualTo(KEPT);
    }

    @Test
    void areCountedWhereEventsOfSessionsThatEndedWereEvicted() {
        int waiting = 10;
        for (int session = 0; session < waiting + KEPT + MORE; session++) {
            arriveAndEnd(session, FlowPolicy.dropOldest(Limit.events(waiting)));
        }
        intake.poll(this, Integer.MAX_VALUE);
        assertUntold(MORE - waiting);
        assertThat(delivered).hasSize(waiting);
        assertThat(told).hasSize(KEPT + waiting);
        assertThat(intake.sums().lost()).isEqualTo(Map.of(LossReason.OVERFLOW, (long) KEPT + MORE));
    }

    @Test
    void areCountedWhereEventsLieBetweenThem() {
        int waiting = 5;
        for (int session = 0; session < waiting * KEPT; session++) {
            intake.join(session, 0).end(1);
            if (session % KEPT == 0) {
                arriveAndEnd(waiting * KEPT + session, FlowPolicy.dropNewest(Limit.events(100)));
            }
        }
        assertUntold((waiting - 1) * KEPT - waiting);
        intake.poll(this, Integer.MAX_VALUE);
        assertThat(told).hasSize(KEPT + waiting);
        assertThat(delivered).hasSize(waiting);
    }

    @Test
    void doNotBeginWhereAGapIsMergedWithOneThatIsKept() {
        SessionIntake early = intake.join(Deliveries.SESSION, 0);
        early.known(1);
        for (int session = 1_000; session < 1_000 + KEPT - 1; session++) {
            intake.join(session, 0).end(1);
        }
        early.known(3);
        assertThat(intake.untoldGaps()).isZero();
        assertThat(notices).isEmpty();
        intake.poll(this, 1);
        assertThat(told).containsExactly(new Gap(Deliveries.SESSION, 0, 2, 3, LossReason.NETWORK));
        intake.join(1, 0).end(1);
        assertThat(intake.untoldGaps()).as("where one has been told, another has room").isZero();
        intake.join(2, 0).end(1);
        assertUntold(1);
    }

    private void arriveAndEnd(long session, FlowPolicy policy) {
        SessionIntake arriving = intake.join(session, 0);
        arriving.offer(new Delivery(Event.of("t", "x"), new Position(session, 0), 0, 0), policy, 0);
        arriving.end(1);
    }

    /** Each is counted, the fault is told once, and the sums still close. */
    private void assertUntold(long count) {
        assertThat(intake.untoldGaps()).isEqualTo(count);
        assertThat(notices.stream().filter(Notice.Degraded.class::isInstance)).hasSize(1);
        SubscriberSums sums = intake.sums();
        assertThat(sums.difference()).as("%s", sums).isZero();
    }
}
