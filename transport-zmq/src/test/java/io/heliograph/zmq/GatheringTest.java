package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a frame of few events is sent a turn later, so that more gather in it. */
final class GatheringTest {

    /** As much as is more than little for a frame. */
    private static final int LARGE = ZmqLimits.defaults().frameBytes() / 4;
    private static final int MOST_TURNS = 100;

    private FlowPolicy policy = FlowPolicy.dropOldest(Limit.DEFAULT);
    private final Lane lane = new Lane(7, 9, 0, new LaneState(1, policy.text()), ZmqLimits.defaults(), Environment.system());
    private final RemoteSubscriber remote = new RemoteSubscriber(lane, false, new DealerSocket().peer(), 0);

    GatheringTest() {
        lane.ask(new Filters(List.of(TopicFilter.of(">"))), Optional.empty(), 1 << 20);
        lane.creditBehind(1_000);
        remote.onSent(RemoteSubscriber.Due.WELCOME, 0);
    }

    private void publish(int bytes) {
        assertThat(lane.makeRoom(policy, bytes + 100, 0)).isTrue();
        lane.accept("numbers", new byte[bytes], 0, bytes, policy);
    }

    private void send() {
        assertThat(lane.take()).isPresent();
        remote.onSent(RemoteSubscriber.Due.FRAME, 0);
    }

    /** How often it is told to wait. */
    private int turns() {
        int turns = 0;
        while (turns < MOST_TURNS && remote.isGathering()) {
            turns++;
        }
        return turns;
    }

    @Test
    void aLoneEventLeavesAtOnce() {
        publish(100);
        assertThat(turns()).isZero();
        send();
        assertThat(remote.idle()).as("the sender stays awake").isFalse();
        publish(100);
        assertThat(turns()).isZero();
    }

    @Test
    void behindALargeFrameTheSenderStaysAwakeForSoManyTurnsAndNoMore() {
        publish(LARGE);
        send();
        int idleTurns = 0;
        while (idleTurns < MOST_TURNS && remote.idle()) {
            idleTurns++;
        }
        assertThat(idleTurns).isPositive().isLessThan(MOST_TURNS);
        publish(100);
        assertThat(turns()).as("what comes after that leaves at once").isZero();
    }

    @Test
    void turnsInVainAndTurnsToGatherAreOneSum() {
        publish(LARGE);
        send();
        publish(100);
        int all = turns();
        send();
        publish(LARGE);
        send();
        assertThat(remote.idle()).isTrue();
        publish(100);
        assertThat(turns()).isEqualTo(all - 1);
    }

    @Test
    void fewRightBehindAFrameWaitSoManyTurnsAndNoMore() {
        publish(100);
        send();
        publish(100);
        assertThat(turns()).isPositive().isLessThan(MOST_TURNS);
        assertThat(turns()).isZero();
    }

    @Test
    void manyRightBehindAFrameLeaveAtOnce() {
        publish(100);
        send();
        publish(LARGE);
        assertThat(turns()).isZero();
    }

    @Test
    void whereTheLimitIsSmallFewAreMany() {
        policy = FlowPolicy.backPressure(new Limit(8, 1 << 20), Duration.ofSeconds(1));
        publish(100);
        send();
        publish(100);
        assertThat(turns()).isZero();
    }
}
