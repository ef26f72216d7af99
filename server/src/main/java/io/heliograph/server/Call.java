package io.heliograph.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request, as far as a {@link Handling} sees it. Confined to the thread that handles it. */
public interface Call {

    /** Whose key came with it; {@link Access#DEFAULT_TENANT} on a route that needs none. */
    String tenant();

    /** The last path segment that the route left open, as {@code {name}}. */
    String path(String name);

    /** A query parameter, decoded. */
    Optional<String> query(String name);

    /** A header. */
    Optional<String> header(String name);

    /** All headers, by names as they came. */
    Map<String, List<String>> headers();

    /**
     * The body.
     *
     * @throws Problem 413 if it is longer than the server's {@code maxBodyBytes}
     */
    byte[] body();
}
