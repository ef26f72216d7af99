package io.heliograph.webhook;

import io.heliograph.webhook.Outcome.Broken;
import java.net.UnknownHostException;

/** An exchange that ends before anything was sent, for a reason that is known. */
final class StoppedException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    private final transient Broken broken;

    StoppedException(Broken broken) {
        super(broken.detail());
        this.broken = broken;
    }

    Broken broken() {
        return broken;
    }
}
