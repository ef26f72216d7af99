package io.heliograph.store;

import java.sql.SQLException;

/** Why the writer ends: nothing can be relied on any more. Never leaves the store. */
final class LostStoreException extends Exception {

    private static final long serialVersionUID = 1L;

    private final SQLException complaint;

    LostStoreException(SQLException complaint) {
        super(complaint);
        this.complaint = complaint;
    }

    SQLException complaint() {
        return complaint;
    }
}
