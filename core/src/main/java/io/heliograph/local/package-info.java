/**
 * The transport in one process, at {@code local:NAME}: the same policies, gaps and sums as on a network, and the
 * simplest place to read how a transport feeds an {@link io.heliograph.flow.Intake}.
 */
package io.heliograph.local;
