package io.heliograph.zmq;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import io.heliograph.spi.Environment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Opens ZeroMQ sockets, each with every limit set: without them one stranger's frame header ends JeroMQ for the whole
 * process. Each publisher and subscriber has a context of its own over TCP, so that none suffers from another's strangers;
 * within the process all share one, which is never closed.
 *
 * <p>Starts JeroMQ's two daemon threads, {@code heliograph-zmq-io NAME} and {@code heliograph-zmq-reaper NAME}; one that
 * fails tells {@code onFailure}. Thread-safe.
 */
final class Sockets implements AutoCloseable {

    private static final int HEARTBEATS_UNTIL_LOST = 3;
    /** A peer that has nothing to say is known by its first answer, so that it is asked soon. */
    private static final int LONGEST_PING_MS = 250;
    /** Greetings fit in, and no topic is nearly so long: a long one would overflow the stack that JeroMQ looks it up on. */
    private static final int MOST_SUBSCRIPTION_BYTES = 1 << 10;
    /** What CURVE adds to a part of a message: its name, a nonce, flags and a tag. */
    private static final int CURVE_BYTES = 33;
    /**
     * JeroMQ 0.6.0 hands over a message as it was encrypted where the queue was full when it came: so that one is long, and who
     * fills it is listed.
     */
    private static final int LEAST_CURVE_QUEUE = 1 << 16;
    private static final Set<Consumer<Throwable>> SHARED_LISTENERS = ConcurrentHashMap.newKeySet();

    /** Made when it is first needed. */
    private static final class Shared {
        private static final ZContext CONTEXT = context("in-process", Shared::tell, Shared::tell, () -> { });

        private static void tell(Throwable failure) {
            SHARED_LISTENERS.forEach(listener -> listener.accept(failure));
        }
    }

    private final ZmqConfig config;
    private final Consumer<Throwable> onFailure;
    private final ZContext context;
    private final SocketGuard guard;
    private final int frames;

    /**
     * @param onFailure called on JeroMQ's thread that fails
     */
    Sockets(ZmqConfig config, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.onFailure = onFailure;
        // Our own window is the limit; ZeroMQ's is only to hold if that fails.
        this.frames = 2 * FrameWindow.MOST_FRAMES;
        if (config.isInProcess()) {
            SHARED_LISTENERS.add(onFailure);
            this.context = Shared.CONTEXT;
        } else {
            this.context = context(config.text(), onFailure, this::onThrown, this::onDeath);
        }
        this.guard = new SocketGuard(config, context, onFailure, environment.clock());
    }

    private void onDeath() {
        guard.fail();
    }

    private void onThrown(Throwable failure) {
        if (!guard.isPeersFault(failure)) {
            onFailure.accept(failure);
        }
    }

    /** What was refused at these sockets, as it is counted. */
    ZmqRefusals refusals() {
        return guard.refusals();
    }

    /**
     * @param onFailure told of what ended the loop of one of its threads
     * @param onThrown  told of what was thrown there, and has ended nothing
     * @param onDeath   run when one of them is beyond help
     */
    private static ZContext context(String name, Consumer<Throwable> onFailure, Consumer<Throwable> onThrown, Runnable onDeath) {
        var context = new ZContext(1);
        context.setThreadFactor((work, role) -> {
            String kind = role.startsWith("reaper") ? "reaper" : "io";
            var poller = new PollerThread(work, onFailure, onDeath);
            var thread = new Thread(() -> {
                BatchThread.enter();
                poller.run();
            }, "heliograph-zmq-" + kind + " " + name);
            thread.setDaemon(true);
            return thread;
        });
        context.setNotificationExceptionHandler((thread, failure) -> onThrown.accept(failure));
        return context;
    }

    /**
     * A socket that waits for own peers at {@code endpoint}.
     *
     * @param knock     what each that connects is sent first
     * @param mostBytes the largest message that they send
     * @param kind      which of own peers they are
     * @throws AddressInUseException if another socket is bound there
     * @throws TransportException    if it cannot be bound
     */
    RouterSocket bindOwn(ZmqEndpoint endpoint, byte[] knock, long mostBytes, GateRules.Kind kind) {
        ZMQ.Socket socket = hardened(SocketType.ROUTER, mostBytes, frames, kind);
        socket.setRouterMandatory(true);
        socket.setHelloMsg(knock);
        socket.base().setSocketOpt(zmq.ZMQ.ZMQ_DISCONNECT_MSG, MessageLayout.header(MessageType.LOST, 0, 0, 0));
        if (config.isInProcess()) {
            InProcessNames.bind(endpoint.own(), () -> bind(socket, endpoint.own()));
        } else {
            bind(socket, endpoint.own());
        }
        return new RouterSocket(socket, endpoint.own(), mostBytes);
    }

    /**
     * Has {@code dealer} connect to own peers at {@code endpoint}, again whenever the connection is lost; it stays closed
     * within a process as long as nobody is bound there.
     *
     * @param knock what the peer is sent first, on each connection
     * @param kind      which of own peers is there
     * @param onRefused run on ZeroMQ's thread when a connection is refused, or will be tried again
     * @throws TransportException if the host has no address
     */
    void connectOwn(DealerSocket dealer, ZmqEndpoint endpoint, byte[] knock, long mostBytes, GateRules.Kind kind, Runnable onRefused) {
        ZMQ.Socket socket = hardened(SocketType.DEALER, mostBytes, frames, kind);
        socket.base().setEventHook(event -> onRefused.run(), zmq.ZMQ.ZMQ_EVENT_CONNECT_RETRIED);
        socket.setHelloMsg(knock);
        socket.base().setSocketOpt(zmq.ZMQ.ZMQ_HICCUP_MSG, MessageLayout.header(MessageType.LOST, 0, 0, 0));
        if (!config.isInProcess()) {
            connect(socket, endpoint.own());
            dealer.open(socket, InProcessNames.UNBOUND);
            return;
        }
        long binding = InProcessNames.connect(endpoint.own(), () -> connect(socket, endpoint.own()));
        if (binding == InProcessNames.UNBOUND) {
            socket.close();
        } else {
            dealer.open(socket, binding);
        }
    }

