package io.heliograph.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: one beacon, of which they are the only form, or one reason; never an exception. */
final class BeaconFuzzTest {

    private static final int ROOM = 2_048;

    /** What objects cost beside the text they hold: a view, strings with their arrays, lists, and the refused beacon's rest. */
    private static final long OVERHEAD_BYTES = 8_192;

    private final byte[] bytes = new byte[ROOM];
    private final Set<MalformedBeacon> reasons = EnumSet.noneOf(MalformedBeacon.class);
    private int accepted;

    @Test
    void survivesMutatedBeaconsAndNoise() {
        fuzz(System.nanoTime(), 200_000);
    }

    @Test
    @Tag("fuzz")
    void survivesTenMillionMutatedBeacons() {
        fuzz(System.nanoTime(), 10_000_000);
    }

    @Test
    void allocatesNoMoreThanTheBytesAtHandJustify() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<byte[]> corpus = corpus(random);
        for (int round = 0; round < 20_000; round++) {
            ByteBuffer datagram = ByteBuffer.wrap(bytes, 0, mutation(random, corpus.get(random.nextInt(corpus.size()))));
            long before = threads.getCurrentThreadAllocatedBytes();
            BeaconCodec.decode(datagram);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The first calls load and compile.
            if (round > 1_000) {
                assertThat(allocated).as("for %d bytes, seed %d, round %d", datagram.remaining(), seed, round)
                        .isLessThan(OVERHEAD_BYTES + 4L * datagram.remaining());
            }
        }
    }

    private void fuzz(long seed, int rounds) {
        var random = new Random(seed);
        List<byte[]> corpus = corpus(random);
        for (int round = 0; round < rounds; round++) {
            int length = round % 8 == 0 ? noise(random) : mutation(random, corpus.get(random.nextInt(corpus.size())));
            try {
                check(length);
            } catch (RuntimeException | AssertionError e) {
                fail("round " + round + ", seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes, 0, length), e);
            }
        }
        assertThat(accepted).as("accepted, seed %d", seed).isGreaterThan(rounds / 20);
        assertThat(reasons).as("reasons, seed %d", seed).hasSize(MalformedBeacon.values().length);
    }

    private void check(int length) {
        switch (BeaconCodec.decode(ByteBuffer.wrap(bytes, 0, length))) {
            case MalformedBeacon reason -> reasons.add(reason);
            case Beacon beacon -> {
                accepted++;
                assertThat(BeaconCodec.encode(beacon)).isEqualTo(ByteBuffer.wrap(bytes, 0, length));
            }
        }
    }

    private static List<byte[]> corpus(Random random) {
        var corpus = new ArrayList<byte[]>();
        for (int i = 0; i < 500; i++) {
            Beacon beacon = new Beacon(random.nextLong(), "n".repeat(1 + random.nextInt(Beacon.MAX_NAME_LENGTH)),
                    texts(random, 1 + random.nextInt(Beacon.MAX_ADDRESSES), "udp://x"),
                    texts(random, random.nextInt(Beacon.MAX_TOPICS + 1), "a.*.b"), 1 + random.nextInt(Beacon.MAX_EXPIRY_MS));
            corpus.add(BeaconCodec.encode(i % 8 == 0 ? beacon.goodbye() : beacon).array());
        }
        return corpus;
    }

    private static List<String> texts(Random random, int count, String start) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            texts.add(start + "-".repeat(random.nextInt(20)));
        }
        return texts;
    }

    private int noise(Random random) {
        int length = random.nextInt(64);
        random.nextBytes(bytes);
        if (length >= 4 && random.nextInt(8) != 0) {
            ByteBuffer.wrap(bytes).putInt(0x48474201);
        }
        return length;
    }

    /** The beacon with a byte or two changed, cut, or with more behind it. */
    private int mutation(Random random, byte[] beacon) {
        System.arraycopy(beacon, 0, bytes, 0, beacon.length);
        int changes = random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            // Half of them in the header and the name's length, where much depends on a byte.
            int at = random.nextInt(random.nextBoolean() ? 17 : beacon.length);
            bytes[at] = (byte) (random.nextBoolean() ? bytes[at] ^ 1 << random.nextInt(8) : random.nextInt());
        }
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(beacon.length);
            case 1 -> Math.min(ROOM, beacon.length + random.nextInt(1_000));
            default -> beacon.length;
        };
    }
}
