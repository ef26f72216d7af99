package io.heliograph.webhook;

import io.heliograph.ConfigException;

/** What a receiver verifies signatures with. Immutable and thread-safe. */
public sealed interface VerifyingKey permits WebhookSecret, WebhookPublicKey {

    /**
     * Reads a key as its sender handed it out.
     *
     * @param text {@code whsec_...} or {@code whpk_...}
     * @throws ConfigException if it is neither; the message shows nothing of the text
     */
    static VerifyingKey parse(String text) {
        return text.startsWith(WebhookPublicKey.PREFIX) ? WebhookPublicKey.parse(text) : WebhookSecret.parse(text);
    }

    /** The kind of signature that it verifies. */
    SignatureVersion version();

    /** Whether {@code signature} was made of {@code head} followed by {@code body}; takes as long for a wrong one. */
    boolean verifies(byte[] head, byte[] body, byte[] signature);
}
