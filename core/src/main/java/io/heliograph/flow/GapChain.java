package io.heliograph.flow;

import io.heliograph.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gaps that lie between two neighbours in a backlog. Nothing is delivered between the gaps of one chain, so gaps of the
 * same session and reason are told as one: a chain holds at most sessions x reasons, however much is lost.
 */
final class GapChain {

    /** More than the sessions a transport follows at once, for each reason: only strangers' made-up sessions reach it. */
    private static final int MAX_GAPS = 4_096;

    private List<Gap> gaps = List.of();

    void add(Gap gap) {
        if (gaps.isEmpty()) {
            gaps = new ArrayList<>(2);
        }
        for (int i = 0; i < gaps.size(); i++) {
            if (gaps.get(i).isAlike(gap)) {
                gaps.set(i, gaps.get(i).merge(gap));
                return;
            }
        }
        gaps.add(gap);
    }

    /** Adds {@code gap}, unless as many different ones are here as a chain may hold. */
    boolean addIfRoom(Gap gap) {
        boolean fits = gaps.size() < MAX_GAPS || gaps.stream().anyMatch(gap::isAlike);
        if (fits) {
            add(gap);
        }
        return fits;
    }

    /** Takes all gaps out of {@code earlier} and puts them before these. */
    void prepend(GapChain earlier) {
        if (earlier.gaps.isEmpty()) {
            return;
        }
        List<Gap> later = gaps;
        gaps = earlier.gaps;
        earlier.gaps = List.of();
        later.forEach(this::add);
    }

    Optional<Gap> poll() {
        return gaps.isEmpty() ? Optional.empty() : Optional.of(gaps.removeFirst());
    }

    boolean isEmpty() {
        return gaps.isEmpty();
    }
}
