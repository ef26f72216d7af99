package io.heliograph.zmq;

import io.heliograph.Event;

/**
 * The last event of its topic, as it was published. Immutable.
 *
 * @param sequence       its place in the session
 * @param event          itself
 * @param sentEpochNanos when it was published, nanoseconds since 1970
 * @param publishedNs    the same by the clock that its time to live is counted by; 0 if it has none
 */
record LastValue(long sequence, Event event, long sentEpochNanos, long publishedNs) {
}
