package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.udp.MissingRanges.Removal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MissingRangesTest {

    private final MissingRanges missing = new MissingRanges(4);

    @Test
    void rangesStayInOrderHoweverTheyCome() {
        add(30, 40);
        add(10, 12);
        add(20, 21);
        assertThat(ranges()).containsExactly("10-12", "20-21", "30-40");
        assertThat(missing.datagrams()).isEqualTo(13);
        assertThat(missing.contains(11)).isTrue();
        assertThat(missing.contains(12)).isFalse();
        assertThat(missing.contains(9)).isFalse();
        assertThat(missing.contains(39)).isTrue();
        assertThat(missing.contains(40)).isFalse();
    }

    @Test
    void whatIsThereAlreadyIsNotAddedAgain() {
        add(10, 20);
        missing.asked(0, 7);
        add(5, 25);
        assertThat(ranges()).containsExactly("5-10", "10-20", "20-25");
        assertThat(missing.timesAsked(0)).isZero();
        assertThat(missing.timesAsked(1)).isOne();
        assertThat(missing.timesAsked(2)).isZero();
        add(5, 25);
        assertThat(missing.datagrams()).isEqualTo(20);
    }

    @Test
    void neighboursNotAskedForAreJoinedAndDueWithTheEarlier() {
        assertThat(missing.add(10, 15, 500)).isTrue();
        assertThat(missing.add(15, 20, 900)).isTrue();
        assertThat(missing.add(5, 10, 300)).isTrue();
        assertThat(ranges()).containsExactly("5-20");
        assertThat(missing.dueNs(0)).isEqualTo(300);
    }

    @Test
    void takingOneOutTrimsCutsOrEndsItsRange() {
        add(10, 15);
        assertThat(missing.remove(10)).isEqualTo(Removal.REMOVED);
        assertThat(missing.remove(14)).isEqualTo(Removal.REMOVED);
        assertThat(ranges()).containsExactly("11-14");
        missing.asked(0, 7);
        assertThat(missing.remove(12)).isEqualTo(Removal.REMOVED);
        assertThat(ranges()).containsExactly("11-12", "13-14");
        assertThat(missing.timesAsked(1)).isOne();
        assertThat(missing.dueNs(1)).isEqualTo(7);
        assertThat(missing.remove(12)).isEqualTo(Removal.ABSENT);
        assertThat(missing.remove(11)).isEqualTo(Removal.REMOVED);
        assertThat(missing.remove(13)).isEqualTo(Removal.REMOVED);
        assertThat(missing.isEmpty()).isTrue();
        assertThat(missing.datagrams()).isZero();
    }

    @Test
    void oneRangeTooManyIsRefusedAndNothingChanges() {
        add(0, 1);
        add(10, 20);
        add(30, 31);
        add(40, 41);
        assertThat(missing.add(50, 51, 0)).isFalse();
        missing.asked(1, 0);
        missing.asked(2, 0);
        assertThat(missing.add(25, 41, 0)).as("two pieces, one joins").isFalse();
        assertThat(ranges()).containsExactly("0-1", "10-20", "30-31", "40-41");
        assertThat(missing.add(41, 100, 0)).as("only makes a range longer").isTrue();
        assertThat(ranges()).containsExactly("0-1", "10-20", "30-31", "40-100");
    }

    @Test
    void anArrivalThatWouldCutOneRangeTooManyIsRefusedUntilThereIsPlace() {
        add(0, 1);
        add(10, 20);
        add(30, 31);
        add(40, 41);
        assertThat(missing.remove(15)).isEqualTo(Removal.NO_PLACE);
        assertThat(missing.contains(15)).isTrue();
        assertThat(missing.datagrams()).isEqualTo(13);
        assertThat(missing.remove(10)).as("from the front").isEqualTo(Removal.REMOVED);
        assertThat(missing.remove(30)).isEqualTo(Removal.REMOVED);
        assertThat(missing.remove(15)).isEqualTo(Removal.REMOVED);
        assertThat(ranges()).containsExactly("0-1", "11-15", "16-20", "40-41");
    }

    @Test
    void allBelowASequenceGoAtOnce() {
        add(0, 5);
        add(10, 20);
        add(30, 31);
        assertThat(missing.removeBelow(0)).isZero();
        assertThat(missing.removeBelow(12)).isEqualTo(7);
        assertThat(ranges()).containsExactly("12-20", "30-31");
        assertThat(missing.removeBelow(20)).isEqualTo(8);
        assertThat(missing.removeBelow(Long.MAX_VALUE)).isEqualTo(1);
        assertThat(missing.isEmpty()).isTrue();
    }

    @Test
    void aRangeOfNothingIsRefused() {
        assertThatThrownBy(() -> missing.add(5, 5, 0)).hasMessageContaining("from 5 to 5");
        assertThatThrownBy(() -> missing.add(-1, 5, 0)).hasMessageContaining("from -1");
        assertThatThrownBy(() -> new MissingRanges(0)).hasMessageContaining("0 is below 1");
    }

    @Test
    void itAgreesWithASetOfBitsWhateverIsDone() {
        for (long seed = 1; seed <= 200; seed++) {
            compare(seed);
        }
    }

    private static void compare(long seed) {
        var random = new Random(seed);
        int most = 1 + random.nextInt(20);
        var ranges = new MissingRanges(most);
        var bits = new BitSet();
        for (int step = 0; step < 500; step++) {
            int at = random.nextInt(200);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    int end = at + 1 + random.nextInt(20);
                    if (ranges.add(at, end, step)) {
                        bits.set(at, end);
                    } else {
                        assertThat(ranges.ranges()).as("seed %d: refused with places left", seed).isGreaterThan(most - 20);
                    }
                }
                case 3, 4, 5 -> {
                    Removal removal = ranges.remove(at);
                    assertThat(removal != Removal.ABSENT).as("seed %d, step %d", seed, step).isEqualTo(bits.get(at));
                    bits.set(at, removal == Removal.NO_PLACE);
                }
                case 6 -> {
                    int cut = random.nextInt(40);
                    int below = bits.get(0, cut).cardinality();
                    assertThat(ranges.removeBelow(cut)).as("seed %d, step %d", seed, step).isEqualTo(below);
                    bits.clear(0, cut);
                }
                default -> {
                    if (!ranges.isEmpty()) {
                        ranges.asked(random.nextInt(ranges.ranges()), step);
                    }
                }
            }
            requireSame(seed, ranges, bits, most);
        }
    }

    private static void requireSame(long seed, MissingRanges ranges, BitSet bits, int most) {
        var seen = new BitSet();
        long last = -1;
        for (int i = 0; i < ranges.ranges(); i++) {
            assertThat(ranges.from(i)).as("seed %d: order", seed).isGreaterThanOrEqualTo(last).isLessThan(ranges.to(i));
            last = ranges.to(i);
            seen.set((int) ranges.from(i), (int) ranges.to(i));
        }
        assertThat(seen).as("seed %d", seed).isEqualTo(bits);
        assertThat(ranges.datagrams()).as("seed %d", seed).isEqualTo(bits.cardinality());
        assertThat(ranges.ranges()).as("seed %d", seed).isLessThanOrEqualTo(most);
    }

    private void add(long from, long to) {
        assertThat(missing.add(from, to, 0)).isTrue();
    }

    private List<String> ranges() {
        var texts = new ArrayList<String>();
        for (int i = 0; i < missing.ranges(); i++) {
            texts.add(missing.from(i) + "-" + missing.to(i));
        }
        return texts;
    }
}
