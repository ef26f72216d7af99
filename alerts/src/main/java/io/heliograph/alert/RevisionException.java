package io.heliograph.alert;

/** A saved search is not at the revision that was expected: somebody else has changed it, or it is not there. */
public final class RevisionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RevisionException(String message) {
        super(message);
    }
}
