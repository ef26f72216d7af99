package io.heliograph.udp;

import io.heliograph.Interest;
import io.heliograph.Position;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Subscribers that have heard a session for a while before anything subscribes there. */
class FirstSubscriptionTest {

    private static final Duration STEP = Duration.ofMillis(1);
    /** Longer than what a publisher is given to answer in. */
    private static final int STEPS = 3_000;

    private final SimScene scene =
            new SimScene(5, 1_000, UdpLimits.defaults(), FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO));

    @Test
    void theFirstToSubscribeGetsTheHistoryThatNobodyHasTakenBefore() throws IOException {
        play(new Start.Oldest(), 0);
    }

    @Test
    void theFirstToSubscribeBeginsAtItsPositionThoughTheSessionIsLongKnown() throws IOException {
        play(new Start.At(new Position(scene.publisher.session(), 50)), 50);
    }

    private void play(Start start, long first) throws IOException {
        scene.publish(100);
        scene.run(Duration.ofMillis(50));
        var subscriber = new UdpSubscriber(scene.feedFrom(start), scene.network.subscriberIo(Faults.NONE, Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment);
        for (int i = 0; i < STEPS; i++) {
            scene.step(STEP);
            subscriber.doWork(0);
            if (i == STEPS / 2) {
                scene.publish(10);
            }
        }
        var listener = new SimListener(subscriber, Interest.inAll());
        for (int i = 0; i < STEPS; i++) {
            scene.step(STEP);
            listener.step();
            if (i == STEPS / 2) {
                scene.publish(10);
            }
        }
        listener.verify(first, 120, 0);
    }
}
