package io.heliograph.demo;

import io.heliograph.AddressInUseException;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** Chooses ports: the one that was asked for, or the first free one from a default on. Stateless. */
final class PortChoice {

    private static final int TRIES = 20;

    private PortChoice() {
    }

    /**
     * Opens at the port that was asked for; else at {@code usual}, or one of the next, or any.
     *
     * @throws AddressInUseException if the port that was asked for is taken
     */
    static <T> T open(OptionalInt asked, int usual, IntFunction<T> opener) {
        if (asked.isPresent()) {
            return opener.apply(asked.getAsInt());
        }
        for (int port = usual; port < usual + TRIES; port++) {
            try {
                return opener.apply(port);
            } catch (AddressInUseException e) {
                // The next one, then.
            }
        }
        return opener.apply(0);
    }
}
