package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Gap;
import io.heliograph.LossReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GapChainTest {

    private final Occupancy events = new Occupancy();
    private final GapRoom room = new GapRoom(events);
    private final GapChain chain = new GapChain();

    private static Gap gap(long session, long from, long to, LossReason reason) {
        return new Gap(session, from, to, to - from + 1, reason);
    }

    private List<Gap> drain() {
        var gaps = new ArrayList<Gap>();
        for (Optional<Gap> gap = chain.poll(room); gap.isPresent(); gap = chain.poll(room)) {
            gaps.add(gap.get());
        }
        assertThat(chain.isEmpty()).isTrue();
        return gaps;
    }

    @Test
    void tellsGapsOfOneSessionAndReasonAsOne() {
        chain.add(gap(1, 0, 1, LossReason.NETWORK), room);
        chain.add(gap(1, 2, 2, LossReason.OVERFLOW), room);
        chain.add(gap(2, 0, 0, LossReason.NETWORK), room);
        chain.add(gap(1, 3, 5, LossReason.NETWORK), room);
        chain.add(gap(1, 6, 6, LossReason.OVERFLOW), room);
        assertThat(drain()).containsExactly(new Gap(1, 0, 5, 5, LossReason.NETWORK), new Gap(1, 2, 6, 2, LossReason.OVERFLOW),
                gap(2, 0, 0, LossReason.NETWORK));
    }

    @Test
    void putsWhatWasEarlierFirst() {
        var earlier = new GapChain();
        earlier.add(gap(1, 0, 0, LossReason.EXPIRED), room);
        earlier.add(gap(1, 1, 1, LossReason.OVERFLOW), room);
        chain.add(gap(1, 2, 2, LossReason.OVERFLOW), room);
        chain.add(gap(1, 3, 3, LossReason.CONFLATED), room);
        chain.prepend(earlier, room);
        assertThat(earlier.isEmpty()).isTrue();
        assertThat(drain()).containsExactly(gap(1, 0, 0, LossReason.EXPIRED), gap(1, 1, 2, LossReason.OVERFLOW),
                gap(1, 3, 3, LossReason.CONFLATED));
    }

    @Test
    void staysAsItIsWhenNothingWasEarlier() {
        chain.add(gap(1, 2, 2, LossReason.OVERFLOW), room);
        chain.prepend(new GapChain(), room);
        assertThat(chain.isEmpty()).isFalse();
        assertThat(drain()).containsExactly(gap(1, 2, 2, LossReason.OVERFLOW));
    }

    @Test
    void canBeUsedAgainOnceDrained() {
        chain.add(gap(1, 0, 0, LossReason.LEFT), room);
        assertThat(drain()).hasSize(1);
        chain.add(gap(1, 9, 9, LossReason.LEFT), room);
        var later = new GapChain();
        later.prepend(chain, room);
        assertThat(chain.isEmpty()).isTrue();
        chain.add(gap(1, 11, 11, LossReason.LEFT), room);
        assertThat(drain()).containsExactly(gap(1, 11, 11, LossReason.LEFT));
        assertThat(later.poll(room)).contains(gap(1, 9, 9, LossReason.LEFT));
    }

    @Test
    void holdsOneGapForEachSessionAndReasonHoweverMuchIsLost() {
        for (int i = 0; i < 30_000; i++) {
            chain.add(gap(i % 3, i, i, LossReason.values()[i % 2]), room);
        }
        assertThat(drain()).hasSize(6).allSatisfy(gap -> assertThat(gap.count()).isEqualTo(5_000));
    }
}
