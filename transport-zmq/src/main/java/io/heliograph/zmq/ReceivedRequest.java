package io.heliograph.zmq;

import java.util.Optional;

/** One request at a responder, until it has an outcome. Guarded by the responder's lock. */
final class ReceivedRequest {

    final RemoteRequester from;
    final long id;
    /** What it takes; once it is answered, what the answer takes. */
    int bytes;
    /** Who handles it. */
    Optional<Thread> handler = Optional.empty();
    /** Whether what its requester is told has been made, and waits to be sent. */
    boolean isFinished;
    boolean isSettled;

    ReceivedRequest(RemoteRequester from, long id, int bytes) {
        this.from = from;
        this.id = id;
        this.bytes = bytes;
    }
}
