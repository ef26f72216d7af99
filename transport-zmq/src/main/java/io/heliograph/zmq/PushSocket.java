package io.heliograph.zmq;

import java.nio.channels.SelectableChannel;
import java.util.function.BooleanSupplier;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/** Hands work to foreign peers, to whichever takes it. Confined to the thread that owns it. */
final class PushSocket {

    /** What foreign peers may send here: nothing but what ZeroMQ says itself. */
    private static final long MOST_BYTES = 4 << 10;

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private final BooleanSupplier isAnybodyProven;

    private PushSocket(ZMQ.Socket socket, BooleanSupplier isAnybodyProven) {
        this.socket = socket;
        this.isAnybodyProven = isAnybodyProven;
        this.base = socket.base();
    }

    /**
     * Bound to all plain endpoints, or connected to them.
     *
     * @throws io.heliograph.AddressInUseException if another socket is bound there
     * @throws io.heliograph.TransportException    if it cannot be bound, or the host has no address
     */
    static PushSocket open(Sockets sockets, ZmqConfig config) {
        // JeroMQ deals to connections that have not shown a key yet, too: so that each holds one event at most.
        int mostMessages = config.security() instanceof ZmqSecurity.Open ? config.limits().plainMessages() : 1;
        ZMQ.Socket socket = sockets.hardened(SocketType.PUSH, MOST_BYTES, mostMessages, GateRules.Kind.WORKERS);
        // JeroMQ has it the wrong way round: this holds nothing for a connection that does not stand yet.
        socket.setImmediate(false);
        openEnds(socket, config);
        return new PushSocket(socket, sockets.proof(socket));
    }

    /** The same for the other end: what foreign peers push. */
    static PlainInlet openPull(Sockets sockets, ZmqConfig config, int mostMessages) {
        ZMQ.Socket socket = sockets.hardened(SocketType.PULL, MessageLayout.mostBytesToSubscriber(config.limits()), mostMessages);
        openEnds(socket, config);
        return new PlainInlet(socket);
    }

    private static void openEnds(ZMQ.Socket socket, ZmqConfig config) {
        try {
            for (ZmqEndpoint endpoint : config.endpoints()) {
                if (config.isBinding()) {
                    Sockets.bind(socket, endpoint.plain().orElseThrow());
                } else {
                    Sockets.connect(socket, endpoint.plain().orElseThrow());
                }
            }
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Whether somebody is there and takes something. */
    boolean isReady() {
        return isTaking() && isAnybodyProven.getAsBoolean();
    }

    /** The same, be it only strangers who have not shown a key: JeroMQ deals to those, too. */
    boolean isTaking() {
        return (socket.getEvents() & ZMQ.Poller.POLLOUT) != 0;
    }

    /** Sends without waiting; says {@code false} if nobody takes it. */
    boolean send(PlainMessage message) {
        if (!base.send(new Msg(message.topic()), zmq.ZMQ.ZMQ_DONTWAIT | zmq.ZMQ.ZMQ_SNDMORE)) {
            return false;
        }
        boolean hasHeader = message.header().length > 0;
        // Once the first is taken, so are the others.
        base.send(new Msg(message.data()), zmq.ZMQ.ZMQ_DONTWAIT | (hasHeader ? zmq.ZMQ.ZMQ_SNDMORE : 0));
        if (hasHeader) {
            base.send(new Msg(message.header()), zmq.ZMQ.ZMQ_DONTWAIT);
        }
        return true;
    }

    SelectableChannel channel() {
        return socket.getFD();
    }

    /** Closes it; what it still holds is sent for a while. */
    void close() {
        socket.close();
    }
}
