package io.heliograph;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Session numbers: one life of a publisher. The upper 42 bits are the start in milliseconds since 1970 and the lower
 * 22 bits are random, so that later lives compare greater and two publishers started in the same millisecond differ.
 *
 * <pre>
 *  63                                    22 21                 0
 * +----------------------------------------+--------------------+
 * | start, ms since 1970 (until year 2109) | random             |
 * +----------------------------------------+--------------------+
 * </pre>
 */
public final class Session {

    private static final int RANDOM_BITS = 22;

    private Session() {
    }

    /** A new session number for a publisher that starts at {@code epochNanos}. */
    public static long start(long epochNanos, RandomGenerator random) {
        return epochNanos / 1_000_000 << RANDOM_BITS | random.nextInt(1 << RANDOM_BITS);
    }

    /** When the session started, in milliseconds since 1970, by its publisher's clock. */
    public static long startMillis(long session) {
        return session >>> RANDOM_BITS;
    }

    /** The session as 16 lower-case hexadecimal digits. */
    public static String format(long session) {
        return HexFormat.of().toHexDigits(session);
    }
}
