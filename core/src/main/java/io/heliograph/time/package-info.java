/**
 * The two clocks, kept apart: {@link io.heliograph.time.Clock} measures and waits, {@link io.heliograph.time.WallClock}
 * dates. Both are injected, so that a test moves time by hand.
 */
package io.heliograph.time;
