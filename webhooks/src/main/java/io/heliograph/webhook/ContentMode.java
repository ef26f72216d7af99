package io.heliograph.webhook;

/** Where a CloudEvent stands in an HTTP message. */
public enum ContentMode {
    /** The body is the whole event as JSON: {@code application/cloudevents+json}. */
    STRUCTURED,
    /** The body is the data, byte by byte; everything else stands in fields that begin with {@code ce-}. */
    BINARY
}
