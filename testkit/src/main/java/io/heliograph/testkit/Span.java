package io.heliograph.testkit;

/**
 * When something began and ended, in ticks of a recorder's counter. Of two spans that do not touch it is certain which
 * came first; of others it is not.
 */
record Span(long begin, long end) {

    boolean isBefore(Span other) {
        return end < other.begin;
    }
}
