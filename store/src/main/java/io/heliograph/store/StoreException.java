package io.heliograph.store;

/**
 * A store that cannot be opened or will not go on, or SQL that failed; the message says which store and what to change.
 * Where the database itself complained, its {@link java.sql.SQLException} is the cause.
 */
public sealed class StoreException extends RuntimeException
        permits StoreBusyException, StoreClosedException, StoreFullException {

    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
