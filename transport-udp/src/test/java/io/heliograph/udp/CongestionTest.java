package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A publisher with all it can send, and a link that carries less; the whole of both sides, on one thread and a manual clock. */
class CongestionTest {

    /** 100 Mbit/s. */
    private static final long LINK = 12_500_000;
    private static final long ONE_WAY_NS = 10_000_000;
    /** What the link carries in a round trip. */
    private static final long QUEUE = 250_000;
    /** Two of them fill a datagram. */
    private static final int EVENT_BYTES = 669;
    private static final int DATAGRAM_BYTES = 1_400;
    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(Limit.events(100_000), Duration.ZERO);
    private static final long STEP_NS = 100_000;

    @Test
    void aNarrowLinkIsFilledAndLittleIsSentInVain() throws IOException {
        requireFilled(new Run(1, LINK, QUEUE, 0, 1));
        requireFilled(new Run(2, LINK, QUEUE / 2, 0, 1));
        requireFilled(new Run(3, 4 * LINK, 4 * QUEUE, 0, 1));
        requireFilled(new Run(4, LINK, QUEUE, 0.01, 1));
    }

    @Test
    void aNarrowLinkThatIsShortIsFilledAndLittleIsSentInVain() throws IOException {
        requireFilled(new Run(6, LINK, QUEUE, 100_000, 0, 1));
    }

    @Test
    void manyReceiversBehindANarrowLinkAllGetEverything() throws IOException {
        requireFilled(new Run(5, LINK, QUEUE, 0, 5));
    }

    private static void requireFilled(Run run) throws IOException {
        run.play(Duration.ofSeconds(5));
        assertThat(run.publisher.congestions()).as(run.toString()).isPositive();
        assertThat(run.goodput()).as(run.toString()).isGreaterThanOrEqualTo(0.85);
        assertThat(run.wire()).as(run.toString()).isLessThanOrEqualTo(1.2);
    }

    @Test
    void onePercentOfChanceNeverLimits() throws IOException {
        for (int receivers : new int[] {1, 5}) {
            var run = new Run(7, 100 * LINK, 100 * QUEUE, 0.01, receivers);
            run.play(Duration.ofSeconds(3));
                assertThat(run.network.dropped()).isPositive();
            assertThat(run.publisher.congestions()).as(run.toString()).isZero();
        }
    }

    /** One link, one publisher, and its subscribers. */
    private static final class Run {

        private final long seed;
        private final long link;
        private final double loss;
        private final ManualClock clock = new ManualClock();
        private final Environment environment;
        private final NarrowNetwork network;
        private final UdpPublisher publisher;
        private final List<Listening> listening = new ArrayList<>();
        private final byte[] event = new byte[EVENT_BYTES];
        private long startNs;
        private long published;

        Run(long seed, long link, long queue, double loss, int receivers) {
            this(seed, link, queue, ONE_WAY_NS, loss, receivers);
        }

        Run(long seed, long link, long queue, long oneWayNs, double loss, int receivers) {
            this.seed = seed;
            this.link = link;
            this.loss = loss;
            environment = new Environment(clock, clock, new Random(seed), new CollectedNotices());
            network = new NarrowNetwork(seed, clock, link, queue, oneWayNs, loss);
            Feed feed = SimNetwork.feed(DATAGRAM_BYTES, true, UdpLimits.defaults());
            for (int i = 0; i < receivers; i++) {
                listening.add(new Listening(new UdpSubscriber(feed, network.subscriberIo(),
                        UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment)));
            }
            publisher = new UdpPublisher(feed, network.publisherIo(), AT_ONCE, environment);
        }

        void play(Duration time) throws IOException {
            for (int i = 0; i < 2_000 && publisher.subscribers() < listening.size(); i++) {
                step();
            }
            assertThat(publisher.subscribers()).isEqualTo(listening.size());
            startNs = clock.nanoTime();
            while (clock.nanoTime() - startNs < time.toNanos()) {
                // At most ten times what the link carries.
                long most = 10 * link * STEP_NS / 1_000_000_000 / EVENT_BYTES + 1;
                for (long i = 0; i < most && publisher.publish("a.b", event, 0, event.length) == PublishResult.ACCEPTED; i++) {
                    published++;
                }
                step();
            }
            for (Listening one : listening) {
                assertThat(one.subscription.sums().difference()).as(toString()).isZero();
                assertThat(one.subscription.sums().lost()).as(toString()).isEmpty();
            }
        }

        private void step() throws IOException {
            clock.advance(Duration.ofNanos(STEP_NS));
            publisher.doWork(0);
            for (Listening one : listening) {
                one.subscriber.doWork(0);
            }
        }

        long delivered() {
            return listening.stream().mapToLong(one -> one.count).min().orElseThrow();
        }

        /** Of the slowest, as a share of what the link carries. */
        double goodput() {
            return delivered() * EVENT_BYTES * 1e9 / (clock.nanoTime() - startNs) / link;
        }

        double wire() {
            return (double) network.wireBytes() / (delivered() * EVENT_BYTES);
        }

        @Override
        public String toString() {
            return "seed %d, %d receivers, loss %s: goodput %.3f of the link, wire %.3f x payload, %d congestions, dropped %d, to one %d, to all %d, requests %d, published %d"
                    .formatted(seed, listening.size(), loss, goodput(), wire(), publisher.congestions(), network.dropped(),
                            publisher.repairsToOne(), publisher.repairsToGroup(),
                            listening.getFirst().subscriber.counters().requests(), published);
        }
    }

    /** Counts what comes. */
    private static final class Listening implements DataHandler {

        private final UdpSubscriber subscriber;
        private final Subscription subscription;
        private long count;

        Listening(UdpSubscriber subscriber) {
            this.subscriber = subscriber;
            this.subscription = subscriber.subscribeDirect(Interest.inAll(), this);
        }

        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) {
            assertThat(sequence).isEqualTo(count);
            count++;
        }

        @Override
        public void onEvent(Delivery delivery) {
            throw new AssertionError("bytes are handed over where they lie: " + delivery);
        }

        @Override
        public void onGap(Gap gap) {
            throw new AssertionError(gap);
        }
    }
}
