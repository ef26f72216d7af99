package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zeromq.ZMQ;
import zmq.ZError;

/**
 * Connects to a foreign responder, such as a plain REP: to its owner it speaks as an own peer would. The request's id is the
 * envelope, which a REP gives back as it is. Confined to the thread that owns it.
 */
final class PlainReqSocket implements PeerSocket {

    private final RequestConfig config;
    private final Peer peer = new Peer(this, new byte[0]);
    private final RequestMessage message = new RequestMessage();
    private final FrameDecoder decoder = new FrameDecoder();
    private Optional<ZMQ.Socket> socket = Optional.empty();

    PlainReqSocket(RequestConfig config) {
        this.config = config;
    }

    /** Uses {@code connecting}, a DEALER, from now on. */
    void open(ZMQ.Socket connecting) {
        socket = Optional.of(connecting);
    }

    /** Whom it connects to. */
    Peer peer() {
        return peer;
    }

    @Override
    public int receive(Receiver receiver, int limit) {
        int received = 0;
        while (received < limit && socket.isPresent()) {
            Optional<List<byte[]>> parts = PlainParts.receive(socket.get().base());
            if (parts.isEmpty()) {
                break;
            }
            received++;
            hand(parts.get(), receiver);
        }
        return received;
    }

    private void hand(List<byte[]> parts, Receiver receiver) {
        if (parts.size() == 1 && PlainParts.isLost(parts.getFirst())) {
            receiver.onMessage(peer, ByteBuffer.wrap(parts.getFirst()));
            return;
        }
        if (parts.size() < 3 || parts.size() > 2 + PlainRequests.MOST_FRAMES || parts.getFirst().length != Long.BYTES
                || parts.get(1).length != 0) {
            receiver.onParts(peer);
            return;
        }
        long id = ByteBuffer.wrap(parts.getFirst()).getLong();
        receiver.onMessage(peer, answer(id, parts.subList(2, parts.size())));
    }

    private ByteBuffer answer(long id, List<byte[]> frames) {
        int messageBytes = config.limits().messageBytes();
        if (PlainRequests.isFailure(frames)) {
            String text = new String(frames.get(2), StandardCharsets.UTF_8);
            return RequestMessages.failure(0, id, PlainRequests.kind(frames), text, messageBytes);
        }
        Optional<Event> event = PlainRequests.event(frames);
        if (event.isEmpty()) {
            return RequestMessages.failure(0, id, RequestException.Cause.RESPONDER_FAILED,
                    "the answer cannot be read: " + frames.size() + " frames that are no event", messageBytes);
        }
        int most = config.zmq().limits().eventBytes();
        return RequestMessages.answer(0, id, event.get(), most).orElseGet(() -> RequestMessages.failure(0, id,
                RequestException.Cause.TOO_LARGE, "the answer has " + event.get().size() + " bytes, at most " + most
                        + "; see max-event", messageBytes));
    }

    @Override
    public Sent send(Peer to, ByteBuffer bytes) {
        if (socket.isEmpty()) {
            return Sent.GONE;
        }
        // Nothing but a request means anything to a foreign peer.
        if (message.wrap(bytes).isPresent() || message.type() != RequestMessageType.REQUEST) {
            return Sent.TAKEN;
        }
        long id = message.id();
        if (!(decoder.decode(message.frame(), FrameEncoder.NO_TOPIC) instanceof DecodedEvent(Event event))) {
            throw new IllegalStateException("a request that was written here cannot be read");
        }
        bytes.rewind();
        var parts = new ArrayList<byte[]>();
        parts.add(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
        parts.add(new byte[0]);
        parts.addAll(PlainRequests.frames(event, config.zmq().hasHeader() ? PlainRequests.MOST_FRAMES : 1, Long.toString(id)));
        return PlainParts.send(socket.get().base(), parts) ? Sent.TAKEN
                : socket.get().base().errno() == ZError.EAGAIN ? Sent.FULL : Sent.GONE;
    }

    @Override
    public SelectableChannel channel() {
        return socket.orElseThrow().getFD();
    }

    @Override
    public void abandon() {
        socket.ifPresent(one -> one.setLinger(0));
        close();
    }

    @Override
    public void close() {
        socket.ifPresent(ZMQ.Socket::close);
        socket = Optional.empty();
    }
}
