package io.heliograph.webhook;

import io.heliograph.ConfigException;

/**
 * What a sender signs with. Immutable and thread-safe. A key shows itself only where {@link #reveal} is called: neither
 * {@code toString} nor an error holds any of it.
 */
public sealed interface SigningKey permits WebhookSecret, WebhookKeyPair {

    /**
     * Reads a key as it was handed out.
     *
     * @param text {@code whsec_...} or {@code whsk_...}
     * @throws ConfigException if it is neither; the message shows nothing of the text
     */
    static SigningKey parse(String text) {
        return text.startsWith(WebhookKeyPair.PREFIX) ? WebhookKeyPair.parse(text) : WebhookSecret.parse(text);
    }

    /** The kind of signature that it makes. */
    SignatureVersion version();

    /**
     * Signs {@code head} followed by {@code body}.
     *
     * @return the signature's bytes
     */
    byte[] sign(byte[] head, byte[] body);

    /** What a receiver needs to verify what this key signs. */
    VerifyingKey verifier();

    /** The key as text, with its prefix: for whoever owns it, at the one moment when it is handed over. */
    String reveal();
}
