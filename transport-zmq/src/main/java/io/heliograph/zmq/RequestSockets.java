package io.heliograph.zmq;

import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** Opens the sockets of request and reply, each with every limit set; see {@link Sockets}. Thread-safe. */
final class RequestSockets implements AutoCloseable {

    private static final int EVENTS = zmq.ZMQ.ZMQ_EVENT_CONNECTED | zmq.ZMQ.ZMQ_EVENT_HANDSHAKE_PROTOCOL
            | zmq.ZMQ.ZMQ_EVENT_CONNECT_RETRIED;

    private final RequestConfig config;
    private final Sockets sockets;
    private final byte[] knock;

    /** @param knock what each own peer is sent first, on each connection */
    RequestSockets(RequestConfig config, Sockets sockets, byte[] knock) {
        this.config = config;
        this.sockets = sockets;
        this.knock = knock;
    }

    /** What was refused at these sockets, as it is counted. */
    ZmqRefusals refusals() {
        return sockets.refusals();
    }

    /** A socket that waits for own peers. */
    RouterSocket bindOwn(ZmqEndpoint endpoint) {
        return sockets.bindOwn(endpoint, knock, config.mostBytes(), GateRules.Kind.OWN);
    }

    /** Has {@code dealer} connect to own peers; it stays closed within a process as long as nobody is bound there. */
    void connectOwn(DealerSocket dealer, ZmqEndpoint endpoint, ConnectionWatch watch) {
        ZMQ.Socket socket = dealer(watch);
        socket.setHelloMsg(knock);
        if (!config.zmq().isInProcess()) {
            Sockets.connect(socket, endpoint.own());
            dealer.open(socket, InProcessNames.UNBOUND);
            return;
        }
        long binding = InProcessNames.connect(endpoint.own(), () -> Sockets.connect(socket, endpoint.own()));
        if (binding == InProcessNames.UNBOUND) {
            socket.close();
        } else {
            dealer.open(socket, binding);
        }
    }

    /** Has {@code dealer} connect to a foreign responder. */
    void connectPlain(PlainReqSocket dealer, ZmqEndpoint endpoint, ConnectionWatch watch) {
        ZMQ.Socket socket = dealer(watch);
        Sockets.connect(socket, endpoint.plain().orElseThrow());
        dealer.open(socket);
    }

    private ZMQ.Socket dealer(ConnectionWatch watch) {
        ZMQ.Socket socket = sockets.hardened(SocketType.DEALER, config.mostBytes(), mostMessages());
        socket.base().setEventHook(event -> tell(watch, event.event), EVENTS);
        socket.base().setSocketOpt(zmq.ZMQ.ZMQ_HICCUP_MSG, MessageLayout.header(MessageType.LOST, 0, 0, 0));
        return socket;
    }

    private static void tell(ConnectionWatch watch, int event) {
        if (event == zmq.ZMQ.ZMQ_EVENT_CONNECTED) {
            watch.onConnected();
        } else if (event == zmq.ZMQ.ZMQ_EVENT_HANDSHAKE_PROTOCOL) {
            watch.onGreeted();
        } else {
            watch.onRetried();
        }
    }

    /** A socket at which foreign requesters are answered. */
    PlainRepSocket plainReplies(ZmqEndpoint endpoint) {
        ZMQ.Socket socket = sockets.hardened(SocketType.ROUTER, config.mostBytes(), mostMessages());
        socket.setRouterMandatory(true);
        socket.base().setSocketOpt(zmq.ZMQ.ZMQ_DISCONNECT_MSG, MessageLayout.header(MessageType.LOST, 0, 0, 0));
        if (config.zmq().isBinding()) {
            Sockets.bind(socket, endpoint.plain().orElseThrow());
        } else {
            Sockets.connect(socket, endpoint.plain().orElseThrow());
        }
        return new PlainRepSocket(socket, config);
    }

    private int mostMessages() {
        return config.zmq().limits().plainMessages();
    }

    @Override
    public void close() {
        sockets.close();
    }
}
