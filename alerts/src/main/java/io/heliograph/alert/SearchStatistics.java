package io.heliograph.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of a saved search's matches since it was put first: {@code matches = alerts + held + throttled + muted + looped + gathered}.
 *
 * @param matches   events that it matched
 * @param alerts    alerts given at once for one of them
 * @param held      matches that count towards its condition and gave no alert by themselves
 * @param throttled matches beyond what its throttle lets through
 * @param muted     matches while it was muted
 * @param looped    matches on events that alerts had led to, over more hops than are allowed
 * @param gathered  matches that went into a digest
 * @param late      alerts given later: digests, and conditions that something stays away
 * @param cost      how long it took to read its query and to run it on one event by itself, when that was measured last
 * @param lastMatch when the last event that it matched was stored
 */
public record SearchStatistics(long matches, long alerts, long held, long throttled, long muted, long looped, long gathered, long late,
        Duration cost, Optional<Instant> lastMatch) {

    /** Nothing has happened yet. */
    public static final SearchStatistics NONE = new SearchStatistics(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, Optional.empty());

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return matches - alerts - held - throttled - muted - looped - gathered;
    }
}
