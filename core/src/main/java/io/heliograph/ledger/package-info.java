/**
 * Where every event went, in two sums.
 *
 * <pre>
 * publisher    offered = accepted + dropped + refused
 * subscriber   known   = delivered + filtered + lost (by reason) + in_flight
 * </pre>
 *
 * <p>The ledgers count; the sums are what they read at one moment. No term is computed from the others, so a
 * {@code difference} other than 0 is proof of a defect.
 */
package io.heliograph.ledger;
