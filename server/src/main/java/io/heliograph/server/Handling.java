package io.heliograph.server;

/** Answers the requests of one route. Called on many threads at a time. */
@FunctionalInterface
public interface Handling {

    /**
     * Answers one request.
     *
     * @throws Problem if it cannot be done; whatever else is thrown becomes a 500 that tells nothing
     */
    Answer answer(Call call);
}
