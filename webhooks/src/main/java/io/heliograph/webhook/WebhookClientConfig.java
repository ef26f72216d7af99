package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * How a {@link WebhookClient} connects. Immutable.
 *
 * @param connectTimeout how long one address may take to accept a connection, before the next one is tried; 1 ms to 1 min
 * @param idle           how long a connection that is not used is kept; 1 s to 10 min
 * @param maxIdle        how many of them are kept at most, 0 to 100,000
 * @param tls            whom to trust, and what to show of oneself
 * @param userAgent      what the sender calls itself, printable ASCII
 */
public record WebhookClientConfig(Duration connectTimeout, Duration idle, int maxIdle, SSLContext tls, String userAgent) {

    private static final Duration SHORTEST_CONNECT = Duration.ofMillis(1);
    private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);
    private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(10);
    private static final int MOST_IDLE = 100_000;

    /** @throws ConfigException if a value is out of its bounds */
    public WebhookClientConfig {
        if (connectTimeout.compareTo(SHORTEST_CONNECT) < 0 || connectTimeout.compareTo(LONGEST_CONNECT) > 0) {
            throw new ConfigException("connect timeout", connectTimeout, "1 ms to 1 min");
        }
        if (idle.compareTo(SHORTEST_IDLE) < 0 || idle.compareTo(LONGEST_IDLE) > 0) {
            throw new ConfigException("idle time of a connection", idle, "1 s to 10 min");
        }
        if (maxIdle < 0 || maxIdle > MOST_IDLE) {
            throw new ConfigException("idle connections", maxIdle, "0 to " + MOST_IDLE);
        }
        if (userAgent.isBlank() || !userAgent.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new ConfigException("user agent", userAgent, "printable ASCII");
        }
    }

    /** 5 s to connect, 1,000 idle connections for 30 s, and whom the JDK trusts. */
    public static WebhookClientConfig defaults() {
        try {
            return new WebhookClientConfig(Duration.ofSeconds(5), Duration.ofSeconds(30), 1_000, SSLContext.getDefault(),
                    "Heliograph");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** The same with other trust. */
    public WebhookClientConfig withTls(SSLContext context) {
        return new WebhookClientConfig(connectTimeout, idle, maxIdle, context, userAgent);
    }

    /** The same with another time to connect. */
    public WebhookClientConfig withConnectTimeout(Duration atMost) {
        return new WebhookClientConfig(atMost, idle, maxIdle, tls, userAgent);
    }

    /** The same with other limits of idle connections. */
    public WebhookClientConfig withIdle(Duration atMost, int connections) {
        return new WebhookClientConfig(connectTimeout, atMost, connections, tls, userAgent);
    }
}
