package io.heliograph.udp;

import io.heliograph.spi.Environment;

/**
 * When a publisher's session began, by both clocks, so that one reading of the monotonic one dates what it sends. Immutable.
 *
 * @param startEpochNanos the wall clock's time then
 * @param startNs         the monotonic clock's time then
 */
record SessionTime(long startEpochNanos, long startNs) {

    /** The session begins now. */
    static SessionTime now(Environment environment) {
        return new SessionTime(environment.wallClock().epochNanos(), environment.clock().nanoTime());
    }

    /** The wall clock's time at {@code nowNs}, as this session has it. */
    long epochNanos(long nowNs) {
        return startEpochNanos + (nowNs - startNs);
    }

    /** Has {@code stamp} say that it is {@code nowNs}. */
    void date(Stamp stamp, long nowNs) {
        stamp.at(nowNs - startNs, epochNanos(nowNs));
    }
}
