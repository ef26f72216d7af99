package io.heliograph;

/** Answers requests at an address, until it is closed. Thread-safe. */
public interface Responder extends AutoCloseable {

    /** Makes the answer to a request. Called on a virtual thread for each request. */
    @FunctionalInterface
    interface RequestHandler {

        /**
         * @return the answer
         * @throws Exception whatever goes wrong; its message reaches the requester
         */
        Event respond(Event request) throws Exception;
    }

    /** Stops answering. Idempotent. */
    @Override
    void close();
}
