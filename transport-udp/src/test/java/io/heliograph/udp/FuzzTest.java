package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.heliograph.Delivery;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Datagrams that are nearly right, against the decoders, a live subscriber and a live publisher: none is thrown over, what
 * they make anyone allocate is bounded, and the sums close. A datagram that ever did otherwise is in the corpus, one file
 * of hexadecimal digits each, and is sent again with each build.
 */
class FuzzTest {

    static final long SEED = 20_261_121;
    private static final Path CORPUS = Path.of("src", "test", "resources", "io", "heliograph", "udp", "corpus");
    private static final UdpLimits LIMITS = UdpLimits.defaults().withSessions(8).withRetainedBytes(256 << 10);

    @Test
    void aHundredThousandMutantsBreakNothing() throws IOException {
        long before = allocated();
        decode(SEED, 100_000);
        assertThat((allocated() - before) / 100_000).as("bytes allocated for a datagram, its making included").isLessThan(8_192);
        hear(SEED, 30_000);
        before = allocated();
        hear(SEED + 1, 70_000);
        assertThat((allocated() - before) / 70_000).as("bytes allocated by a subscriber for a datagram").isLessThan(8_192);
        serve(SEED, 30_000);
        before = allocated();
        serve(SEED + 1, 70_000);
        assertThat((allocated() - before) / 70_000).as("bytes allocated by a publisher for a datagram").isLessThan(8_192);
    }

    /** Or as many as its {@link SeedSlice} says, from its seed. */
    @Test
    @Tag("fuzz")
    void tenMillionMutantsBreakNothing() throws IOException {
        var slice = SeedSlice.of(System.nanoTime(), 10_000_000);
        decode(slice.first(), slice.count());
        hear(slice.first(), slice.count() / 2);
        serve(slice.first(), slice.count() / 2);
        System.out.printf("seed %d: %,d mutants decoded, half as many heard and half as many served%n", slice.first(), slice.count());
    }

    @Test
    void theCorpusBreaksNothing() throws IOException {
        List<byte[]> corpus = corpus();
        assertThat(corpus).hasSizeGreaterThan(10);
        var drill = new DecoderDrill();
        corpus.forEach(drill::decode);
        var subscriber = new Hearing(SEED);
        var publisher = new Serving(SEED);
        for (byte[] datagram : corpus) {
            subscriber.take(datagram);
            subscriber.settle();
            publisher.take(datagram);
            publisher.settle();
        }
    }

    private static List<byte[]> corpus() throws IOException {
        try (var files = Files.list(CORPUS)) {
            return files.sorted().map(FuzzTest::read).toList();
        }
    }

