package io.heliograph.webhook;

import io.heliograph.PublishResult;

/** Why an event that was to be published durably is not on disk. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final PublishResult result;

    RefusedException(PublishResult result, String detail) {
        super(result + ": " + detail);
        this.result = result;
    }

    /** How it was refused. */
    public PublishResult result() {
        return result;
    }
}
