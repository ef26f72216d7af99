package io.heliograph.webhook;

import java.util.Locale;

/** Whether an endpoint is sent to. Its queue is kept in every state. */
public enum EndpointState {
    /** Deliveries go out. */
    ACTIVE,
    /** Its owner wants none for now. */
    PAUSED,
    /** It said 410, or failed for too long: none until its owner resumes it. */
    DISABLED,
    /** It has not agreed yet to be sent anything. */
    PENDING;

    /** The state as it is written in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
