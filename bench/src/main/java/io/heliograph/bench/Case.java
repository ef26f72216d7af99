package io.heliograph.bench;

/**
 * A task for one side.
 *
 * @param name under which its samples are kept
 * @param side as the suite's child knows it
 * @param task what to measure
 */
record Case(String name, String side, Task task) {

    /** The side that is no product, but a loop over bare sockets. */
    static final String BARE = "bare";

    /** Where the samples of {@code metric} are kept. */
    String key(String metric) {
        return name + "." + metric;
    }

    boolean isProduct() {
        return !side.equals(BARE);
    }
}
