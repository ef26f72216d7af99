package io.heliograph.flow;

import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.spi.Environment;

/**
 * What one {@link Intake} tells its listener of: a trouble that lasts is told once, when it begins. Guarded by the intake's lock,
 * after which the listener hears it.
 */
final class IntakeNotices {

    private final String name;
    private final TellingLock lock;
    private final Environment environment;
    private boolean isSlow;
    private boolean isFailing;
    private boolean isSilentOnGaps;

    /** @param name who this is in notices */
    IntakeNotices(String name, TellingLock lock, Environment environment) {
        this.name = name;
        this.lock = lock;
        this.environment = environment;
    }

    private void tell(Notice notice) {
        lock.tellLater(environment, notice);
    }

    /** An event was given up since others waited before it. */
    void slow(LossReason reason) {
        if (!isSlow) {
            isSlow = true;
            tell(new Notice.SlowConsumer(name, reason));
        }
    }

    /** Nothing waits any more. */
    void caughtUp() {
        isSlow = false;
    }

    /** The handler threw. */
    void failed(Position position, Throwable thrown) {
        if (!isFailing) {
            isFailing = true;
            tell(new Notice.HandlerFailed(name, position, String.valueOf(thrown)));
        }
    }

    /** The handler took an event. */
    void handled() {
        isFailing = false;
    }

    /** So many gaps could not be kept until now. */
    void untoldGaps(long count) {
        if (!isSilentOnGaps && count > 0) {
            isSilentOnGaps = true;
            tell(new Notice.Degraded(name, "more gaps wait than can be kept; further ones are counted as lost but not told"));
        }
    }

    /** The handler was told of a gap. */
    void gapTold(Gap gap) {
        tell(new Notice.GapTold(name, gap));
    }

    /** A session has fallen silent behind {@code sequence}. */
    void tailUnknown(long session, long sequence) {
        tell(new Notice.TailUnknown(name, session, sequence));
    }
}
