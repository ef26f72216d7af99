package io.heliograph;

/**
 * Misuse, unusable configuration or an environment that refuses: the errors a program can act on before events flow.
 * What goes wrong while they flow is a {@link PublishResult}, a counter and a {@link Notice}, never an exception.
 */
public abstract sealed class HeliographException extends RuntimeException
        permits ConfigException, AddressInUseException, TransportException {

    private static final long serialVersionUID = 1L;

    HeliographException(String message) {
        super(message);
    }

    HeliographException(String message, Throwable cause) {
        super(message, cause);
    }
}