    private static byte[] read(Path file) {
        try {
            return HexFormat.of().parseHex(Files.readString(file).replaceAll("\\s", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void decode(long seed, int count) {
        var mutator = new DatagramMutator(seed, 5);
        var drill = new DecoderDrill();
        for (int i = 0; i < count; i++) {
            byte[] mutant = mutator.next();
            try {
                drill.decode(mutant);
            } catch (RuntimeException | Error e) {
                throw broken(seed, i, mutant, e);
            }
        }
        assertThat(drill.whole()).as("datagrams that came past all checks, seed %d", seed).isGreaterThan(count / 10);
        assertThat(drill.events()).as("events decoded, seed %d", seed).isPositive();
        assertThat(drill.sum()).isNotZero();
    }

    private static AssertionError broken(long seed, int number, byte[] mutant, Throwable cause) {
        return new AssertionError("seed " + seed + ", mutant " + number + ": add " + HexFormat.of().formatHex(mutant) + " to the corpus", cause);
    }

    private static void hear(long seed, int count) throws IOException {
        var hearing = new Hearing(seed);
        var mutator = new DatagramMutator(seed, 5);
        for (int i = 0; i < count; i++) {
            byte[] mutant = mutator.next();
            try {
                hearing.take(mutant);
                if (i % 500 == 0) {
                    hearing.settle();
                }
            } catch (RuntimeException | Error e) {
                throw broken(seed, i, mutant, e);
            }
        }
        hearing.settle();
    }

    private static void serve(long seed, int count) throws IOException {
        var serving = new Serving(seed);
        var mutator = new DatagramMutator(seed, serving.publisher.session());
        for (int i = 0; i < count; i++) {
            byte[] mutant = mutator.next();
            try {
                serving.take(mutant);
                if (i % 500 == 0) {
                    serving.settle();
                }
            } catch (RuntimeException | Error e) {
                throw broken(seed, i, mutant, e);
            }
        }
        serving.settle();
    }

    /** A subscriber, with a subscription of each kind, that hears whatever comes. */
    private static final class Hearing {
        private final SimScene scene;
        private final UdpSubscriber subscriber;
        private final Subscription polled;
        private final Subscription weak;
        private final UdpSubscriber other;
        private final Subscription direct;
        private int taken;

        Hearing(long seed) {
            scene = new SimScene(seed, 1_000, LIMITS, FlowPolicy.dropOldest(Limit.DEFAULT));
            subscriber = new UdpSubscriber(scene.feedFrom(new Start.Live()), scene.network.subscriberIo(Faults.NONE),
                    UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment);
            polled = subscriber.subscribePolled(Interest.inAll());
            weak = subscriber.subscribePolled(Interest.inAll().withPolicy(FlowPolicy.dropOldest(Limit.events(5))));
            other = new UdpSubscriber(scene.feedFrom(new Start.Oldest()), scene.network.subscriberIo(Faults.NONE),
                    UdpTransport.UNRELIABLE_DEFAULT_POLICY, scene.environment);
            direct = other.subscribeDirect(Interest.inAll(), new Nothing());
        }

        void take(byte[] datagram) throws IOException {
            scene.network.link().send(datagram);
            subscriber.doWork(0);
            other.doWork(0);
            polled.poll(delivery -> { }, 1);
            if (taken++ % 64 == 0) {
                scene.clock.advance(Duration.ofMillis(taken % 4_096 == 1 ? 6_000 : 1));
            }
        }

        void settle() {
            for (Subscription each : List.of(polled, weak, direct)) {
                assertThat(each.sums().difference()).as("%s", each.sums()).isZero();
            }
            polled.poll(delivery -> { }, Integer.MAX_VALUE);
            weak.poll(delivery -> { }, Integer.MAX_VALUE);
            direct.poll(delivery -> { }, Integer.MAX_VALUE);
        }
    }

    private static final class Nothing implements DataHandler {
        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) {
            // Only the sums count.
        }

        @Override
        public void onEvent(Delivery delivery) {
            // Only the sums count.
        }
    }

    /** A publisher that hears whatever comes, from someone who has its cookie. */
    private static final class Serving {
        private final SimScene scene;
        private final UdpPublisher publisher;
        private final DatagramIo stranger;
        private final CRC32C crc = new CRC32C();
        private final Datagram answer = new Datagram();
        private long cookie;
        private int taken;

        Serving(long seed) {
            scene = new SimScene(seed, 1_000, LIMITS, FlowPolicy.dropOldest(Limit.DEFAULT));
            publisher = scene.publisher;
            stranger = scene.network.strangerIo();
        }

        void take(byte[] datagram) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(datagram).order(ByteOrder.LITTLE_ENDIAN);
            boolean hasCookie = datagram.length >= DatagramLayout.HEADER_BYTES + DatagramLayout.NAK_FIXED_BYTES;
            if (hasCookie && cookie != 0 && taken % 4 != 0) {
                bytes.putLong(DatagramLayout.HEADER_BYTES, 1).putLong(DatagramLayout.HEADER_BYTES + Long.BYTES, cookie);
                bytes.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, bytes));
            }
            stranger.send(bytes, SimNetwork.PUBLISHER);
            publisher.doWork(0);
            stranger.receive((back, source) -> {
                if (answer.wrap(back).isEmpty() && answer.type() == DatagramLayout.COOKIE && answer.control().receiverId() == 1) {
                    cookie = answer.control().cookie();
                }
            }, 0);
            if (taken++ % 16 == 0) {
                assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
                scene.clock.advance(Duration.ofMillis(taken % 4_096 == 1 ? 6_000 : 1));
            }
        }

        void settle() {
            assertThat(publisher.sums().difference()).isZero();
            assertThat(publisher.subscribers()).isLessThanOrEqualTo(1_000 * LIMITS.receivers());
        }
    }
}
