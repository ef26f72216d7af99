package io.heliograph.store;

/** A queue is full, or a lock was not given in time: nothing has changed, and later it may go. */
public final class StoreBusyException extends StoreException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /** Also for rooms that have writes wait before they hand them over. */
    public StoreBusyException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** @param store where it is */
    StoreBusyException(String store, String reason) {
        super(store + ": " + reason);
        this.reason = reason;
    }

    /** The message without where the store is, which is not for strangers. */
    public String reason() {
        return reason;
    }
}
