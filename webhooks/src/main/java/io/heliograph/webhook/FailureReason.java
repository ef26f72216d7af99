package io.heliograph.webhook;

import java.util.Locale;

/** Why an attempt failed. */
public enum FailureReason {
    /** The receiver answered with a status other than 2xx. */
    STATUS,
    /** The receiver answered with 3xx, which is not followed. */
    REDIRECT,
    /** It was not over at its deadline. */
    TIMEOUT,
    /** The host has an address that may not be connected to. */
    BARRED,
    /** The host has no address. */
    UNKNOWN_HOST,
    /** No connection came about. */
    CONNECT,
    /** The receiver's certificate is not its host's, not trusted or over, or no common TLS was found. */
    TLS,
    /** The connection ended before the answer did. */
    CONNECTION_LOST,
    /** What came is no HTTP, or more of it than is read. */
    MALFORMED,
    /** This side could not: it is closed, or something of it is used up. It says nothing of the endpoint. */
    SENDER;

    /** Whether the endpoint has failed; else it was the sender. */
    public boolean isEndpoints() {
        return this != SENDER;
    }

    /** The reason as it is written in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
