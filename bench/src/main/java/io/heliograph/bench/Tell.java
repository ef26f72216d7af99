package io.heliograph.bench;

/** Takes what a child measured. */
@FunctionalInterface
interface Tell {

    /** One figure. */
    void sample(String name, double value);
}
