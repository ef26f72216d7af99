package io.heliograph.store;

/** No room for the write, by the store's limit or on the disk: nothing has changed. It goes again when room is made. */
public final class StoreFullException extends StoreException {

    private static final long serialVersionUID = 1L;

    StoreFullException(String message) {
        super(message);
    }
}
