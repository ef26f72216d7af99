package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Session;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reliable session as it reached a subscriber, with everything that the protocol knows: {@code decode.py} makes the same
 * of its datagrams as the subscriber did.
 */
class PythonSessionTest {

    private static final long SEED = 21;
    private static final int EVENTS = 4_000;
    private static final int DATAGRAM_BYTES = 1_200;
    private static final int LARGE_BYTES = 9_000;
    private static final Duration STEP = Duration.ofNanos(200_000);
    /** Little is kept for repair, so that a longer silence costs events for good. */
    private static final UdpLimits LIMITS = UdpLimits.defaults().withRetainedBytes(128 << 10);

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(SEED), new CollectedNotices());
    private final SimNetwork network = new SimNetwork(SEED, clock);
    private final Feed feed = SimNetwork.feed(DATAGRAM_BYTES, true, LIMITS);
    private final UdpPublisher publisher =
            new UdpPublisher(feed, network.publisherIo(), FlowPolicy.dropOldest(Limit.DEFAULT), environment);
    private final Handed handed = new Handed();

    @Test
    void theOtherImplementationReadsTheSameEventsAndGapsFromACapture() throws IOException, InterruptedException {
        PythonDecoder.requirePython();
        Path file = folder.resolve("capture");
        UdpCounters counters;
        try (var capture = new CaptureFile(file)) {
            counters = play(capture);
        }

        PythonDecoder.Output output = PythonDecoder.decode(file, "--from-start");

        assertThat(output.errors()).isEmpty();
        assertThat(output.code()).as("no conflict").isZero();
        assertThat(output.events().stream().map(NetReport::fields)).as("seed %d", SEED).containsExactlyElementsOf(handed.events);
        var missing = new BitSet();
        output.gaps().forEach(gap -> missing.set((int) gap.number("gap.from"), (int) gap.number("gap.to") + 1));
        assertThat(missing).as("seed %d", SEED).isEqualTo(handed.missing);
        assertThat(missing.cardinality()).as("events lost for good").isPositive();
        assertThat(handed.events.size() + missing.cardinality()).isEqualTo(EVENTS);
        assertThat(handed.large).as("events in parts").isPositive();
        assertThat(counters.repaired()).as("repairs").isPositive();
        assertThat(counters.duplicates()).as("second copies").isPositive();
        NetReport summary = NetReport.parse(output.lines().getLast());
        for (String type : List.of("data", "fragment", "heartbeat", "cookie")) {
            assertThat(summary.number("summary.datagrams." + type)).as("%s: %s", type, summary).isPositive();
        }
        assertThat(summary.number("summary.malformed.BAD_CHECKSUM")).as(summary.toString()).isPositive();
        assertThat(summary.number("summary.lost")).isEqualTo(missing.cardinality());
        assertThat(output.lines()).contains("{\"end\":{\"session\":\"" + Session.format(publisher.session())
                + "\",\"events\":" + EVENTS + ",\"is_known\":true}}");
    }

    private UdpCounters play(CaptureFile capture) throws IOException {
        var faults = Faults.NONE.withDrop(0.05).withDuplicate(0.02).withReorder(0.02).withBitFlip(0.005);
        var io = new CapturedIo(network.subscriberIo(faults, faults), capture);
        var subscriber = new UdpSubscriber(feed, io, UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        for (int published = 0; published < EVENTS; published++) {
            if (published == EVENTS / 3) {
                network.link().cut();
            } else if (published == EVENTS / 2) {
                network.link().heal();
            }
            assertThat(publisher.publish(event(published))).isEqualTo(PublishResult.ACCEPTED);
            if (random.nextInt(4) == 0) {
                step(subscriber, subscription);
            }
        }
        publisher.beginClose();
        for (int i = 0; i < 20_000 && !publisher.isDone(); i++) {
            step(subscriber, subscription);
        }
        assertThat(publisher.isDone()).as("seed %d", SEED).isTrue();
        assertThat(subscription.sums().difference()).isZero();
        assertThat(subscription.sums().known()).isEqualTo(EVENTS);
        assertThat(subscriber.counters().late()).as("told as lost before they came: the capture has them").isZero();
        return subscriber.counters();
    }

    private Event event(int number) {
        return number % 100 == 50 ? Event.of("large.one", new byte[LARGE_BYTES + number]) : PythonEvents.event("net.events", random);
    }

    private void step(UdpSubscriber subscriber, Subscription subscription) throws IOException {
        clock.advance(STEP);
        publisher.doWork(0);
        subscriber.doWork(0);
        subscription.poll(handed, Integer.MAX_VALUE);
    }

    /** What the subscriber was handed, as the decoder would print it. */
    private static final class Handed implements EventHandler {

        private final List<Map<String, Object>> events = new ArrayList<>();
        private final BitSet missing = new BitSet();
        private int large;

        @Override
        public void onEvent(Delivery delivery) {
            events.add(PythonEvents.printed(delivery.position().session(), delivery.position().sequence(),
                    delivery.sentEpochNanos(), delivery.event()));
            large += delivery.event().data().remaining() >= LARGE_BYTES ? 1 : 0;
        }

        @Override
        public void onGap(Gap gap) {
            missing.set((int) gap.from(), (int) gap.to() + 1);
        }
    }
}
