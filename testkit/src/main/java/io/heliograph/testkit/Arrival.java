package io.heliograph.testkit;

import io.heliograph.Delivery;
import io.heliograph.Gap;

/** What a recorded handler was called with, and whether it returned. */
public sealed interface Arrival {

    /** Whether the handler threw in place of returning. */
    boolean hasThrown();

    /** An event was handed out. */
    record Handed(Delivery delivery, String fingerprint, boolean hasThrown) implements Arrival {
    }

    /** A gap was told. */
    record Told(Gap gap, boolean hasThrown) implements Arrival {
    }
}
