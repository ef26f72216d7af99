package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A publisher that waits for its subscribers, and closes while much of what it took in is not there yet. */
class EndingTest {

    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO);

    private final SimScene scene = new SimScene(7, 1_000, UdpLimits.defaults(), AT_ONCE);

    private void publishTenAndTenIntoTheCut() throws IOException {
        scene.meet(1);
        scene.publish(10);
        scene.run(Duration.ofSeconds(1));
        scene.network.link().cut();
        scene.publish(10);
    }

    @Test
    void nothingIsGivenUpAtTheEndAsLongAsItIsAskedForHoweverLongTheWay() throws IOException {
        Faults slow = Faults.NONE.withDrop(0.4).withDelay(1).withLongest(Duration.ofSeconds(4));
        for (long seed = 1; seed <= 20; seed++) {
            var seeded = new SimScene(seed, 1_000, UdpLimits.defaults(), AT_ONCE);
            SimListener listener = seeded.listen(seeded.feedFrom(new Start.Live()), slow, slow, Interest.inAll());
            seeded.meet(1);
            seeded.run(Duration.ofSeconds(10), Duration.ofMillis(5));
            for (int i = 0; i < 300; i++) {
                assertThat(seeded.publishOne(900)).as("seed %d", seed).isEqualTo(PublishResult.ACCEPTED);
            }
            seeded.publisher.beginClose();
            for (int i = 0; i < 60_000 && !seeded.publisher.isDone(); i++) {
                seeded.step(Duration.ofMillis(5));
            }
            seeded.run(Duration.ofSeconds(10), Duration.ofMillis(5));

            assertThat(seeded.publisher.isDone()).as("seed %d", seed).isTrue();
            assertThat(listener.subscription.sums().known()).as("seed %d", seed).isEqualTo(300);
            listener.verify(0, 300, 0);
        }
    }

    @Test
    void whoHearsNothingAtTheEndForAsLongAsSilenceLastsGetsEverythingYet() throws IOException {
        SimListener listener = scene.listen();
        publishTenAndTenIntoTheCut();
        scene.publisher.beginClose();
        // Five seconds after the last word each is silent to the other; a burst of lost datagrams may last so long at the end.
        scene.run(Duration.ofMillis(5_500));
        assertThat(scene.publisher.isDone()).isFalse();
        scene.network.link().heal();
        scene.end();

        listener.verify(0, 20, 0);
        assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).isEmpty();
    }

    @Test
    void endsThoughNobodyHearsItAnyMoreAndTellsWhoWasEvicted() throws IOException {
        SimListener listener = scene.listen();
        publishTenAndTenIntoTheCut();
        scene.end();

        assertThat(listener.subscription.sums().known()).isEqualTo(10);
        assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).hasSize(1);
        assertThat(scene.notices.of(Notice.TailUnknown.class)).hasSize(1);
    }
}
