package io.heliograph.alert;

/** A tenant has as many saved searches as it may have. */
public final class QuotaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QuotaException(String message) {
        super(message);
    }
}
