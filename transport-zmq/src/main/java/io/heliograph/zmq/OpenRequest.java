package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One request of a requester, from when it is sent until it is settled. Guarded by the requester's lock. */
final class OpenRequest implements Comparable<OpenRequest> {

    /** One responder that it has been asked of. */
    static final class Attempt {
        final OpenRequest request;
        final Server server;
        /** Whether ZeroMQ has it: from then on it may be handled, whatever happens. */
        boolean isSent;
        /** Whether nothing can come of it any more. */
        boolean isOver;

        Attempt(OpenRequest request, Server server) {
            this.request = request;
            this.server = server;
        }
    }

    final long id;
    final ByteBuffer message;
    /** For messages: what was asked. */
    final String text;
    final boolean isIdempotent;
    final long deadlineNs;
    final PendingAnswer answer;
    final List<Attempt> attempts = new ArrayList<>(1);
    /** When something is to be done about it, at the latest. */
    long dueNs;
    boolean isSettled;

    OpenRequest(long id, ByteBuffer message, String text, boolean isIdempotent, long deadlineNs, Consumer<OpenRequest> onGiveUp) {
        this.id = id;
        this.message = message;
        this.text = text;
        this.isIdempotent = isIdempotent;
        this.deadlineNs = deadlineNs;
        this.dueNs = deadlineNs;
        this.answer = new PendingAnswer(this, onGiveUp);
    }

    int bytes() {
        return message.limit();
    }

    boolean hasTried(Server server) {
        for (Attempt attempt : attempts) {
            if (attempt.server == server) {
                return true;
            }
        }
        return false;
    }

    /** Whether an answer may still come from somewhere. */
    boolean isUnderWay() {
        for (Attempt attempt : attempts) {
            if (!attempt.isOver) {
                return true;
            }
        }
        return false;
    }

    /** Whether a responder may have handled it. */
    boolean mayBeHandled() {
        for (Attempt attempt : attempts) {
            if (attempt.isSent) {
                return true;
            }
        }
        return false;
    }

    /** By what is due first. */
    @Override
    public int compareTo(OpenRequest other) {
        int byDue = Long.signum(dueNs - other.dueNs);
        return byDue != 0 ? byDue : Long.compare(id, other.id);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }
}
