package io.heliograph.zmq;

import io.heliograph.RequestException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A requester, as a responder knows it: one connection to it. Guarded by the responder's lock. */
final class RemoteRequester {

    /**
     * A message to it.
     *
     * @param about   the request that it settles once ZeroMQ has it; empty if there is none
     * @param failure why there is no answer; empty if there is one
     */
    record Outgoing(ByteBuffer message, Optional<ReceivedRequest> about, Optional<RequestException.Cause> failure) {

        /** Whether it need not be sent any more. */
        boolean isVain() {
            return about.isPresent() && about.get().isSettled;
        }
    }

    final Peer peer;
    /** By their ids. */
    final Map<Long, ReceivedRequest> requests = new HashMap<>();
    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();

    RemoteRequester(Peer peer) {
        this.peer = peer;
    }

    void tell(Outgoing message) {
        outgoing.addLast(message);
    }

    /** What is sent next; {@link #putBack} undoes it. */
    Optional<Outgoing> take() {
        while (true) {
            Outgoing first = outgoing.pollFirst();
            if (first == null) {
                return Optional.empty();
            }
            if (!first.isVain()) {
                return Optional.of(first);
            }
        }
    }

    void putBack(Outgoing message) {
        outgoing.addFirst(message);
    }

    int waiting() {
        return outgoing.size();
    }
}
