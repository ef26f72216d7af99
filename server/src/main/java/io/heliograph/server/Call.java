package io.heliograph.server;

import java.util.Optional;

/** One request, as far as a {@link Handling} sees it. Confined to the thread that handles it. */
public interface Call {

    /** The last path segment that the route left open, as {@code {name}}. */
    String path(String name);

    /** A query parameter, decoded. */
    Optional<String> query(String name);

    /** A header. */
    Optional<String> header(String name);

    /**
     * The body.
     *
     * @throws Problem 413 if it is longer than the server's {@code maxBodyBytes}
     */
    byte[] body();
}
