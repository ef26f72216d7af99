package io.heliograph.zmq;

/** What a publisher keeps for one subscriber. */
final class Lane {

    /** Frames that may be on their way to one subscriber, however small they are. */
    static final int MOST_FRAMES = 1_024;

    private Lane() {
    }
}
