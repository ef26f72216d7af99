package io.heliograph.zmq;

import io.heliograph.RequestException.Cause;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The requesters that a responder knows, their requests that have no outcome yet, and what became of all others. Guarded by the
 * responder's lock.
 */
final class ReceivedRequests {

    /** Failures that wait for one requester; further ones are counted and not told. */
    private static final int MOST_UNSAID = 1_024;

    private final RequestConfig config;
    private final long session;
    private final Map<Peer, RemoteRequester> requesters = new HashMap<>();
    private final EnumMap<Cause, Long> failed = new EnumMap<>(Cause.class);
    private final EnumMap<MalformedMessage, Long> malformed = new EnumMap<>(MalformedMessage.class);
    /** Counted on other threads. */
    private ZmqRefusals refusals = new ZmqRefusals();
    private boolean isClosing;
    private int outgoing;
    private long bytes;
    private long inFlight;
    private long received;
    private long answered;
    private long cancelled;
    private long abandoned;
    private long late;
    private long unsaid;
    private long strays;
    private long refusedPeers;

    /** @param session the responder's life */
    ReceivedRequests(RequestConfig config, long session) {
        this.config = config;
        this.session = session;
    }

    /** The requester at {@code peer}; none if there is no place for it. */
    Optional<RemoteRequester> requester(Peer peer) {
        RemoteRequester known = requesters.get(peer);
        if (known != null) {
            return Optional.of(known);
        }
        if (requesters.size() >= config.zmq().limits().peers()) {
            refusedPeers++;
            return Optional.empty();
        }
        var added = new RemoteRequester(peer);
        requesters.put(peer, added);
        return Optional.of(added);
    }

    /** A copy. */
    List<RemoteRequester> all() {
        return List.copyOf(requesters.values());
    }

    /** A request has come; empty if it is refused. */
    Optional<ReceivedRequest> begin(RemoteRequester from, long id, int requestBytes) {
        if (from.requests.containsKey(id)) {
            strays++;
            return Optional.empty();
        }
        received++;
        if (isClosing) {
            refuse(from, id, Cause.CLOSED, "the responder is closed");
        } else if (inFlight >= config.limits().inFlight()) {
            refuse(from, id, Cause.BACK_PRESSURED, "the responder has " + inFlight + " requests in flight; see in-flight");
        } else if (bytes + requestBytes > config.limits().inFlightBytes()) {
            refuse(from, id, Cause.BACK_PRESSURED, "the responder's requests in flight would take " + (bytes + requestBytes)
                    + " bytes, at most " + config.limits().inFlightBytes() + "; see in-flight-bytes");
        } else {
            var request = new ReceivedRequest(from, id, requestBytes);
            from.requests.put(id, request);
            inFlight++;
            bytes += requestBytes;
            return Optional.of(request);
        }
        return Optional.empty();
    }

    /** A request that nobody handles is failed at once; its requester is told, unless it reads nothing. */
    private void refuse(RemoteRequester from, long id, Cause kind, String why) {
        failed.merge(kind, 1L, Long::sum);
        if (from.waiting() >= MOST_UNSAID + config.limits().inFlight()) {
            unsaid++;
            return;
        }
        tell(from, new RemoteRequester.Outgoing(failure(id, kind, why), Optional.empty(), Optional.of(kind)));
    }

    private ByteBuffer failure(long id, Cause kind, String why) {
        return RequestMessages.failure(session, id, kind, why, config.limits().messageBytes());
    }

    private void tell(RemoteRequester to, RemoteRequester.Outgoing message) {
        outgoing++;
        to.tell(message);
    }

    /** The handler has answered; where answers that wait take too much already, its requester is told so instead. */
    void answer(ReceivedRequest request, ByteBuffer answer) {
        if (bytes - request.bytes + answer.limit() > config.limits().inFlightBytes()) {
            fail(request, Cause.BACK_PRESSURED, "answers that wait to be sent take " + bytes + " bytes, at most "
                    + config.limits().inFlightBytes() + "; see in-flight-bytes");
        } else {
            finish(request, answer, Optional.empty());
        }
    }

    /** There is no answer. */
    void fail(ReceivedRequest request, Cause kind, String why) {
        finish(request, failure(request.id, kind, why), Optional.of(kind));
    }

    private void finish(ReceivedRequest request, ByteBuffer message, Optional<Cause> failure) {
        if (request.isSettled || request.isFinished) {
            late++;
            return;
        }
        request.isFinished = true;
        bytes += message.limit() - request.bytes;
        request.bytes = message.limit();
        request.handler = Optional.empty();
        tell(request.from, new RemoteRequester.Outgoing(message, Optional.of(request), failure));
    }

    Optional<RemoteRequester.Outgoing> take(RemoteRequester from) {
        int before = from.waiting();
        Optional<RemoteRequester.Outgoing> next = from.take();
        outgoing -= before - from.waiting();
        return next;
    }

    void putBack(RemoteRequester to, RemoteRequester.Outgoing message) {
        outgoing++;
        to.putBack(message);
    }

    /** ZeroMQ has it. */
    void onSent(RemoteRequester.Outgoing message) {
        if (message.about().isEmpty() || message.about().get().isSettled) {
            return;
        }
        settle(message.about().get());
        if (message.failure().isPresent()) {
            failed.merge(message.failure().get(), 1L, Long::sum);
        } else {
            answered++;
        }
    }

    private void settle(ReceivedRequest request) {
        request.isSettled = true;
        request.from.requests.remove(request.id);
        inFlight--;
        bytes -= request.bytes;
        // The answer of whoever is interrupted is late.
        request.handler.ifPresent(Thread::interrupt);
        request.handler = Optional.empty();
    }

    /** Nobody waits for the answer any more. */
    void cancel(Peer peer, long id) {
        RemoteRequester from = requesters.get(peer);
        ReceivedRequest request = from == null ? null : from.requests.get(id);
        if (request != null) {
            cancelled++;
            settle(request);
        }
    }

    /** The requester is gone. */
    void onLost(Peer peer) {
        RemoteRequester from = requesters.remove(peer);
        if (from == null) {
            return;
        }
        for (ReceivedRequest request : new ArrayList<>(from.requests.values())) {
            abandoned++;
            settle(request);
        }
        outgoing -= from.waiting();
    }

    /** Nothing more is taken; whoever waits is told. */
    void close() {
        isClosing = true;
        for (RemoteRequester requester : requesters.values()) {
            tell(requester, new RemoteRequester.Outgoing(RequestMessages.bye(session), Optional.empty(), Optional.empty()));
            for (ReceivedRequest request : requester.requests.values()) {
                if (request.handler.isPresent()) {
                    Thread handler = request.handler.get();
                    fail(request, Cause.CLOSED, "the responder closed before it answered");
                    handler.interrupt();
                }
            }
        }
    }

    /** The sockets are closed: what has not been told will not be. */
    void end() {
        isClosing = true;
        List.copyOf(requesters.keySet()).forEach(this::onLost);
    }

    boolean isClosing() {
        return isClosing;
    }

    /** Whether anything waits to be sent. */
    boolean hasOutgoing() {
        return outgoing > 0;
    }

    /** Tells of {@code refused} with the sums. */
    void count(ZmqRefusals refused) {
        refusals = refused;
    }

    void stray() {
        strays++;
    }

    void malformed(MalformedMessage reason) {
        malformed.merge(reason, 1L, Long::sum);
    }

    ResponderSums sums() {
        return new ResponderSums(received, answered, failed, cancelled, abandoned, inFlight, late, unsaid, strays, refusedPeers,
                malformed, refusals.snapshot());
    }
}
