package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * How an {@link Outbox} keeps events and sends them. Immutable.
 *
 * @param maxEventBytes the largest event, as {@link io.heliograph.Event#size} counts, 1 KiB to 64 MiB
 * @param retention     how long an event is kept after it was published, once nobody waits for it; 1 min to 10 years
 * @param endpoints     how many endpoints there may be, 1 to 1,000,000
 * @param claim         how many deliveries an endpoint's turn takes from its queue at once, 1 to 10,000
 * @param lease         for how long they are its process's alone, 1 min to 1 day; of importance where several share a database
 * @param patience      when an endpoint's owner hears of failures, and when it is disabled
 */
public record OutboxConfig(int maxEventBytes, Duration retention, int endpoints, int claim, Duration lease,
        EndpointHealth.Patience patience) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final OutboxConfig DEFAULT = new OutboxConfig(1 << 20, Duration.ofDays(30), 100_000, 512, Duration.ofMinutes(10),
            EndpointHealth.Patience.defaults());

    /** @throws ConfigException if a value is out of its bounds */
    public OutboxConfig {
        require("largest event", maxEventBytes, 1 << 10, 64 << 20);
        require("endpoints", endpoints, 1, 1_000_000);
        require("claim", claim, 1, 10_000);
        require("retention", retention, Duration.ofDays(3650));
        require("lease", lease, Duration.ofDays(1));
    }

    private static void require(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(setting, value, least + " to " + most);
        }
    }

    private static void require(String setting, Duration value, Duration most) {
        if (value.compareTo(MINUTE) < 0 || value.compareTo(most) > 0) {
            throw new ConfigException(setting, value, "1 min to " + most);
        }
    }

    /** 1 MiB, 30 days, 100,000 endpoints, 512 at once for 10 minutes. */
    public static OutboxConfig defaults() {
        return DEFAULT;
    }

    /** The same with another largest event. */
    public OutboxConfig withMaxEventBytes(int other) {
        return new OutboxConfig(other, retention, endpoints, claim, lease, patience);
    }

    /** The same with another retention. */
    public OutboxConfig withRetention(Duration other) {
        return new OutboxConfig(maxEventBytes, other, endpoints, claim, lease, patience);
    }

    /** The same with another patience. */
    public OutboxConfig withPatience(EndpointHealth.Patience other) {
        return new OutboxConfig(maxEventBytes, retention, endpoints, claim, lease, other);
    }
}
