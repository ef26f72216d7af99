package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zeromq.ZMQ;
import zmq.SocketBase;
import zmq.ZError;

/**
 * Answers foreign requesters, such as a plain REQ: to its owner each speaks as an own peer would. Keeps each request's envelope
 * until it is answered; of too many the oldest is forgotten. Confined to the thread that owns it.
 */
final class PlainRepSocket implements PeerSocket {

    private static final int MOST_ENVELOPE_BYTES = 1 << 10;

    /** What comes in front of an answer, and how many frames that has. */
    private record Envelope(Peer peer, List<byte[]> frames, int answerFrames) {
    }

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private final RequestConfig config;
    private final int mostEnvelopes;
    private final RequestMessage message = new RequestMessage();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Map<Long, Envelope> envelopes = new LinkedHashMap<>();
    private long lastId;

    /** @param socket a ROUTER */
    PlainRepSocket(ZMQ.Socket socket, RequestConfig config) {
        this.socket = socket;
        this.base = socket.base();
        this.config = config;
        this.mostEnvelopes = 2 * config.limits().inFlight();
    }

    @Override
    public int receive(Receiver receiver, int limit) {
        int received = 0;
        while (received < limit) {
            Optional<List<byte[]>> parts = PlainParts.receive(base);
            if (parts.isEmpty()) {
                break;
            }
            received++;
            hand(parts.get(), receiver);
        }
        return received;
    }

    private void hand(List<byte[]> parts, Receiver receiver) {
        var from = new Peer(this, parts.getFirst());
        if (parts.size() == 2 && PlainParts.isLost(parts.get(1))) {
            envelopes.values().removeIf(envelope -> envelope.peer.equals(from));
            receiver.onMessage(from, ByteBuffer.wrap(parts.get(1)));
            return;
        }
        int end = 1;
        int envelopeBytes = 0;
        while (end < parts.size() && parts.get(end).length > 0) {
            envelopeBytes += parts.get(end).length;
            end++;
        }
        List<byte[]> frames = end < parts.size() ? parts.subList(end + 1, parts.size()) : List.of();
        if (parts.size() > PlainParts.MOST_PARTS || envelopeBytes > MOST_ENVELOPE_BYTES || frames.isEmpty()) {
            receiver.onParts(from);
            return;
        }
        var envelope = new Envelope(from, List.copyOf(parts.subList(0, end + 1)), frames.size());
        Optional<Event> event = PlainRequests.event(frames);
        lastId++;
        keep(envelope);
        Optional<ByteBuffer> request = event.flatMap(some -> RequestMessages.request(0, lastId, some, config.zmq().limits().eventBytes()));
        if (request.isPresent()) {
            receiver.onMessage(from, request.get());
        } else {
            receiver.onParts(from);
            RequestException.Cause cause = event.isEmpty() ? RequestException.Cause.RESPONDER_FAILED : RequestException.Cause.TOO_LARGE;
            send(from, RequestMessages.failure(0, lastId, cause, "the request cannot be read: " + fault(frames.size()),
                    config.limits().messageBytes()));
        }
    }

    private String fault(int frames) {
        return frames > PlainRequests.MOST_FRAMES
                ? "it has " + frames + " frames, at most " + PlainRequests.MOST_FRAMES + " are data, or topic and data, or topic, data and header"
                : "it is no event of at most " + config.zmq().limits().eventBytes() + " bytes";
    }

    private void keep(Envelope envelope) {
        if (envelopes.size() >= mostEnvelopes) {
            envelopes.remove(envelopes.keySet().iterator().next());
        }
        envelopes.put(lastId, envelope);
    }

    @Override
    public Sent send(Peer to, ByteBuffer bytes) {
        if (message.wrap(bytes).isPresent()
                || message.type() != RequestMessageType.ANSWER && message.type() != RequestMessageType.FAILURE) {
            // Nothing else means anything to a foreign peer.
            return Sent.TAKEN;
        }
        long id = message.id();
        Envelope envelope = envelopes.get(id);
        if (envelope == null || !envelope.peer.equals(to)) {
            return Sent.GONE;
        }
        var parts = new ArrayList<>(envelope.frames);
        parts.addAll(frames(envelope, id));
        bytes.rewind();
        boolean isTaken = PlainParts.send(base, parts);
        if (!isTaken && base.errno() == ZError.EAGAIN) {
            return Sent.FULL;
        }
        envelopes.remove(id);
        return isTaken ? Sent.TAKEN : Sent.GONE;
    }

    private List<byte[]> frames(Envelope envelope, long id) {
        if (message.type() == RequestMessageType.FAILURE) {
            return PlainRequests.failure(message.kind().orElse(RequestException.Cause.RESPONDER_FAILED), message.text());
        }
        if (!(decoder.decode(message.frame(), FrameEncoder.NO_TOPIC) instanceof DecodedEvent(Event event))) {
            throw new IllegalStateException("an answer that was written here cannot be read");
        }
        return PlainRequests.frames(event, envelope.answerFrames, Long.toString(id));
    }

    @Override
    public SelectableChannel channel() {
        return socket.getFD();
    }

    @Override
    public void close() {
        socket.close();
    }
}
