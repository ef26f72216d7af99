package io.heliograph.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.heliograph.Event;
import io.heliograph.RandomEvents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: one event, of which they are the only form, or one reason; never an exception. */
final class FrameFuzzTest {

    private static final String CONTEXT = "prices.1";
    private static final int ROOM = 64 << 10;

    private final FrameDecoder decoder = new FrameDecoder();
    private final byte[] bytes = new byte[ROOM];
    private final byte[] again = new byte[ROOM];
    private final Set<MalformedFrame> reasons = EnumSet.noneOf(MalformedFrame.class);
    private int accepted;

    @Test
    void survivesMutatedFramesAndNoise() {
        fuzz(System.nanoTime(), 200_000);
    }

    @Test
    @Tag("fuzz")
    void survivesTenMillionMutatedFrames() {
        fuzz(System.nanoTime(), 10_000_000);
    }

    private void fuzz(long seed, int rounds) {
        var random = new Random(seed);
        byte[][] corpus = corpus(random);
        for (int round = 0; round < rounds; round++) {
            int length = round % 8 == 0 ? noise(random) : mutation(random, corpus[random.nextInt(corpus.length)]);
            try {
                check(length, round % 3 == 0 ? FrameEncoder.NO_TOPIC : CONTEXT);
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                fail("round " + round + ", seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes, 0, length), e);
            }
        }
        assertThat(accepted).as("accepted, seed %d", seed).isGreaterThan(rounds / 20);
        assertThat(reasons).as("reasons, seed %d", seed).hasSize(MalformedFrame.values().length);
    }

    private static byte[][] corpus(Random random) {
        var events = new RandomEvents(random);
        byte[][] corpus = new byte[2_000][];
        for (int i = 0; i < corpus.length; i++) {
            Event event = events.next(CONTEXT);
            String context = random.nextBoolean() ? CONTEXT : FrameEncoder.NO_TOPIC;
            // Small ones: a flipped bit in the data of a large one shows nothing.
            corpus[i] = event.size() > 600 ? corpus[Math.max(0, i - 1)] : FrameRoundTripTest.encode(event, context);
            corpus[i] = corpus[i] == null ? new byte[4] : corpus[i];
        }
        return corpus;
    }

    private int noise(Random random) {
        int length = random.nextInt(64);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        // Often a known kind and a length that fits, so that more than the header is looked at.
        if (length >= 4 && random.nextInt(8) != 0) {
            putHeader(random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 4, length);
        }
        return length;
    }

    private void putHeader(int kind, int length) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, kind << 28 | length - 4);
    }

    /** One to three changes; then the header's length is mended, in most cases. */
    private int mutation(Random random, byte[] frame) {
        System.arraycopy(frame, 0, bytes, 0, frame.length);
        int length = frame.length;
        for (int changes = 1 + random.nextInt(3); changes > 0 && length > 4; changes--) {
            int at = 4 + random.nextInt(Math.min(length - 4, 120));
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at]++;
                case 3 -> length = at;
                case 4 -> {
                    System.arraycopy(bytes, at, bytes, at + 1, length - at);
                    length++;
                }
                case 5 -> {
                    System.arraycopy(bytes, at + 1, bytes, at, length - at - 1);
                    length--;
                }
                default -> {
                    int count = Math.min(random.nextInt(16), length - at);
                    System.arraycopy(bytes, 4 + random.nextInt(length - 4 - count + 1), bytes, at, count);
                }
            }
        }
        if (length >= 4 && random.nextInt(10) != 0) {
            putHeader(random.nextInt(20) == 0 ? random.nextInt(16) : frame.length < 4 ? 4 : frame[3] >> 4 & 0xf, length);
        }
        return length;
    }

    private void check(int length, String context) {
        ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).limit(length);
        switch (decoder.decode(source, context)) {
            case MalformedFrame reason -> {
                reasons.add(reason);
                if (source.limit() != length) {
                    fail("the limit is moved to " + source.limit());
                }
            }
            case DecodedEvent(Event event) -> {
                accepted++;
                int end = source.position();
                ByteBuffer target = ByteBuffer.wrap(again).order(ByteOrder.LITTLE_ENDIAN);
                FrameEncoder.encode(event, context, target);
                if (FrameEncoder.encodedLength(event, context) != end || !Arrays.equals(again, 0, target.position(), bytes, 0, end)) {
                    fail("a second form of " + event + ": " + HexFormat.of().formatHex(again, 0, target.position()));
                }
            }
        }
    }
}
