/**
 * What a transport implements, and what it is given.
 *
 * <p>A {@link io.heliograph.spi.Transport} serves the schemes of some {@link io.heliograph.spi.Address}es. Time, chance
 * and the listener for faults come from an {@link io.heliograph.spi.Environment}. Most transports feed an
 * {@link io.heliograph.flow.Intake} and hand out an {@link io.heliograph.spi.IntakeSubscription}.
 */
package io.heliograph.spi;
