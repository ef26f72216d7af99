package io.heliograph.alert;

/** What a change expects to find, so that two who change a search at the same time do not undo each other. */
public sealed interface Expectation {

    /** Whatever is there. */
    record Anything() implements Expectation {
    }

    /** Nothing: the search is new ({@code If-None-Match: *}). */
    record Absence() implements Expectation {
    }

    /** The search at a revision ({@code If-Match}). */
    record Revision(long number) implements Expectation {
    }

    /** Whatever is there. */
    Expectation ANYTHING = new Anything();

    /** Nothing. */
    Expectation ABSENCE = new Absence();

    /** The search at a revision. */
    static Expectation revision(long number) {
        return new Revision(number);
    }
}
