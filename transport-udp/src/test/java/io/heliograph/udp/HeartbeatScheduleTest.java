package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatScheduleTest {

    private static final long START_NS = 1_000_000_000_000L;
    private static final long MILLISECOND_NS = Duration.ofMillis(1).toNanos();

    private final UdpLimits limits = UdpLimits.defaults();
    private final long heartbeatNs = limits.heartbeat().toNanos();
    private final HeartbeatSchedule schedule = new HeartbeatSchedule(limits, true, START_NS);

    /** Says a heartbeat whenever one is due, and how long the way to the next one is. */
    private long sayAndGoOn(long nowNs) {
        assertThat(schedule.isDue(nowNs)).isTrue();
        schedule.said(nowNs);
        schedule.goOn(false, nowNs);
        return schedule.untilDueNs(nowNs);
    }

    @Test
    void isDueAtOnceAndThenEachPeriod() {
        assertThat(sayAndGoOn(START_NS)).isEqualTo(heartbeatNs);
        assertThat(schedule.isDue(START_NS + heartbeatNs - 1)).isFalse();
        assertThat(schedule.isDue(START_NS + heartbeatNs)).isTrue();
    }

    @Test
    void slowsDownWhenItHasBeenIdleForTwentyHeartbeats() {
        long nowNs = START_NS;
        for (int i = 1; i < 20; i++) {
            assertThat(sayAndGoOn(nowNs)).as("after %d", i).isEqualTo(heartbeatNs);
            nowNs += heartbeatNs;
        }
        assertThat(sayAndGoOn(nowNs)).isEqualTo(limits.slowHeartbeat().toNanos());
        schedule.beFrequent(nowNs);
        assertThat(schedule.untilDueNs(nowNs)).isEqualTo(heartbeatNs);
    }

    @Test
    void isFrequentWhereSomebodyWaitsAndNoLongerThanThat() {
        sayAndGoOn(START_NS);
        schedule.beginWait(START_NS);
        assertThat(schedule.untilDueNs(START_NS)).isEqualTo(10 * MILLISECOND_NS);
        assertThat(sayAndGoOn(START_NS + 10 * MILLISECOND_NS)).isEqualTo(10 * MILLISECOND_NS);
        schedule.endWait();
        assertThat(sayAndGoOn(START_NS + 20 * MILLISECOND_NS)).isEqualTo(heartbeatNs);
    }

    @Test
    void isDueNowAndThenThoughEventsLeaveAllTheTime() {
        schedule.said(START_NS);
        for (long nowNs = START_NS; nowNs < START_NS + 20 * MILLISECOND_NS; nowNs += MILLISECOND_NS) {
            schedule.onSent(true, nowNs);
            assertThat(schedule.isDue(nowNs)).isFalse();
        }
        assertThat(schedule.isDue(START_NS + 20 * MILLISECOND_NS)).as("where the way is narrow").isTrue();
        schedule.onSent(false, START_NS + 20 * MILLISECOND_NS);
        assertThat(schedule.untilDueNs(START_NS + 20 * MILLISECOND_NS)).isEqualTo(80 * MILLISECOND_NS);
    }

    @Test
    void saysTheEndThreeTimesAndLingersForWhoComesFurther() {
        for (int i = 0; i < 3; i++) {
            assertThat(schedule.isEndSaid()).isFalse();
            long nowNs = START_NS + i * 10 * MILLISECOND_NS;
            schedule.beginEnd(nowNs);
            assertThat(schedule.isDue(nowNs)).isTrue();
            schedule.goOnEnding(nowNs);
            assertThat(schedule.untilDueNs(nowNs)).isEqualTo(10 * MILLISECOND_NS);
        }
        assertThat(schedule.isEndSaid()).isTrue();
        long lingerNs = limits.eviction().toNanos();
        assertThat(schedule.hasLingered(START_NS + lingerNs - 1)).isFalse();
        assertThat(schedule.hasLingered(START_NS + lingerNs)).isTrue();
        schedule.lingerOn(START_NS + lingerNs);
        assertThat(schedule.hasLingered(START_NS + lingerNs)).isFalse();
    }

    @Test
    void lingersForTheLingerTimeWhereNobodyIsWaitedFor() {
        var unreliable = new HeartbeatSchedule(limits, false, START_NS);
        unreliable.beginEnd(START_NS);
        assertThat(unreliable.hasLingered(START_NS + limits.linger().toNanos() - 1)).isFalse();
        assertThat(unreliable.hasLingered(START_NS + limits.linger().toNanos())).isTrue();
    }
}
