package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Notice;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A publisher that evicts sooner than subscribers speak up by themselves. */
class EvictionTest {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final SimScene scene = new SimScene(3, 1_000, UdpLimits.defaults().withEviction(PATIENCE),
            FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO));

    @Test
    void nobodyIsEvictedWhoWouldAnswerWhetherItIsIdleOrHearsALittle() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        for (int i = 0; i < 100; i++) {
            // Often enough that no heartbeat is due by itself, too little for any credit to be used up.
            scene.publish(1);
            scene.run(Duration.ofMillis(50));
        }
        scene.run(Duration.ofSeconds(20), Duration.ofMillis(5));

        assertThat(evictions()).isZero();
        scene.end();
        listener.verify(0, 100, 0);
    }

    @Test
    void whoDoesNotAnswerIsEvictedInTimeThoughTheOtherIsNot() throws IOException {
        scene.listen();
        SimListener gone = scene.listen();
        scene.meet(2);
        gone.stop();
        scene.run(PATIENCE.plusMillis(10));

        assertThat(evictions()).isEqualTo(1);
        assertThat(scene.publisher.subscribers()).isEqualTo(1);
    }

    private long evictions() {
        return scene.notices.all().stream().filter(Notice.SubscriberEvicted.class::isInstance).count();
    }
}
