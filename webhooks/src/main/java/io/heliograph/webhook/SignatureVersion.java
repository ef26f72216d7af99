package io.heliograph.webhook;

/** The two kinds of signature of Standard Webhooks 1.0.0. */
public enum SignatureVersion {
    /** HMAC-SHA256 with a secret that both sides hold. */
    V1("v1"),
    /** Ed25519: the sender holds a private key, receivers its public half. */
    V1A("v1a");

    private final String label;

    SignatureVersion(String label) {
        this.label = label;
    }

    /** How the version is written in front of a signature. */
    public String label() {
        return label;
    }
}
