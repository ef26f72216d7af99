package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.time.WallClock;
import io.heliograph.webhook.Verification.Refusal;
import io.heliograph.webhook.Verification.Refused;
import io.heliograph.webhook.Verification.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a service whether a request that it received is a webhook of a sender it knows: Standard Webhooks 1.0.0, {@code v1}
 * and {@code v1a}. It takes the body's bytes as they arrived; JSON that was read and written again is another body.
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse("whsec_..."));
 * switch (verifier.verify(headers, body)) {
 *     case Verification.Verified(MessageId id, Instant attempt) -> ...
 *     case Verification.Refused(Verification.Refusal reason, String detail) -> ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. Signatures are compared in constant time. Remembers what it verified, for as long as it would pass again
 * and at most {@link #withMemory} of them, so that a request that somebody caught and sends again is refused.
 */
public final class WebhookVerifier {

    /** How far the sender's clock may be from this one, either way, if nothing else is said. */
    public static final Duration DEFAULT_TOLERANCE = Duration.ofSeconds(300);

    /** How many requests are remembered, if nothing else is said. */
    public static final int DEFAULT_MEMORY = 100_000;

    private static final Duration MAX_TOLERANCE = Duration.ofDays(1);
    private static final int MAX_MEMORY = 10_000_000;
    /** Beyond these a header is not looked at: each signature costs a comparison, and each v1a half a millisecond. */
    private static final int MAX_SIGNATURES = 32;
    private static final int MAX_HEADER_LENGTH = 8192;
    private static final int MAX_SECONDS_LENGTH = 12;

    private final List<VerifyingKey> keys;
    private final Duration tolerance;
    private final WallClock clock;
    private final int memory;
    private final VerifiedAttempts seen;

    private WebhookVerifier(List<VerifyingKey> keys, Duration tolerance, WallClock clock, int memory) {
        this.keys = keys;
        this.tolerance = tolerance;
        this.clock = clock;
        this.memory = memory;
        this.seen = new VerifiedAttempts(tolerance, memory);
    }

    /**
     * A verifier of these keys: one is enough, several while a sender changes from one to the next.
     *
     * @throws ConfigException if there is none, or more than {@value KeyRing#MAX_KEYS}
     */
    public static WebhookVerifier of(VerifyingKey... keys) {
        if (keys.length == 0 || keys.length > KeyRing.MAX_KEYS) {
            throw new ConfigException("verifying keys", keys.length, "1 to " + KeyRing.MAX_KEYS);
        }
        return new WebhookVerifier(List.of(keys), DEFAULT_TOLERANCE, WallClock.SYSTEM, DEFAULT_MEMORY);
    }

    /**
     * One like it, which remembers nothing yet, with another tolerance.
     *
     * @throws ConfigException if it is not a whole number of seconds from 1 s to 24 h
     */
    public WebhookVerifier withTolerance(Duration either) {
        if (!either.isPositive() || either.compareTo(MAX_TOLERANCE) > 0 || either.getNano() != 0) {
            throw new ConfigException("tolerance", either, "whole seconds from 1 s to 24 h");
        }
        return new WebhookVerifier(keys, either, clock, memory);
    }

    /** One like it, which remembers nothing yet, on another clock. */
    public WebhookVerifier withClock(WallClock other) {
        return new WebhookVerifier(keys, tolerance, other, memory);
    }

    /**
     * One like it, which remembers nothing yet, with another limit. With 0 it never remembers, for services that refuse
     * repeated ids themselves.
     *
     * @throws ConfigException if it is below 0 or above 10,000,000
     */
    public WebhookVerifier withMemory(int attempts) {
        if (attempts < 0 || attempts > MAX_MEMORY) {
            throw new ConfigException("memory of verified attempts", attempts, "0 to " + MAX_MEMORY);
        }
        return new WebhookVerifier(keys, tolerance, clock, attempts);
    }

    /**
     * Verifies a request, which counts as seen from then on.
     *
     * @param headers the request's fields, their names in any case
     * @param body    as it arrived
     */
    public Verification verify(Map<String, List<String>> headers, byte[] body) {
        Optional<String> id = one(headers, Signer.ID);
        Optional<String> seconds = one(headers, Signer.TIMESTAMP);
        Optional<String> signatures = one(headers, Signer.SIGNATURE);
        if (id.isEmpty() || seconds.isEmpty() || signatures.isEmpty()) {
            return new Refused(Refusal.MISSING_HEADER, "wanted is each of " + Signer.ID + ", " + Signer.TIMESTAMP + ", "
                    + Signer.SIGNATURE + " once");
        }
        return verify(id.get(), seconds.get(), signatures.get(), body);
    }

    private static Optional<String> one(Map<String, List<String>> headers, String name) {
        List<String> values = headers.entrySet().stream()
                .filter(field -> name.equalsIgnoreCase(field.getKey()))
                .flatMap(field -> field.getValue().stream())
                .limit(2)
                .toList();
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private Verification verify(String id, String seconds, String signatures, byte[] body) {
        if (!MessageId.isValid(id)) {
            return new Refused(Refusal.BAD_ID, Signer.ID + " of " + id.length() + " characters: allowed are 1 to "
                    + MessageId.MAX_LENGTH + ", printable ASCII without space and '.'");
        }
        if (!isSeconds(seconds)) {
            return new Refused(Refusal.BAD_TIMESTAMP, Signer.TIMESTAMP + ": allowed is a whole number of seconds since 1970");
        }
        long attempt = Long.parseLong(seconds);
        long now = Math.floorDiv(clock.epochNanos(), 1_000_000_000L);
        if (Math.abs(now - attempt) > tolerance.toSeconds()) {
            return new Refused(now > attempt ? Refusal.TOO_OLD : Refusal.TOO_NEW, "signed " + Math.abs(now - attempt) + " s "
                    + (now > attempt ? "ago" : "in the future") + ": allowed are " + tolerance.toSeconds() + " s");
        }
        if (!isSigned(Signer.head(id, seconds), signatures, body)) {
            return new Refused(Refusal.NO_MATCH, "no signature in " + Signer.SIGNATURE + " is of " + keys.size()
                    + " known keys over this body of " + body.length + " bytes");
        }
        if (!seen.add(id, attempt, now)) {
            return new Refused(Refusal.REPLAYED, "this attempt at " + id + " was verified before");
        }
        return new Verified(new MessageId(id), Instant.ofEpochSecond(attempt));
    }

    private static boolean isSeconds(String text) {
        return !text.isEmpty() && text.length() <= MAX_SECONDS_LENGTH && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Looks at all signatures, whichever matches. */
    private boolean isSigned(byte[] head, String signatures, byte[] body) {
        if (signatures.length() > MAX_HEADER_LENGTH) {
            return false;
        }
        boolean isSigned = false;
        String[] each = signatures.split(" ", MAX_SIGNATURES + 1);
        for (int i = 0; i < Math.min(each.length, MAX_SIGNATURES); i++) {
            int comma = each[i].indexOf(',');
            if (comma > 0) {
                isSigned |= isSigned(each[i].substring(0, comma), each[i].substring(comma + 1), head, body);
            }
        }
        return isSigned;
    }

    private boolean isSigned(String version, String base64, byte[] head, byte[] body) {
        boolean isSigned = false;
        for (VerifyingKey key : keys) {
            if (key.version().label().equals(version)) {
                isSigned |= key.verifies(head, body, decode(base64));
            }
        }
        return isSigned;
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // No base64 is no signature: nothing has this length.
            return new byte[0];
        }
    }

    /** How many verified requests were forgotten while they would still have passed again, because there were too many. */
    public long forgottenEarly() {
        return seen.forgottenEarly();
    }

    /** How many keys there are; none of them is shown. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "WebhookVerifier[%d keys, %d s]", keys.size(), tolerance.toSeconds());
    }
}
