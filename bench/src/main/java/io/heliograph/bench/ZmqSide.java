package io.heliograph.bench;

/** A product that carries events over ZeroMQ. */
interface ZmqSide extends Side {

    /** Whoever asks, and whoever answers. */
    Dialogue dialogue(Place place);

    /** One that asks, and one that answers with the same bytes. */
    interface Dialogue extends Opened {

        /** Asks, waits for the answer and hands it to {@code answers}. For one thread. */
        void ask(byte[] bytes, int from, int length, ReceivedEvents answers);

        /**
         * Answers what has been asked, for one thread, and waits a moment if nothing has; says {@code false} where the
         * product answers on threads of its own.
         */
        boolean answer();
    }
}
