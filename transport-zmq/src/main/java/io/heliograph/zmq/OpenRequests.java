package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.RequestException.Cause;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The requests of one requester that have no outcome yet, the responders that they are asked of, and what became of all others.
 * A request is settled in one place, once, and counted there. Guarded by the requester's lock; whoever calls announces what was
 * settled when that is released.
 */
final class OpenRequests {

    private final RequestConfig config;
    private final long requester;
    private final Map<Long, OpenRequest> open = new HashMap<>();
    private final TreeSet<OpenRequest> byDue = new TreeSet<>();
    /** Requests that no responder is there for yet. */
    private final LinkedHashSet<OpenRequest> waiting = new LinkedHashSet<>();
    private final Servers servers = new Servers();
    private final EnumMap<Cause, Long> failed = new EnumMap<>(Cause.class);
    private final EnumMap<MalformedMessage, Long> malformed = new EnumMap<>(MalformedMessage.class);
    /** Counted on other threads. */
    private ZmqRefusals refusals = new ZmqRefusals();
    private List<PendingAnswer> settled = new ArrayList<>();
    private boolean mayConnect;
    private boolean isClosed;
    private long bytes;
    private long sent;
    private long answered;
    private long timedOut;
    private long cancelled;
    private long retried;
    private long late;
    private long strays;

    /** @param requester its life */
    OpenRequests(RequestConfig config, long requester) {
        this.config = config;
        this.requester = requester;
    }

    Servers servers() {
        return servers;
    }

    /** The requests that were settled since this was last called, for their waiters to be told. */
    List<PendingAnswer> takeSettled() {
        if (settled.isEmpty()) {
            return List.of();
        }
        List<PendingAnswer> taken = settled;
        settled = new ArrayList<>();
        return taken;
    }

    /** A new request. */
    void begin(OpenRequest request, long nowNs) {
        sent++;
        open.put(request.id, request);
        byDue.add(request);
        bytes += request.bytes();
        if (isClosed) {
            fail(request, Cause.CLOSED, "the requester at " + config.text() + " is closed");
        } else if (open.size() > config.limits().inFlight()) {
            fail(request, Cause.BACK_PRESSURED, request.text + " was refused: " + config.limits().inFlight()
                    + " requests are in flight; see in-flight");
        } else if (bytes > config.limits().inFlightBytes()) {
            fail(request, Cause.BACK_PRESSURED, request.text + " was refused: requests in flight would take " + bytes
                    + " bytes, at most " + config.limits().inFlightBytes() + "; see in-flight-bytes");
        } else if (!ask(request, nowNs)) {
            await(request, Cause.NOT_CONNECTED, "nobody responds at " + config.text());
        }
    }

    /** A request that cannot be sent. */
    void beginTooLarge(OpenRequest request, long size) {
        sent++;
        open.put(request.id, request);
        fail(request, isClosed ? Cause.CLOSED : Cause.TOO_LARGE, request.text + " has " + size + " bytes, at most "
                + config.zmq().limits().eventBytes() + "; see max-event");
    }

    /** Asks the responder with the least to do; says {@code false} if there is none that has not been asked. */
    private boolean ask(OpenRequest request, long nowNs) {
        if (request.attempts.size() >= config.limits().tries()) {
            return false;
        }
        var server = servers.leastOutstanding(request);
        if (server.isEmpty()) {
            return false;
        }
        if (!request.attempts.isEmpty()) {
            retried++;
        }
        var attempt = new OpenRequest.Attempt(request, server.get());
        request.attempts.add(attempt);
        server.get().ask(attempt);
        if (request.isIdempotent) {
            long retryNs = nowNs + config.limits().retryAfter().toNanos();
            setDue(request, retryNs - request.deadlineNs < 0 ? retryNs : request.deadlineNs);
        }
        return true;
    }

    private void setDue(OpenRequest request, long dueNs) {
        byDue.remove(request);
        request.dueNs = dueNs;
        byDue.add(request);
    }

    /** Waits until somebody is there, or fails if nobody will be. */
    private void await(OpenRequest request, Cause otherwise, String why) {
        if (servers.isTooLargeForAll(request)) {
            fail(request, Cause.TOO_LARGE, request.text + " is larger than any responder at " + config.text() + " reads; see max-event");
        } else if (mayConnect && request.attempts.size() < config.limits().tries()) {
            waiting.add(request);
        } else {
            fail(request, otherwise, why);
        }
    }

    /** Whether responders may turn up that are not there yet. */
    void setMayConnect(boolean isSo) {
        mayConnect = isSo;
        while (!mayConnect && !waiting.isEmpty()) {
            OpenRequest request = waiting.removeFirst();
            fail(request, request.mayBeHandled() ? Cause.CONNECTION_LOST : Cause.NOT_CONNECTED, "nobody responds at " + config.text());
        }
    }

    /** A responder is there. */
    void onReady(Peer peer, int mostBytes, long nowNs) {
        onLost(peer, nowNs);
        servers.add(new Server(peer, mostBytes));
        for (int i = waiting.size(); i > 0; i--) {
            OpenRequest request = waiting.removeFirst();
            if (!ask(request, nowNs)) {
                await(request, Cause.NOT_CONNECTED, "nobody responds at " + config.text());
            }
        }
    }

