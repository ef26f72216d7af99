package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.Optional;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/**
 * Connects to one peer, again and again where need be: it can be closed and opened anew, and is the same to its peer's
 * readers. Confined to the thread that owns it.
 */
final class DealerSocket implements PeerSocket {

    private final Peer peer = new Peer(this, new byte[0]);
    private Optional<ZMQ.Socket> socket = Optional.empty();
    private final JoinedFrames joined;
    private long binding;

    /** Whose messages have one frame each. */
    DealerSocket() {
        this(0);
    }

    /** @param mostBytes the largest message that is read, of however many frames */
    DealerSocket(long mostBytes) {
        this.joined = new JoinedFrames(mostBytes);
    }

    /**
     * Uses {@code connecting} from now on.
     *
     * @param nameBinding which binding of a name within this process that is
     */
    void open(ZMQ.Socket connecting, long nameBinding) {
        if (socket.isPresent()) {
            throw new IllegalStateException("it is open");
        }
        socket = Optional.of(connecting);
        binding = nameBinding;
    }

    /** Which binding of a name within this process it is connected to. */
    long binding() {
        return binding;
    }

    boolean isOpen() {
        return socket.isPresent();
    }

    /** Whom it connects to. */
    Peer peer() {
        return peer;
    }

    @Override
    public int receive(Receiver receiver, int limit) {
        if (socket.isEmpty()) {
            return 0;
        }
        SocketBase base = socket.get().base();
        int received = 0;
        while (received < limit) {
            Msg message = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (message == null) {
                break;
            }
            received++;
            joined.join(message, base).ifPresentOrElse(whole -> receiver.onMessage(peer, whole), () -> receiver.onParts(peer));
            Arrivals.end(message);
        }
        return received;
    }

    /** Throws away the parts of a message that are left. */
    static void skipParts(SocketBase base) {
        boolean hasMore = true;
        while (hasMore) {
            Msg part = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            hasMore = part != null && part.hasMore();
        }
    }

    @Override
    public Sent send(Peer to, ByteBuffer message) {
        if (socket.isEmpty()) {
            return Sent.GONE;
        }
        return socket.get().base().send(new Msg(message), zmq.ZMQ.ZMQ_DONTWAIT) ? Sent.TAKEN : Sent.FULL;
    }

    @Override
    public Sent send(Peer to, EventFrames frames) {
        if (socket.isEmpty()) {
            return Sent.GONE;
        }
        return sendAll(socket.get().base(), frames) ? Sent.TAKEN : Sent.FULL;
    }

    /** Sends what is left of {@code frames}; says {@code false} if the first, and so none, was taken. */
    static boolean sendAll(SocketBase base, EventFrames frames) {
        while (frames.hasNext()) {
            Msg frame = new Msg(frames.next());
            if (!base.send(frame, zmq.ZMQ.ZMQ_DONTWAIT | (frames.hasNext() ? zmq.ZMQ.ZMQ_SNDMORE : 0))) {
                return false;
            }
        }
        return true;
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
