package io.heliograph.udp;

/**
 * Which part of a long test a run does, so that it can be done in slices: {@code -Dheliograph.first=FIRST} is the first
 * seed, {@code -Dheliograph.count=N} how many. What is left out is as the test has it. Immutable.
 */
record SeedSlice(long first, int count) {

    static SeedSlice of(long first, int count) {
        return new SeedSlice(Long.getLong("heliograph.first", first), Integer.getInteger("heliograph.count", count));
    }
}
