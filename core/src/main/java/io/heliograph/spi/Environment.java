package io.heliograph.spi;

import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * What a transport takes from outside: time, chance, and who hears of faults.
 *
 * @param clock     measures and waits
 * @param wallClock dates
 * @param random    chance; used under the transport's own lock
 * @param notices   hears of faults
 */
public record Environment(Clock clock, WallClock wallClock, RandomGenerator random, NoticeListener notices) {

    /** The machine's own clocks and chance; nobody listens to notices. */
    public static Environment system() {
        return new Environment(Clock.SYSTEM, WallClock.SYSTEM, new SecureRandom(), NoticeListener.NONE);
    }

    /** Tells the listener; what it throws is ignored, since the fault has been counted where it happened. */
    public void tell(Notice notice) {
        try {
            notices.onNotice(notice);
        } catch (RuntimeException | Error ignored) {
            // See above: a listener must not break what it listens to.
        }
    }

    /** The same, with {@code listener} hearing of faults. */
    public Environment withNotices(NoticeListener listener) {
        return new Environment(clock, wallClock, random, listener);
    }
}
