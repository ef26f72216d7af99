package io.heliograph.search;

import java.util.List;

/**
 * What became of one search at one event, clause by clause.
 *
 * @param isMatch whether the search matches
 * @param clauses its clauses, in the order they are written
 */
public record Trial(boolean isMatch, List<ClauseTrial> clauses) {

    /**
     * One clause.
     *
     * @param name        its name or its text
     * @param isForbidden whether the search matches only without it
     * @param isMatch     whether it matches by itself
     */
    public record ClauseTrial(String name, boolean isForbidden, boolean isMatch) {
    }

    /** Copies the list. */
    public Trial {
        clauses = List.copyOf(clauses);
    }

    /** The clauses that speak against a match: those that do not match, and forbidden ones that do. */
    public List<String> failing() {
        return clauses.stream().filter(clause -> clause.isMatch() == clause.isForbidden()).map(ClauseTrial::name).toList();
    }
}
