package io.heliograph.alert;

import java.time.Duration;

/**
 * How many alerts a search gives at most. What matches beyond is counted and gives none.
 *
 * @param max how many, 1 to 1,000,000
 * @param per in a time that begins with the first of them; 1 s to 31 days
 */
public record Throttle(int max, Duration per) {

    public Throttle {
        Bounds.count("/throttle/max", max, 1, 1_000_000);
        Bounds.duration("/throttle/per", per, Duration.ofDays(31));
    }
}
