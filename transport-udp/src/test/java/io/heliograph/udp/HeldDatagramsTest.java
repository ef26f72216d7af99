package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HeldDatagramsTest {

    @Test
    void holdsWhatAMapWouldHold() {
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var held = new HeldDatagrams(1 + random.nextInt(500));
            var model = new TreeMap<Long, byte[]>();
            long expected = random.nextLong(1L << 40);
            for (int i = 0; i < 5_000; i++) {
                long sequence = expected + random.nextInt(held.window());
                if (random.nextInt(3) > 0) {
                    byte[] bytes = new byte[48 + random.nextInt(1_000)];
                    random.nextBytes(bytes);
                    boolean isNew = !model.containsKey(sequence);
                    held.reach(sequence - expected + 1);
                    assertThat(held.hold(sequence, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), i)).as("seed %d", seed).isEqualTo(isNew);
                    model.put(sequence, bytes);
                    assertThat(held.receivedEpochNanos(sequence)).isEqualTo(i);
                } else {
                    held.release(expected);
                    model.remove(expected);
                    expected++;
                }
                assertThat(held.count()).as("seed %d", seed).isEqualTo(model.size());
                Long first = model.ceilingKey(expected);
                long end = expected + random.nextInt(2 * held.window());
                assertThat(held.firstFrom(expected, end)).as("seed %d", seed).isEqualTo(first == null ? end : Math.min(first, end));
                model.forEach((key, bytes) -> assertThat(held.holds(key)).isTrue());
                if (first != null) {
                    byte[] copy = new byte[held.get(first).remaining()];
                    held.get(first).get(copy);
                    assertThat(copy).as("seed %d", seed).isEqualTo(model.get(first));
                }
            }
        }
    }

    @Test
    void remembersWhatWasAskedForWhereItsSlotsGrow() {
        var held = new HeldDatagrams(4_096);
        for (long sequence = 1_000; sequence < 1_060; sequence++) {
            held.ask(sequence, sequence);
        }
        held.reach(4_000);
        for (long sequence = 1_000; sequence < 1_060; sequence++) {
            assertThat(held.tries(sequence)).isEqualTo(1);
            assertThat(held.askedNs(sequence)).isEqualTo(sequence);
        }
        assertThat(held.tries(1_060)).isZero();
    }

    @Test
    void remembersHowOftenAndWhenEachWasAskedForUntilItsPlaceIsAnothers() {
        var held = new HeldDatagrams(8);
        assertThat(held.tries(3)).isZero();
        held.ask(3, 100);
        held.ask(3, 200);
        assertThat(held.tries(3)).isEqualTo(2);
        assertThat(held.askedNs(3)).isEqualTo(200);
        assertThat(held.tries(11)).as("the next one in the same place").isZero();
        held.ask(11, 300);
        assertThat(held.tries(11)).isEqualTo(1);
        assertThat(held.tries(3)).isZero();
        for (int i = 0; i < 300; i++) {
            held.ask(11, i);
        }
        assertThat(held.tries(11)).isEqualTo(Byte.MAX_VALUE);
    }
}