    /** A responder answers no further requests. */
    void onBye(Peer peer) {
        servers.find(peer).ifPresent(server -> server.isReady = false);
    }

    /** The connection to a responder is gone. */
    void onLost(Peer peer, long nowNs) {
        var found = servers.remove(peer);
        if (found.isEmpty()) {
            return;
        }
        for (OpenRequest request : List.copyOf(open.values())) {
            for (OpenRequest.Attempt attempt : List.copyOf(request.attempts)) {
                if (attempt.server == found.get() && !attempt.isOver) {
                    attempt.isOver = true;
                    if (!attempt.isSent) {
                        // It has never been anybody's.
                        request.attempts.remove(attempt);
                    }
                    if (found.get().isReady) {
                        askAgain(request, nowNs, Cause.CONNECTION_LOST, "the connection to " + config.text()
                                + " was lost before the answer to " + request.text + " came");
                    } else {
                        askAgain(request, nowNs, Cause.CLOSED, "the responder at " + config.text() + " closed before it answered");
                    }
                }
            }
        }
    }

    /** Whoever was asked will not answer. */
    private void askAgain(OpenRequest request, long nowNs, Cause otherwise, String why) {
        if (request.isUnderWay()) {
            return;
        }
        if (request.mayBeHandled() && !request.isIdempotent) {
            fail(request, otherwise, why);
        } else if (!ask(request, nowNs)) {
            await(request, request.mayBeHandled() ? otherwise : Cause.NOT_CONNECTED, why);
        }
    }

    void onAnswer(Peer from, long id, Event answer) {
        OpenRequest request = open.get(id);
        if (request == null) {
            late++;
        } else if (!endAttempt(request, from)) {
            strays++;
        } else {
            answered++;
            settle(request);
            request.answer.settle(answer);
            settled.add(request.answer);
        }
    }

    /** A responder says that it has no answer: another one may, unless this one has handled the request. */
    void onFailure(Peer from, long id, Cause kind, String text, long nowNs) {
        OpenRequest request = open.get(id);
        if (request == null) {
            late++;
        } else if (!endAttempt(request, from)) {
            strays++;
        } else if (request.isIdempotent && (kind == Cause.BACK_PRESSURED || kind == Cause.CLOSED)) {
            if (!request.isUnderWay() && !ask(request, nowNs)) {
                fail(request, kind, text);
            }
        } else {
            fail(request, kind, text);
        }
    }

    private boolean endAttempt(OpenRequest request, Peer from) {
        for (OpenRequest.Attempt attempt : request.attempts) {
            if (!attempt.isOver && attempt.server.peer.equals(from)) {
                attempt.isOver = true;
                attempt.server.outstanding--;
                return true;
            }
        }
        return false;
    }

    /** Whoever made the request does not want its answer any more. */
    void giveUp(OpenRequest request) {
        if (!request.isSettled) {
            cancelled++;
            settle(request);
        }
    }

    /** How long until something is due. */
    long untilDueNs(long nowNs) {
        return byDue.isEmpty() ? Long.MAX_VALUE : byDue.first().dueNs - nowNs;
    }

    /** Does what is due. */
    void onTime(long nowNs) {
        while (untilDueNs(nowNs) <= 0) {
            OpenRequest first = byDue.first();
            if (first.deadlineNs - nowNs <= 0) {
                timedOut++;
                settle(first, new RequestException(Cause.TIMED_OUT, "no answer to " + first.text + " from " + config.text() + " in time"));
            } else if (!first.isUnderWay() || !ask(first, nowNs)) {
                setDue(first, first.deadlineNs);
            }
        }
    }

    private void fail(OpenRequest request, Cause kind, String why) {
        failed.merge(kind, 1L, Long::sum);
        settle(request, new RequestException(kind, why));
    }

    private void settle(OpenRequest request, RequestException failure) {
        settle(request);
        request.answer.settle(failure);
        settled.add(request.answer);
    }

    /** It has an outcome, which the caller has counted; whoever may still handle it is told not to. */
    private void settle(OpenRequest request) {
        request.isSettled = true;
        open.remove(request.id);
        waiting.remove(request);
        if (byDue.remove(request)) {
            bytes -= request.bytes();
        }
        for (OpenRequest.Attempt attempt : request.attempts) {
            if (!attempt.isOver) {
                attempt.isOver = true;
                attempt.server.outstanding--;
                if (attempt.isSent) {
                    attempt.server.tell(RequestMessages.cancel(requester, request.id));
                }
            }
        }
    }

    /** Nothing more is sent but word of that. */
    void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (OpenRequest request : List.copyOf(open.values())) {
            fail(request, Cause.CLOSED, "the requester at " + config.text() + " closed before the answer to " + request.text + " came");
        }
        ByteBuffer leave = RequestMessages.leave(requester);
        servers.all().forEach(server -> server.tell(leave));
    }

    void malformed(MalformedMessage reason) {
        malformed.merge(reason, 1L, Long::sum);
    }

    /** Tells of {@code refused} with the sums. */
    void count(ZmqRefusals refused) {
        refusals = refused;
    }

    void stray() {
        strays++;
    }

    RequesterSums sums() {
        return new RequesterSums(sent, answered, failed, timedOut, cancelled, open.size(), retried, late, strays, malformed,
                refusals.snapshot());
    }
}
