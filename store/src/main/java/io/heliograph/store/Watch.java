package io.heliograph.store;

/** Looks for rows that other connections commit, until it is closed; see {@link SqlStore#watch}. Thread-safe. */
@FunctionalInterface
public interface Watch extends AutoCloseable {

    /** Ends it; a look that is under way may still tell. Idempotent. */
    @Override
    void close();
}
