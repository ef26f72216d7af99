package io.heliograph.flow;

import io.heliograph.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gaps that lie between two neighbours in a backlog. Nothing is delivered between the gaps of one chain, so gaps of the
 * same session and reason are told as one: a chain holds at most sessions x reasons, however much is lost. All chains of
 * a backlog share its {@link GapRoom}.
 */
final class GapChain {

    private List<Gap> gaps = List.of();

    /** Adds {@code gap}, as a part of one that is here or by itself; without room for it, it is counted and forgotten. */
    void add(Gap gap, GapRoom room) {
        for (int i = 0; i < gaps.size(); i++) {
            if (gaps.get(i).isAlike(gap)) {
                gaps.set(i, gaps.get(i).merge(gap));
                return;
            }
        }
        if (room.take()) {
            if (gaps.isEmpty()) {
                gaps = new ArrayList<>(2);
            }
            gaps.add(gap);
        }
    }

    /** Takes all gaps out of {@code earlier} and puts them before these. */
    void prepend(GapChain earlier, GapRoom room) {
        if (earlier.gaps.isEmpty()) {
            return;
        }
        List<Gap> later = gaps;
        gaps = earlier.gaps;
        earlier.gaps = List.of();
        for (Gap gap : later) {
            room.giveBack();
            add(gap, room);
        }
    }

    Optional<Gap> poll(GapRoom room) {
        if (gaps.isEmpty()) {
            return Optional.empty();
        }
        room.giveBack();
        return Optional.of(gaps.removeFirst());
    }

    boolean isEmpty() {
        return gaps.isEmpty();
    }
}
