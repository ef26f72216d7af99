package io.heliograph.statsd;

import java.util.Locale;

/** Why a line that is a good metric was not applied: a limit on what the server keeps. */
public enum Rejection {
    /** There are {@code maxNames} series already, and this is another. */
    NAMES_FULL,
    /** The set, or all sets of the pane together, hold as many distinct elements as they may, and this is another. */
    SET_FULL,
    /** There are {@link GeneratorSequence#MAX_GENERATORS} numbered generators already, and this is another. */
    GENERATORS_FULL;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word for it in listings. */
    public String label() {
        return label;
    }
}
