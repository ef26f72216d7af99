package io.heliograph.search;

/** What a match is to tell, beyond which search matched; each takes time for each match. */
public enum Detail {
    /** Which clauses matched. */
    CLAUSES,
    /** Where in the event's text they did. */
    HIGHLIGHTS,
    /** How well, by BM25 in an index of this one event. */
    SCORE
}
