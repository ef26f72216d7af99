package io.heliograph.server;

import java.util.Optional;

/** Whether a server can do its work, for {@code /healthz}. Thread-safe. */
@FunctionalInterface
public interface Health {

    /** It can as long as it runs. */
    Health GOOD = Optional::empty;

    /**
     * Why it cannot, if it cannot. Asked by anybody and at any rate: it shows nothing of the inside, and takes little.
     *
     * @return a problem of status 503
     */
    Optional<Problem> fault();
}
