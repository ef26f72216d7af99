package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.ConfigException;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What becomes of events that gather in an appender: none is taken without being handed over or counted as refused. */
class AppenderHandOverTest {

    private static final String TOPIC = "prices.eurusd";

    private final SimScene scene = new SimScene(13, 1_000, UdpLimits.defaults().withRetainedBytes(256 << 10),
            FlowPolicy.backPressure(Limit.events(100), Duration.ZERO));
    private final UdpAppender appender = scene.publisher.appender(TOPIC);
    private int appended;

    private PublishResult append(int bytes) {
        byte[] text = SimScene.text(appended, bytes).getBytes(StandardCharsets.US_ASCII);
        PublishResult result = appender.publish(text, 0, text.length);
        appended += result == PublishResult.ACCEPTED ? 1 : 0;
        return result;
    }

    private void end(SimListener listener) throws IOException {
        for (int i = 0; i < 1_000 && appender.flush() != PublishResult.ACCEPTED; i++) {
            scene.step(Duration.ofMillis(1));
        }
        scene.run(Duration.ofMillis(300));
        assertThat(scene.publisher.sums().accepted()).isEqualTo(appended);
        assertThat(scene.publisher.sums().difference()).isZero();
        listener.verify(0, appended, 0);
    }

    @Test
    void eventsOfAllSizesStayInOrderTheTooLargeForADatagramToo() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        int[] sizes = {1, 10, 400, 920, 925, 930, 935, 940, 950, 1_000, 3_000, 70_000};
        for (int i = 0; appended < 2_000; i++) {
            assertThat(i).isLessThan(100_000);
            append(sizes[i % sizes.length]);
            if (i % 7 == 0) {
                scene.step(SimScene.TICK);
            }
        }
        end(listener);
    }

    @Test
    void whatHasNoCreditStaysAndGoesOnceThereIsRoom() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        listener.stall();
        for (int refused = 0; refused < 10;) {
            refused += append(40) == PublishResult.BACK_PRESSURED ? 1 : 0;
            scene.step(SimScene.TICK);
        }
        assertThat(appender.flush()).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(scene.publisher.sums().refused()).as("the ten alone, not those that stay").isEqualTo(10);
        assertThat(scene.publisher.sums().accepted()).isLessThan(appended);
        listener.resume();
        scene.run(Duration.ofMillis(10));
        end(listener);
    }

    @Test
    void whatIsStillHereWhenThePublisherIsClosedIsCountedAsRefused() {
        for (int i = 0; i < 10; i++) {
            assertThat(append(40)).isEqualTo(PublishResult.ACCEPTED);
        }
        scene.publisher.beginClose();
        appender.close();
        appender.close();
        long gathered = scene.publisher.sums().refused();
        assertThat(gathered).isBetween(1L, 10L);
        assertThat(scene.publisher.sums().offered()).isEqualTo(10);
        assertThat(scene.publisher.sums().difference()).isZero();
        assertThat(append(40)).isEqualTo(PublishResult.CLOSED);
    }

    @Test
    void anAppenderThatIsClosedRefusesAndCountsIt() throws IOException {
        SimListener listener = scene.listen();
        scene.meet(1);
        for (int i = 0; i < 10; i++) {
            assertThat(append(40)).isEqualTo(PublishResult.ACCEPTED);
        }
        appender.close();
        for (int bytes : new int[] {40, 5_000}) {
            assertThat(append(bytes)).isEqualTo(PublishResult.CLOSED);
        }
        assertThat(appender.flush()).isEqualTo(PublishResult.ACCEPTED);
        assertThat(scene.publisher.sums().refused()).isEqualTo(2);
        end(listener);
    }

    @Test
    void appendersOnOtherTopicsAndThePublisherItselfShareTheSession() throws IOException {
        var subscriber = new UdpSubscriber(scene.feedFrom(new Start.Live()), scene.network.subscriberIo(Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment);
        Subscription mine = subscriber.subscribePolled(Interest.in(TopicFilter.of("mine.*")));
        Subscription all = subscriber.subscribePolled(Interest.inAll());
        subscriber.doWork(0);
        var topics = new ArrayList<String>();
        try (UdpAppender first = scene.publisher.appender("mine.a"); UdpAppender second = scene.publisher.appender("yours.b")) {
            for (int i = 0; i < 300; i++) {
                byte[] text = {(byte) i};
                UdpAppender one = i % 3 == 0 ? first : second;
                PublishResult result = i % 5 == 0 ? scene.publisher.publish("mine.c", text, 0, 1) : one.publish(text, 0, 1);
                assertThat(result).isEqualTo(PublishResult.ACCEPTED);
                if (i % 20 == 19) {
                    assertThat(first.flush()).isEqualTo(PublishResult.ACCEPTED);
                    assertThat(second.flush()).isEqualTo(PublishResult.ACCEPTED);
                    scene.step(Duration.ofMillis(1));
                    subscriber.doWork(0);
                    all.poll(delivery -> topics.add(delivery.event().topic()), Integer.MAX_VALUE);
                    mine.poll(delivery -> { }, Integer.MAX_VALUE);
                }
            }
        }
        assertThat(topics).hasSize(300);
        assertThat(topics.stream().filter("mine.c"::equals)).hasSize(60);
        assertThat(topics.stream().filter("mine.a"::equals)).hasSize(80);
        assertThat(mine.sums().delivered()).isEqualTo(140);
        assertThat(mine.sums().filtered()).isEqualTo(160);
    }

    @Test
    void aTopicThatIsNoneIsRefusedWithWhatIsAllowed() {
        Assertions.assertThatThrownBy(() -> scene.publisher.appender("no topic")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("no topic");
    }

    @Test
    void underDropAllIsTakenAndUnheardEventsAreCounted() {
        scene.publisher.replacePolicy(FlowPolicy.dropOldest(Limit.DEFAULT));
        for (int i = 0; i < 100_000; i++) {
            assertThat(append(40)).isEqualTo(PublishResult.ACCEPTED);
        }
        appender.close();
        assertThat(scene.publisher.sums().accepted()).isEqualTo(100_000);
        assertThat(scene.publisher.sums().unheard()).isEqualTo(100_000);
    }
}
