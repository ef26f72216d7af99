package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import zmq.Msg;

/** Where large messages are read into, again and again. */
class ArrivalsTest {

    private static final int PIECE_BYTES = 100_000;
    private static final int MOST_BYTES = 200_000;

    private final FrameMemory memory = new FrameMemory(PIECE_BYTES, 2);
    private final Arrivals arrivals = new Arrivals(memory, Gate.bounded(MOST_BYTES));

    @Test
    void readsIntoTheSameMemoryAgainWhenAMessageIsHandled() {
        Msg first = arrivals.allocate(50_000);
        assertThat(first.size()).isEqualTo(50_000);
        first.buf().put(0, (byte) 77);
        Arrivals.end(first);

        Msg second = arrivals.allocate(PIECE_BYTES);
        assertThat(second.size()).isEqualTo(PIECE_BYTES);
        assertThat(second.buf().get(0)).as("what was there before").isEqualTo((byte) 77);
        assertThat(memory.made()).isEqualTo(1);
    }

    @Test
    void putsOnTheHeapWhatItHasNoMemoryFor() {
        assertThat(arrivals.allocate(PIECE_BYTES).buf().isDirect()).isTrue();
        assertThat(arrivals.allocate(PIECE_BYTES).buf().isDirect()).isTrue();
        Msg third = arrivals.allocate(PIECE_BYTES);
        assertThat(third.buf().isDirect()).isFalse();
        assertThat(third.size()).isEqualTo(PIECE_BYTES);
        Arrivals.end(third);
        assertThat(memory.free()).isZero();
        assertThat(memory.made()).isEqualTo(2);
    }

    @Test
    void putsOnTheHeapWhatIsLittleOrTooLarge() {
        for (int bytes : new int[] {0, 1, 8_191, PIECE_BYTES + 1}) {
            Msg message = arrivals.allocate(bytes);
            assertThat(message.size()).isEqualTo(bytes);
            assertThat(message.buf().isDirect()).as("%d bytes", bytes).isFalse();
        }
        assertThat(memory.made()).isZero();
    }

    @Test
    void makesNothingOfASizeThatNobodyMaySend() {
        for (int bytes : new int[] {-1, Integer.MIN_VALUE, MOST_BYTES + 1, Integer.MAX_VALUE}) {
            assertThat(arrivals.allocate(bytes).size()).as("%d bytes", bytes).isZero();
        }
        assertThat(memory.made()).isZero();
    }
}
