package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Memory that frames are packed in, used again when nobody reads it. */
class BytePoolTest {

    private final BytePool pool = new BytePool(new FrameMemory(1_000, 2));

    @Test
    void lendsTheSameAgainWhenNobodyReadsIt() {
        BytePool.Loan loan = pool.lend(700).orElseThrow();
        ByteBuffer first = loan.bytes();
        assertThat(first.capacity()).isEqualTo(1_000);
        loan.share();
        loan.end();
        assertThat(pool.lend(700).orElseThrow().bytes()).as("one reads it yet").isNotSameAs(first);
        loan.end();
        assertThat(pool.lend(700).orElseThrow().bytes()).isSameAs(first);
    }

    @Test
    void lendsNothingForLittleOrForMoreThanItHas() {
        assertThat(pool.lend(124)).isEmpty();
        assertThat(pool.lend(1_001)).isEmpty();
        assertThat(pool.lend(125)).isPresent();
        assertThat(pool.lend(1_000)).isPresent();
        assertThat(pool.lend(1_000)).as("a third").isEmpty();
        assertThat(BytePool.none().lend(0)).isEmpty();
    }

    @Test
    void hasThreeTimesWhatMayBeOnTheWay() {
        ZmqLimits limits = ZmqLimits.defaults();
        BytePool ofPublisher = BytePool.of(limits);
        for (int i = 0; i < 1_000; i++) {
            ofPublisher.lend(limits.frameBytes());
        }
        assertThat((long) ofPublisher.memory().made() * limits.frameBytes()).isEqualTo(3L * limits.windowBytes());
    }

    @Test
    void whatHasGrownIsPackedInItAndGivenBack() {
        var chunk = new Chunk("numbers", false, 0, ByteBuffer.allocate(100), pool);
        for (int i = 0; i < 12; i++) {
            chunk.append("numbers", new byte[50], 0, 50, FrameEncoder.encodedLength("numbers", "numbers", 50));
        }
        assertThat(chunk.encodedBytes()).isBetween(501, 1_000);
        assertThat(pool.memory().made()).isEqualTo(1);
        chunk.retire();
        assertThat(pool.memory().free()).isEqualTo(1);
    }

    @Test
    void whoGivesBackTwiceIsTold() {
        BytePool.Loan loan = pool.lend(1_000).orElseThrow();
        loan.end();
        assertThatThrownBy(loan::end).isInstanceOf(IllegalStateException.class);
        assertThat(pool.memory().free()).isEqualTo(1);
    }
}
