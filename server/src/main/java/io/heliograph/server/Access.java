package io.heliograph.server;

import java.util.Optional;

/** Who may ask for what lies under {@code /v1}, and whose it is then. Thread-safe. */
@FunctionalInterface
public interface Access {

    /** Whose everything is where nobody else is named. */
    String DEFAULT_TENANT = "default";

    /** Everybody who reaches the server, as the default tenant: for a server that its own machine alone reaches. */
    Access OPEN = authorization -> DEFAULT_TENANT;

    /**
     * Whose request it is.
     *
     * @param authorization the header of that name
     * @throws Problem 401 if it shows no key, or none that is known
     */
    String tenantOf(Optional<String> authorization);
}
