package io.heliograph;

/** What a subscription hands out, in the order of positions within a session: an event, or word of lost ones. */
public sealed interface Inbound permits Delivery, Gap {
}
