package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.NoticeListener;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * How a {@link HeliographServer} serves. Immutable; a value that can't be used is refused at once with a
 * {@link ConfigException}.
 *
 * @param bindAddress  the IP address to listen at; 127.0.0.1 serves this machine alone
 * @param port         the TCP port; 0 takes a free one
 * @param hostNames    names, beside IP addresses and {@code localhost}, under which browsers may ask for the server
 * @param idleTimeout  after how long without a byte a connection is closed
 * @param heartbeat    how often a stream without events carries a comment; shorter than {@code idleTimeout}
 * @param maxBodyBytes the longest request body that is read
 * @param maxViewers   how many streams may be open at a time
 * @param notices      hears of requests that failed here
 * @param access       who may ask for what lies under {@code /v1}
 * @param health       what {@code /healthz} tells
 */
public record ServerConfig(String bindAddress, int port, Set<String> hostNames, Duration idleTimeout,
        Duration heartbeat, int maxBodyBytes, int maxViewers, NoticeListener notices, Access access, Health health) {

    /** The port that is served at if nothing else is said. */
    public static final int DEFAULT_PORT = 8080;

    private static final ServerConfig DEFAULTS = new ServerConfig("127.0.0.1", DEFAULT_PORT, Set.of(),
            Duration.ofSeconds(30), Duration.ofSeconds(10), 1 << 20, 64, NoticeListener.NONE,
            Access.OPEN, Health.GOOD);

    public ServerConfig {
        hostNames = Set.copyOf(hostNames);
        requireAddress(bindAddress);
        requireRange("port", port, 0, 65_535);
        requireRange("max body bytes", maxBodyBytes, 1, 1 << 30);
        requireRange("max viewers", maxViewers, 1, 100_000);
        if (idleTimeout.compareTo(Duration.ofMillis(100)) < 0 || idleTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new ConfigException("idle timeout", idleTimeout, "100 ms to 1 day");
        }
        if (!heartbeat.isPositive() || heartbeat.compareTo(idleTimeout) >= 0) {
            throw new ConfigException("heartbeat", heartbeat, "above 0 and below the idle timeout of " + idleTimeout);
        }
    }

    /** 127.0.0.1:8080, at most 64 streams, bodies up to 1 MiB, open to everybody who reaches it. */
    public static ServerConfig defaults() {
        return DEFAULTS;
    }

    /** The same with another {@link #bindAddress}. */
    public ServerConfig withBindAddress(String address) {
        return new ServerConfig(address, port, hostNames, idleTimeout, heartbeat, maxBodyBytes, maxViewers, notices,
                access, health);
    }

    /** The same with another {@link #port}. */
    public ServerConfig withPort(int number) {
        return new ServerConfig(bindAddress, number, hostNames, idleTimeout, heartbeat, maxBodyBytes, maxViewers,
                notices, access, health);
    }

    /** The same with other {@link #hostNames}. */
    public ServerConfig withHostNames(Set<String> names) {
        return new ServerConfig(bindAddress, port, names, idleTimeout, heartbeat, maxBodyBytes, maxViewers, notices,
                access, health);
    }

    /** The same with another {@link #heartbeat}. */
    public ServerConfig withHeartbeat(Duration period) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, period, maxBodyBytes, maxViewers, notices,
                access, health);
    }

    /** The same with other {@link #maxBodyBytes}. */
    public ServerConfig withMaxBodyBytes(int bytes) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, heartbeat, bytes, maxViewers, notices,
                access, health);
    }

    /** The same with other {@link #maxViewers}. */
    public ServerConfig withMaxViewers(int viewers) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, heartbeat, maxBodyBytes, viewers, notices,
                access, health);
    }

    /** The same with {@code listener} hearing of failures. */
    public ServerConfig withNotices(NoticeListener listener) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, heartbeat, maxBodyBytes, maxViewers,
                listener, access, health);
    }

    /** The same with others let in. */
    public ServerConfig withAccess(Access other) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, heartbeat, maxBodyBytes, maxViewers, notices,
                other, health);
    }

    /** The same with another health. */
    public ServerConfig withHealth(Health other) {
        return new ServerConfig(bindAddress, port, hostNames, idleTimeout, heartbeat, maxBodyBytes, maxViewers, notices,
                access, other);
    }

    private static void requireAddress(String address) {
        try {
            InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("bind address", address, "an IP address such as 127.0.0.1 or 0.0.0.0");
        }
    }

    private static void requireRange(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(setting, value, least + " to " + most);
        }
    }
}
