package io.heliograph;

/** Why a request has no answer. */
public final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kinds of failure. */
    public enum Cause {
        /** Nobody responds at the address. */
        NOT_CONNECTED,
        /** No answer came in time; the responder may or may not have handled the request. */
        TIMED_OUT,
        /** Too many requests are in flight. */
        BACK_PRESSURED,
        /** The responder threw; the message is its own. */
        RESPONDER_FAILED,
        /** The request, or the answer, is larger than may be sent. */
        TOO_LARGE,
        /** The connection was lost in the meantime; the responder may or may not have handled the request. */
        CONNECTION_LOST,
        /** The requester or the responder closed. */
        CLOSED
    }

    private final Cause reason;

    /**
     * @param reason  the kind of failure
     * @param message what happened, to which request
     */
    public RequestException(Cause reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The kind of failure. */
    public Cause reason() {
        return reason;
    }
}
