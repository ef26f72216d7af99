package io.heliograph.search;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what was perhaps meant: the nearest of some names by letters that differ, or have changed places. */
final class Nearest {

    /** Names longer than this are compared by nobody. */
    private static final int MAX_LENGTH = 64;

    private Nearest() {
    }

    private record Candidate(String name, int distance) {
    }

    /** The nearest name, if it is near: one letter apart, two in names of six and more. */
    static Optional<String> to(String name, Collection<String> names) {
        if (name.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        int most = name.length() < 3 ? 0 : name.length() < 6 ? 1 : 2;
        return names.stream()
                .filter(other -> Math.abs(other.length() - name.length()) <= most && !other.equals(name))
                .map(other -> new Candidate(other, distance(name, other)))
                .filter(candidate -> candidate.distance() <= most)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /** Optimal string alignment: insertions, deletions, replacements, and neighbours that changed places. */
    static int distance(String one, String other) {
        int[] beforeLast = new int[other.length() + 1];
        int[] last = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = last[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                boolean isSwapped = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
                if (isSwapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[other.length()];
    }
}
