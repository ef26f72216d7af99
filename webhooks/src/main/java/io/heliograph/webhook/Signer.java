package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * Signs messages as Standard Webhooks 1.0.0 has it. Immutable and thread-safe.
 *
 * <pre>
 * webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek            the same in all attempts
 * webhook-timestamp: 1614265330                       seconds since 1970, of this attempt
 * webhook-signature: v1,g0hM9S...OJ1OE= v1a,hnO3...   one for each key
 *
 * signed: msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}
 *         ^id                          ^timestamp ^the body, byte by byte as it goes out
 * </pre>
 *
 * <p>With several keys there are several signatures, so that a receiver may change from one key to the next at a moment
 * of its own.
 */
public final class Signer {

    /** The field that names the message. */
    public static final String ID = "webhook-id";

    /** The field that dates the attempt. */
    public static final String TIMESTAMP = "webhook-timestamp";

    /** The field with the signatures. */
    public static final String SIGNATURE = "webhook-signature";

    private final List<SigningKey> keys;

    private Signer(List<SigningKey> keys) {
        this.keys = keys;
    }

    /**
     * A signer with these keys, the newest first.
     *
     * @throws ConfigException if there is none, or more than {@value KeyRing#MAX_KEYS}
     */
    public static Signer of(List<SigningKey> keys) {
        if (keys.isEmpty() || keys.size() > KeyRing.MAX_KEYS) {
            throw new ConfigException("signing keys", keys.size(), "1 to " + KeyRing.MAX_KEYS);
        }
        return new Signer(List.copyOf(keys));
    }

    /**
     * Signs one attempt.
     *
     * @param body what goes out; must not be changed on the way
     * @return the three fields
     */
    public List<HttpHeader> sign(MessageId id, Instant attempt, byte[] body) {
        String seconds = Long.toString(attempt.getEpochSecond());
        byte[] head = head(id.text(), seconds);
        var signatures = new StringBuilder();
        for (SigningKey key : keys) {
            signatures.append(signatures.isEmpty() ? "" : " ").append(key.version().label()).append(',')
                    .append(Base64.getEncoder().encodeToString(key.sign(head, body)));
        }
        return List.of(new HttpHeader(ID, id.text()), new HttpHeader(TIMESTAMP, seconds), new HttpHeader(SIGNATURE, signatures.toString()));
    }

    /** What stands before the body in what is signed. */
    static byte[] head(String id, String seconds) {
        return (id + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII);
    }

    /** How many keys there are; none of them is shown. */
    @Override
    public String toString() {
        return "Signer[" + keys.size() + " keys]";
    }
}
