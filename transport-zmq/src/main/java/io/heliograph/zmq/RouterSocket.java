package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;
import zmq.ZError;

/** Waits for many peers. Confined to the thread that owns it; allocates the peer's id for each message received. */
final class RouterSocket implements PeerSocket {

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private final String bound;
    private final JoinedFrames joined;

    /**
     * @param bound     what it is bound to, as ZeroMQ has it
     * @param mostBytes the largest message that is read
     */
    RouterSocket(ZMQ.Socket socket, String bound, long mostBytes) {
        this.joined = new JoinedFrames(mostBytes);
        this.socket = socket;
        this.base = socket.base();
        this.bound = bound;
    }

    @Override
    public int receive(Receiver receiver, int limit) {
        int received = 0;
        while (received < limit) {
            Msg id = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (id == null) {
                break;
            }
            received++;
            var from = new Peer(this, id.data());
            if (!id.hasMore()) {
                receiver.onParts(from);
                continue;
            }
            Msg message = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (message == null) {
                receiver.onParts(from);
                continue;
            }
            joined.join(message, base).ifPresentOrElse(whole -> receiver.onMessage(from, whole), () -> receiver.onParts(from));
        }
        return received;
    }

    @Override
    public Sent send(Peer to, ByteBuffer message) {
        if (!base.send(new Msg(to.routingId()), zmq.ZMQ.ZMQ_DONTWAIT | zmq.ZMQ.ZMQ_SNDMORE)) {
            return base.errno() == ZError.EAGAIN ? Sent.FULL : Sent.GONE;
        }
        return base.send(new Msg(message), zmq.ZMQ.ZMQ_DONTWAIT) ? Sent.TAKEN : Sent.GONE;
    }

    @Override
    public Sent send(Peer to, EventFrames frames) {
        if (!base.send(new Msg(to.routingId()), zmq.ZMQ.ZMQ_DONTWAIT | zmq.ZMQ.ZMQ_SNDMORE)) {
            return base.errno() == ZError.EAGAIN ? Sent.FULL : Sent.GONE;
        }
        return DealerSocket.sendAll(base, frames) ? Sent.TAKEN : Sent.GONE;
    }

    @Override
    public SelectableChannel channel() {
        return socket.getFD();
    }

    @Override
    public void close() {
        // A name within a process is free again at once, not when ZeroMQ's reaper gets there.
        InProcessNames.unbind(bound, () -> socket.unbind(bound));
        socket.close();
    }
}
