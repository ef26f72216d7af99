package io.heliograph.zmq;

import io.heliograph.EventHandler;
import java.nio.ByteBuffer;

/**
 * Takes events where they lie, in the message they arrived in: nothing is copied and no {@link io.heliograph.Event} is made.
 * What carries more than bytes (a content type, a subject, attributes) or comes from a foreign peer comes to
 * {@link #onEvent} instead.
 *
 * <p>Runs on the thread that receives and under the subscriber's lock: it must not wait for a thread that uses the same
 * subscriber.
 */
public interface DataHandler extends EventHandler {

    /**
     * Handles one event. Returning acknowledges it.
     *
     * @param topic    its topic
     * @param data     its bytes, from position to limit, little-endian; valid only during the call
     * @param session  its publisher's session
     * @param sequence its place in the session
     * @throws Exception whatever goes wrong: a negative acknowledgement, counted as a failure
     */
    void onData(String topic, ByteBuffer data, long session, long sequence) throws Exception;
}
