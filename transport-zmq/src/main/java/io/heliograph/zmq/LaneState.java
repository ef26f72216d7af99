package io.heliograph.zmq;

/**
 * What is in force from one place of a lane on. Immutable.
 *
 * @param filtersVersion which of the subscriber's filters choose
 * @param policy         the publisher's policy, as it is written
 */
record LaneState(int filtersVersion, String policy) {
}
