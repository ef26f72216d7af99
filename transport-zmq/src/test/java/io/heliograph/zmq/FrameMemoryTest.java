package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Memory outside the heap, of which there is so much and no more. */
class FrameMemoryTest {

    private final FrameMemory memory = new FrameMemory(10, 3);

    @Test
    void makesNoMoreThanItMay() {
        for (int i = 0; i < 3; i++) {
            assertThat(memory.take()).hasValueSatisfying(piece -> assertThat(piece.isDirect()).isTrue());
        }
        assertThat(memory.take()).isEmpty();
        assertThat(memory.take()).isEmpty();
        assertThat(memory.made()).isEqualTo(3);
    }

    @Test
    void lendsWhatWasGivenBackLast() {
        ByteBuffer first = memory.take().orElseThrow();
        ByteBuffer second = memory.take().orElseThrow();
        memory.giveBack(first);
        memory.giveBack(second);
        assertThat(memory.free()).isEqualTo(2);
        assertThat(memory.take().orElseThrow()).isSameAs(second);
        assertThat(memory.take().orElseThrow()).isSameAs(first);
        assertThat(memory.made()).isEqualTo(2);
    }

    @Test
    void asksNoMoreOnceTheProcessHasNone() {
        var asked = new AtomicInteger();
        var limited = new FrameMemory(10, 5, bytes -> {
            if (asked.incrementAndGet() > 2) {
                throw new OutOfMemoryError("Cannot reserve " + bytes + " bytes of direct buffer memory");
            }
            return ByteBuffer.allocate(bytes);
        });
        ByteBuffer first = limited.take().orElseThrow();
        assertThat(limited.take()).isPresent();
        assertThat(limited.take()).isEmpty();
        assertThat(limited.take()).isEmpty();
        assertThat(asked).hasValue(3);
        assertThat(limited.made()).isEqualTo(2);
        limited.giveBack(first);
        assertThat(limited.take()).hasValueSatisfying(again -> assertThat(again).isSameAs(first));
    }

    @Test
    void makesAnotherInThePlaceOfOneThatIsNeverGivenBack() {
        var two = new FrameMemory(10, 2);
        ByteBuffer kept = two.take().orElseThrow();
        two.take().orElseThrow();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            System.gc();
            assertThat(two.take()).isPresent();
        });
        assertThat(two.made()).isEqualTo(2);
        Reference.reachabilityFence(kept);
    }
}
