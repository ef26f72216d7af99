package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes messages that are nearly right, each the same for the same seed. Confined to one thread. */
final class MessageMutator {

    private static final long[] EXTREMES = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 62, 1L << 40, 1L << 31, Integer.MAX_VALUE,
            Long.MAX_VALUE - 1, 255, 65_535};

    private final SplittableRandom random;
    private final List<byte[]> originals;

    MessageMutator(long seed, List<byte[]> originals) {
        this.random = new SplittableRandom(seed);
        this.originals = originals;
    }

    /** One of the originals with up to three fields, bytes or ends that are others; now and then none. */
    byte[] next() {
        byte[] message = originals.get(random.nextInt(originals.size())).clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            message = change(message);
        }
        return message;
    }

    private byte[] change(byte[] message) {
        if (message.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        int at = random.nextInt(message.length);
        long extreme = EXTREMES[random.nextInt(EXTREMES.length)];
        switch (random.nextInt(7)) {
            case 0 -> message[at] = (byte) random.nextInt();
            case 1 -> message[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                if (message.length >= Long.BYTES) {
                    fields.putLong(Math.min(at, message.length - Long.BYTES), extreme);
                }
            }
            case 3 -> {
                if (message.length >= Integer.BYTES) {
                    fields.putInt(Math.min(at, message.length - Integer.BYTES), (int) extreme);
                }
            }
            case 4 -> {
                return Arrays.copyOf(message, at);
            }
            case 5 -> {
                return Arrays.copyOf(message, message.length + random.nextInt(64));
            }
            default -> {
                int from = random.nextInt(message.length);
                System.arraycopy(message, from, message, at, Math.min(message.length - from, message.length - at));
            }
        }
        return message;
    }
}
