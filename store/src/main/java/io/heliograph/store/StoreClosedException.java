package io.heliograph.store;

/** The store is closed, by its owner or by a failure: nothing has changed. */
public final class StoreClosedException extends StoreException {

    private static final long serialVersionUID = 1L;

    StoreClosedException(String message) {
        super(message);
    }
}
