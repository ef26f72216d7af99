package io.heliograph.search;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A search that matched an event.
 *
 * @param searchId   which
 * @param clauses    the clauses that matched, by their name or their text; if asked for
 * @param highlights where they did; if asked for
 * @param score      how well; if asked for
 */
public record Match(String searchId, List<String> clauses, List<Highlight> highlights, OptionalDouble score) {

    /** Copies the lists. */
    public Match {
        clauses = List.copyOf(clauses);
        highlights = List.copyOf(highlights);
    }

    static Match of(String searchId) {
        return new Match(searchId, List.of(), List.of(), OptionalDouble.empty());
    }
}
