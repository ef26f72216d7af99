package io.heliograph.webhook;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** Takes chance from its source in blocks: a secure one asks for as much work for 8 bytes as for many. Confined to its owner's lock. */
final class ChanceBlock implements RandomGenerator {

    private static final int BYTES = 1 << 10;

    private final RandomGenerator source;
    private final byte[] bytes = new byte[BYTES];
    private final ByteBuffer block = ByteBuffer.wrap(bytes).limit(0);

    ChanceBlock(RandomGenerator source) {
        this.source = source;
    }

    @Override
    public long nextLong() {
        if (!block.hasRemaining()) {
            source.nextBytes(bytes);
            block.clear();
        }
        return block.getLong();
    }
}