    /**
     * A socket at which foreign subscribers are met, over TCP. It is bound where this side binds; else it has yet to connect.
     *
     * @throws AddressInUseException if another socket is bound there
     * @throws TransportException    if it cannot be bound
     */
    PlainOutlet plainOutlet() {
        ZMQ.Socket socket = hardened(SocketType.XPUB, MOST_SUBSCRIPTION_BYTES, config.limits().plainMessages(),
                GateRules.Kind.SUBSCRIBERS);
        socket.setXpubVerbose(true);
        socket.setXpubNoDrop(true);
        try {
            if (config.isBinding()) {
                config.endpoints().forEach(endpoint -> bind(socket, endpoint.plain().orElseThrow()));
            }
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        return new PlainOutlet(socket);
    }

    /**
     * A socket that listens to foreign publishers: connected to one endpoint, or bound to all, over TCP.
     *
     * @param endpoint    which one it connects to
     * @param onConnected run on ZeroMQ's thread when a connection stands
     * @param onLost      run there when one is lost
     * @throws AddressInUseException if another socket is bound there
     * @throws TransportException    if it cannot be bound, or the host has no address
     */
    PlainInlet plainInlet(int endpoint, Runnable onConnected, Runnable onLost) {
        ZmqLimits limits = config.limits();
        ZMQ.Socket socket = hardened(SocketType.SUB, MessageLayout.mostBytesToSubscriber(limits), limits.plainMessages());
        int events = zmq.ZMQ.ZMQ_EVENT_CONNECTED | zmq.ZMQ.ZMQ_EVENT_DISCONNECTED;
        guard.listen(socket, events, event -> (event.event == zmq.ZMQ.ZMQ_EVENT_CONNECTED ? onConnected : onLost).run());
        try {
            if (config.isBinding()) {
                config.endpoints().forEach(each -> bind(socket, each.plain().orElseThrow()));
            } else {
                connect(socket, config.endpoints().get(endpoint).plain().orElseThrow());
            }
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        return new PlainInlet(socket);
    }

    /** A socket with every limit set, for foreign peers. */
    ZMQ.Socket hardened(SocketType type, long mostBytes, int mostMessages) {
        return hardened(type, mostBytes, mostMessages, GateRules.Kind.OTHERS);
    }

    /** The same for one that will meet {@code peers}. */
    ZMQ.Socket hardened(SocketType type, long mostBytes, int mostMessages, GateRules.Kind peers) {
        ZmqLimits limits = config.limits();
        ZMQ.Socket socket = context.createSocket(type);
        boolean isOpen = config.security() instanceof ZmqSecurity.Open;
        long mostOnTheWire = mostBytes + (isOpen ? 0 : CURVE_BYTES);
        socket.setMaxMsgSize(mostOnTheWire);
        socket.setSndHWM(mostMessages);
        socket.setRcvHWM(isOpen ? mostMessages : Math.max(mostMessages, LEAST_CURVE_QUEUE));
        socket.setHandshakeIvl((int) limits.handshake().toMillis());
        int heartbeatMs = (int) limits.heartbeat().toMillis();
        socket.setHeartbeatIvl(Math.min(heartbeatMs, LONGEST_PING_MS));
        socket.setHeartbeatTimeout(heartbeatMs * HEARTBEATS_UNTIL_LOST);
        socket.setHeartbeatTtl(heartbeatMs * HEARTBEATS_UNTIL_LOST);
        socket.setReconnectIVL((int) limits.reconnect().toMillis());
        socket.setReconnectIVLMax((int) limits.slowReconnect().toMillis());
        socket.setLinger((int) limits.linger().toMillis());
        socket.setIPv6(config.text().indexOf('[') >= 0);
        guard.protect(socket, peers, mostOnTheWire);
        return socket;
    }

    /** Tells whether anybody may be at {@code socket} who has shown a key: always, where keys are not asked for. */
    BooleanSupplier proof(ZMQ.Socket socket) {
        return guard.proof(socket);
    }

    static void bind(ZMQ.Socket socket, String endpoint) {
        try {
            socket.bind(endpoint);
        } catch (ZMQException e) {
            socket.close();
            if (e.getErrorCode() == ZMQ.Error.EADDRINUSE.getCode()) {
                throw new AddressInUseException(endpoint, "end the program that is bound there, or take another port or name");
            }
            throw new TransportException("cannot bind " + endpoint, e);
        } catch (RuntimeException e) {
            socket.close();
            throw new TransportException("cannot bind " + endpoint, e);
        }
    }

    static void connect(ZMQ.Socket socket, String endpoint) {
        try {
            socket.connect(endpoint);
        } catch (RuntimeException e) {
            socket.close();
            throw new TransportException("cannot connect to " + endpoint, e);
        }
    }

    /** Ends its context; every socket has been closed before. Waits until what they held is sent, or they linger no more. */
    @Override
    public void close() {
        if (config.isInProcess()) {
            SHARED_LISTENERS.remove(onFailure);
        } else if (guard.close()) {
            context.close();
        }
    }
}
