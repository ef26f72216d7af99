package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where and how a {@link DirectPublisher} sends. Immutable; shows no key.
 *
 * <pre>
 * https://shop.example/hook?shop=7&amp;webhook-secret=env:SHOP_SECRET&amp;webhook-concurrency=64
 *                           ^the receiver's own
 * </pre>
 *
 * <p>Settings begin with {@code webhook-}, and are not sent; all else is the receiver's, and sent as it is written.
 *
 * <pre>
 * webhook-secret        whsec_..., whsk_..., or env:NAME, an environment variable that holds it; without it nothing is signed
 * webhook-mode          structured (default) or binary
 * webhook-concurrency   how many requests at once, 1 to 1,000; 4
 * webhook-ordered       none (default), or endpoint: one at a time, and a failed one before all others
 * webhook-timeout       of one attempt, 10 ms to 2 min; 15s
 * </pre>
 *
 * @param target  where to
 * @param keys    what signs, if anything does
 * @param mode    where the event stands in the request
 * @param limits  how many at a time
 * @param timeout of one attempt
 * @param retry   when a failed attempt is made again
 */
public record DirectConfig(TargetUrl target, Optional<KeyRing> keys, ContentMode mode, EndpointLimits limits, Duration timeout,
        RetrySchedule retry) {

    private static final String PREFIX = "webhook-";
    private static final String FROM_ENVIRONMENT = "env:";
    private static final List<String> SETTINGS = List.of("secret", "mode", "concurrency", "ordered", "timeout");

    /** @throws ConfigException if the timeout is out of its bounds, or the order is by key */
    public DirectConfig {
        WebhookRequest.requireTimeout(timeout);
        if (limits.ordering() == Ordering.KEY) {
            throw new ConfigException("ordered", limits.ordering(), "none or endpoint; order by key needs an outbox");
        }
    }

    /** One with every default, which signs nothing. */
    public static DirectConfig of(TargetUrl target) {
        return new DirectConfig(target, Optional.empty(), ContentMode.STRUCTURED, EndpointLimits.defaults(),
                WebhookRequest.DEFAULT_TIMEOUT, RetrySchedule.defaults());
    }

    /** @throws ConfigException if a setting is not known or out of its bounds, or the rest is no URL that may be sent to */
    public static DirectConfig of(Address address) {
        address.requireSettings(SETTINGS.stream().map(name -> PREFIX + name).toArray(String[]::new));
        TargetUrl target = TargetUrl.parse(address.scheme() + "://" + address.place());
        EndpointLimits limits = EndpointLimits.defaults();
        Optional<Ordering> ordering = setting(address, "ordered").map(DirectConfig::ordering);
        Optional<Integer> concurrency = setting(address, "concurrency").map(text -> Notation.integer(PREFIX + "concurrency", text, 1, EndpointLimits.MAX_CONCURRENCY));
        limits = concurrency.isPresent() ? limits.withConcurrency(concurrency.get()) : limits;
        limits = ordering.isPresent() ? limits.withOrdering(ordering.get()) : limits;
        return new DirectConfig(target, setting(address, "secret").map(DirectConfig::secret).map(SigningKey::parse).map(KeyRing::of),
                setting(address, "mode").map(DirectConfig::mode).orElse(ContentMode.STRUCTURED), limits,
                setting(address, "timeout").map(text -> Notation.duration(PREFIX + "timeout", text))
                        .orElse(WebhookRequest.DEFAULT_TIMEOUT),
                RetrySchedule.defaults());
    }

    private static Optional<String> setting(Address address, String name) {
        return address.setting(PREFIX + name);
    }

    private static String secret(String text) {
        if (!text.startsWith(FROM_ENVIRONMENT)) {
            return text;
        }
        String name = text.substring(FROM_ENVIRONMENT.length());
        return Optional.ofNullable(System.getenv(name)).orElseThrow(() ->
                new ConfigException(PREFIX + "secret", text, "the name of an environment variable that is set"));
    }

    private static ContentMode mode(String text) {
        return switch (text) {
            case "structured" -> ContentMode.STRUCTURED;
            case "binary" -> ContentMode.BINARY;
            default -> throw new ConfigException(PREFIX + "mode", text, "structured or binary");
        };
    }

    private static Ordering ordering(String text) {
        return switch (text) {
            case "none" -> Ordering.NONE;
            case "endpoint" -> Ordering.ENDPOINT;
            default -> throw new ConfigException(PREFIX + "ordered", text, "none or endpoint; order by key needs an outbox");
        };
    }

    /** The same with another schedule. */
    public DirectConfig withRetry(RetrySchedule other) {
        return new DirectConfig(target, keys, mode, limits, timeout, other);
    }

    /** The same with other limits. */
    public DirectConfig withLimits(EndpointLimits others) {
        return new DirectConfig(target, keys, mode, others, timeout, retry);
    }
}
