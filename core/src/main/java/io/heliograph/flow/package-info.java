/**
 * What happens when a subscriber cannot keep up.
 *
 * <p>A {@link io.heliograph.flow.FlowPolicy} says what is wanted: drop, buffer or back pressure, each with a
 * {@link io.heliograph.flow.Limit} in events and bytes. {@link io.heliograph.flow.Admission} alone interprets it, as a
 * pure function. What is kept sits in a {@link io.heliograph.flow.Backlog}. An {@link io.heliograph.flow.Intake} joins
 * them into a subscription's way from the wire to its handler, and counts every step.
 *
 * <p>Lock order: a publisher's or channel's lock, then an intake's. A handler runs under neither.
 */
package io.heliograph.flow;
