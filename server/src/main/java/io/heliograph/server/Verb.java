package io.heliograph.server;

/** The HTTP methods that routes answer to. HEAD comes with GET. */
public enum Verb {
    /** Reads. */
    GET,
    /** Does something. */
    POST,
    /** Puts a value in place. */
    PUT,
    /** Changes parts of something. */
    PATCH,
    /** Removes. */
    DELETE
}
