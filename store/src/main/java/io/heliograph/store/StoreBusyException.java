package io.heliograph.store;

/** A queue is full, or a lock was not given in time: nothing has changed, and later it may go. */
public final class StoreBusyException extends StoreException {

    private static final long serialVersionUID = 1L;

    /** Also for rooms that have writes wait before they hand them over. */
    public StoreBusyException(String message) {
        super(message);
    }
}
