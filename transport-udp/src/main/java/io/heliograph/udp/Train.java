package io.heliograph.udp;

/** The arithmetic of trains; {@link DatagramIo} draws one. */
final class Train {

    private Train() {
    }

    /** @throws IllegalArgumentException if no {@link DatagramIo} takes such a train */
    static void require(int bytes, int segmentBytes) {
        if (segmentBytes < 1) {
            throw new IllegalArgumentException("segment of " + segmentBytes + " bytes: allowed is 1 or more");
        }
        if (bytes > DatagramIo.MAX_TRAIN_BYTES) {
            throw new IllegalArgumentException((bytes > segmentBytes ? "train of " : "datagram of ") + bytes
                    + " bytes: allowed is " + DatagramIo.MAX_TRAIN_BYTES + " at most");
        }
        if (datagrams(bytes, segmentBytes) > DatagramIo.MAX_TRAIN_SEGMENTS) {
            throw new IllegalArgumentException("train of " + datagrams(bytes, segmentBytes) + " datagrams of "
                    + segmentBytes + " bytes: allowed is " + DatagramIo.MAX_TRAIN_SEGMENTS + " at most");
        }
    }

    /** How many datagrams a train has; one without bytes is one empty datagram. */
    static int datagrams(int bytes, int segmentBytes) {
        return bytes <= segmentBytes ? 1 : (bytes - 1) / segmentBytes + 1;
    }
}
