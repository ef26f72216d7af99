package io.heliograph.cli;

import io.heliograph.flow.FlowPolicy;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What {@code bench} is to do.
 *
 * @param address     where
 * @param sizeBytes   how much data each event has
 * @param subscribers how many there are in this process
 * @param policy      the publisher's; empty for the address's own
 * @param perSecond   how many events a second; empty for as many as are taken
 */
record BenchPlan(String address, int sizeBytes, int subscribers, Optional<FlowPolicy> policy, OptionalDouble perSecond) {

    /** When to stop publishing: at the first of the two. */
    record Amount(long events, long ns) {

        /** How much of it is done, from 0 to 1. */
        double share(long published, double seconds) {
            return Math.clamp(Math.max(published / (double) events, seconds * 1e9 / ns), 0, 1);
        }
    }
}
