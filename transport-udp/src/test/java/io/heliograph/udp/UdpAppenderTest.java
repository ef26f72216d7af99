package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpAppenderTest {

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(7), new CollectedNotices());
    private final SimNetwork network = new SimNetwork(7, clock);
    private final List<Delivery> delivered = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void burstsOfAllSizesFollowOneAnotherOpenAndSealed(boolean isSealed) throws IOException {
        Feed feed = SimNetwork.feed(1_400, true, Optional.of(TestKey.of(1)).filter(key -> isSealed), UdpLimits.defaults());
        var subscriber = new UdpSubscriber(feed, network.subscriberIo(Faults.NONE, Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        clock.advance(Duration.ofMillis(1));
        var publisher = new UdpPublisher(feed, network.publisherIo(), UdpTransport.DEFAULT_POLICY, environment);
        int published = 0;
        UdpAppender appender = publisher.appender("a.b");
        for (int burst = 1; burst < 2_000; burst = burst * 3 / 2 + 1) {
            for (int times = 0; times < 4; times++) {
                for (int i = 0; i < burst; i++) {
                    byte[] text = (published++ + ":").getBytes(StandardCharsets.US_ASCII);
                    assertThat(appender.publish(text, 0, text.length)).isEqualTo(PublishResult.ACCEPTED);
                }
                assertThat(appender.flush()).isEqualTo(PublishResult.ACCEPTED);
                clock.advance(Duration.ofMillis(1));
                subscriber.doWork(0);
                subscription.poll(delivered::add, Integer.MAX_VALUE);
                publisher.doWork(0);
            }
        }
        appender.close();
        assertThat(delivered).hasSize(published);
        for (int i = 0; i < published; i++) {
            assertThat(delivered.get(i).event().text()).isEqualTo(i + ":");
        }
    }
}
