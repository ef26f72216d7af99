package io.heliograph.webhook;

/** Which deliveries to one endpoint wait for each other. */
public enum Ordering {
    /** None. */
    NONE,
    /** Those with the same key: one at a time. */
    KEY,
    /** All: one at a time. */
    ENDPOINT
}
