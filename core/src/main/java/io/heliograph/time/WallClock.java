package io.heliograph.time;

import java.time.Instant;

/** The date. It may step in either direction, so nothing is timed by it. Thread-safe. */
@FunctionalInterface
public interface WallClock {

    /** The machine's wall clock. */
    WallClock SYSTEM = () -> {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    };

    /** Nanoseconds since 1970. */
    long epochNanos();
}
