package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/** A responder, as a requester knows it: one connection to it. Guarded by the requester's lock. */
final class Server {

    /**
     * A message to it.
     *
     * @param attempt the request in it; empty in any other message
     */
    record Outgoing(ByteBuffer message, Optional<OpenRequest.Attempt> attempt) {

        /** Whether it need not be sent any more. */
        boolean isVain() {
            return attempt.isPresent() && attempt.get().isOver;
        }
    }

    /** Beyond, what need not be sent any more is looked for and forgotten. */
    private static final int LEAST_OUTGOING = 1_024;

    final Peer peer;
    /** The largest message that it reads. */
    final int mostBytes;
    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
    /** Requests that it has not answered. */
    int outstanding;
    /** Whether it takes requests. */
    boolean isReady = true;

    Server(Peer peer, int mostBytes) {
        this.peer = peer;
        this.mostBytes = mostBytes;
    }

    void ask(OpenRequest.Attempt attempt) {
        outstanding++;
        if (outgoing.size() > LEAST_OUTGOING + 2 * outstanding) {
            outgoing.removeIf(Outgoing::isVain);
        }
        outgoing.addLast(new Outgoing(attempt.request.message, Optional.of(attempt)));
    }

    void tell(ByteBuffer message) {
        outgoing.addLast(new Outgoing(message, Optional.empty()));
    }

    /** What is sent next; {@link #putBack} undoes it. */
    Optional<Outgoing> take() {
        while (true) {
            Outgoing first = outgoing.pollFirst();
            if (first == null) {
                return Optional.empty();
            }
            if (!first.isVain()) {
                first.attempt.ifPresent(attempt -> attempt.isSent = true);
                return Optional.of(first);
            }
        }
    }

    void putBack(Outgoing message) {
        message.attempt.ifPresent(attempt -> attempt.isSent = false);
        outgoing.addFirst(message);
    }

    boolean hasOutgoing() {
        return !outgoing.isEmpty();
    }
}
