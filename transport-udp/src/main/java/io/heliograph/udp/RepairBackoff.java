package io.heliograph.udp;

/**
 * How long a receiver in a group waits before it asks for a repair, so that few ask for what all of them lost: the
 * truncated exponential of RFC 5401 (Multicast NACK building blocks, page 13), with which, whatever the number of
 * receivers, a few wait much less than the others, who meanwhile see the repair. Stateless; allocates nothing.
 *
 * <p>With {@code T} the longest wait, {@code L = ln(receivers) + 1} and {@code u} uniform in 0 to 1, the wait is
 * {@code T / L * ln(1 + u * (e^L - 1))}: the RFC's formula with its two constants cancelled.
 */
final class RepairBackoff {

    private RepairBackoff() {
    }

    /**
     * A wait from 0 to {@code mostNs}.
     *
     * @param receivers how many may have lost the same
     * @param uniform   chance, from 0 to 1
     */
    static long waitNs(long mostNs, int receivers, double uniform) {
        double lambda = Math.log(Math.max(1, receivers)) + 1;
        return (long) (mostNs / lambda * Math.log1p(uniform * Math.expm1(lambda)));
    }
}
