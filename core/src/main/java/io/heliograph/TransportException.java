package io.heliograph;

import java.nio.file.FileSystemException;

/** The operating system or the network refused what opening a transport needs. */
public final class TransportException extends HeliographException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message what was tried, on which address and interface, and what to change
     * @param cause   the refusal itself
     */
    public TransportException(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    /** Some causes say no more than a file's name, or nothing: what kind they are says why. */
    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String kind = cause.getClass().getSimpleName();
        if (cause.getMessage() == null) {
            return kind;
        }
        return cause instanceof FileSystemException refused && refused.getReason() == null ? kind + ": " + message : message;
    }
}
