package io.heliograph.bench;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * One of the products that are compared, set up for one task and seen as what the measurements need of it: the loops
 * around it are the same for all, so that all pay alike for events' contents, checksums and clocks.
 *
 * <pre>
 *   Node  (the publishing thread)               Node  (a subscribing thread)
 *     Sending.offer, work, flush   ---wire--->  Receiving.poll --> ReceivedEvents.place
 * </pre>
 *
 * <p>Opened and closed by one thread while no other uses it.
 */
interface Side extends AutoCloseable {

    /** Where nobody publishes yet. */
    Place place() throws IOException;

    /** What one of the program's threads has of the product. */
    Node node();

    @Override
    void close();

    /** Something that is open until it is closed. */
    interface Opened extends AutoCloseable {

        @Override
        void close();
    }

    /** A thread's share of the product: its driver where it has one of its own. */
    interface Node extends Opened {

        Sending publish(Place place);

        Receiving subscribe(Place place);

        /** Does what the product has to do on this thread, if anything. */
        void work();
    }

    /** A publisher, for one thread. */
    interface Sending {

        /** Offers one event; says whether it was taken. If not, {@link #work} and try again. */
        boolean offer(byte[] bytes, int from, int length);

        /** Makes what was taken leave now. */
        void flush();

        /** Does what there is to do while no event can be offered. */
        void work();

        /** Whether so many subscribers listen. */
        boolean isHeardBy(int subscribers);
    }

    /** A subscriber, for one thread. */
    interface Receiving {

        /** How long one poll waits. */
        long WAIT_NS = 1_000_000;

        /**
         * Hands what has arrived to {@code events}.
         *
         * @param waitNs how long it may wait if nothing has; 0 for a spinning caller
         * @return how many events
         */
        int poll(ReceivedEvents events, long waitNs);

        /**
         * Hands over what arrives until it {@code isOver}; returns at once where the product does so on a thread of its own,
         * as long as it is open.
         */
        default void run(ReceivedEvents events, BooleanSupplier isOver) {
            while (!isOver.getAsBoolean()) {
                poll(events, WAIT_NS);
                events.tell();
            }
        }
    }
}
