package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChanceBlockTest {

    private static final int BLOCK = 1 << 10;
    private static final int BLOCKS = 3;

    @Test
    void givesEachOfTheSourcesBytesOnce() {
        var source = new Random(7);
        ByteBuffer expected = ByteBuffer.allocate(BLOCKS * BLOCK);
        for (int i = 0; i < BLOCKS; i++) {
            byte[] block = new byte[BLOCK];
            source.nextBytes(block);
            expected.put(block);
        }
        expected.flip();
        var chance = new ChanceBlock(new Random(7));

        long[] drawn = LongStream.generate(chance::nextLong).limit(BLOCKS * BLOCK / Long.BYTES).toArray();

        long[] longs = new long[drawn.length];
        expected.asLongBuffer().get(longs);
        assertThat(drawn).isEqualTo(longs).doesNotHaveDuplicates();
    }
}
