package io.heliograph.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Recorder} found.
 *
 * @param faults one sentence each; empty if both ends and the ledgers agree
 */
public record Report(List<String> faults) {

    private static final int MOST_SHOWN = 20;

    public Report {
        faults = List.copyOf(faults);
    }

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return faults.isEmpty();
    }

    /** @throws AssertionError with the report, if something is wrong */
    public void requireClean() {
        if (!isClean()) {
            throw new AssertionError(toString());
        }
    }

    /** The faults, one a line; the first {@value #MOST_SHOWN} of them. */
    @Override
    public String toString() {
        if (isClean()) {
            return "both ends and the ledgers agree";
        }
        String more = faults.size() > MOST_SHOWN ? "\n  and " + (faults.size() - MOST_SHOWN) + " more" : "";
        return faults.size() + " faults:\n  "
                + String.join("\n  ", faults.subList(0, Math.min(faults.size(), MOST_SHOWN))) + more;
    }

    /** Collects faults. */
    static final class Builder {
        private final List<String> faults = new ArrayList<>();

        void fault(String text) {
            faults.add(text);
        }

        void require(boolean holds, String otherwise) {
            if (!holds) {
                fault(otherwise);
            }
        }

        void equal(String what, long actual, long expected) {
            require(actual == expected, what + " is " + actual + ", and the recorder says " + expected);
        }

        void between(String what, long actual, long least, long most) {
            require(actual >= least && actual <= most, what + " is " + actual + ", and the recorder says "
                    + (least == most ? Long.toString(least) : least + " to " + most));
        }

        Report build() {
            return new Report(faults);
        }
    }
}
