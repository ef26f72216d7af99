package io.heliograph.zmq;

/**
 * An event as foreign peers see it. The arrays are not to be changed.
 *
 * @param topic  the first frame
 * @param data   the second
 * @param header the third; empty for none
 * @param size   what the event counts for in a limit
 */
record PlainMessage(byte[] topic, byte[] data, byte[] header, int size) {
}
