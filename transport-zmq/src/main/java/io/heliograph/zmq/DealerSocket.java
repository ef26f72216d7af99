package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/** Connects to one peer, again and again where need be. Confined to the thread that owns it. */
final class DealerSocket implements PeerSocket {

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private final Peer peer = new Peer(this, new byte[0]);

    DealerSocket(ZMQ.Socket socket) {
        this.socket = socket;
        this.base = socket.base();
    }

    /** Whom it connects to. */
    Peer peer() {
        return peer;
    }

    @Override
    public int receive(Receiver receiver, int limit) {
        int received = 0;
        while (received < limit) {
            Msg message = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (message == null) {
                break;
            }
            received++;
            if (message.hasMore()) {
                skipParts(base);
                receiver.onParts(peer);
            } else {
                receiver.onMessage(peer, message.buf());
            }
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
        return base.send(new Msg(message), zmq.ZMQ.ZMQ_DONTWAIT) ? Sent.TAKEN : Sent.FULL;
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
