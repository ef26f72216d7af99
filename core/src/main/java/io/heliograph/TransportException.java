package io.heliograph;

/** The operating system or the network refused what opening a transport needs. */
public final class TransportException extends HeliographException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message what was tried, on which address and interface, and what to change
     * @param cause   the refusal itself
     */
    public TransportException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
