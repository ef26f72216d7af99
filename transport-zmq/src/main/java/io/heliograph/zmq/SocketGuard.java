package io.heliograph.zmq;

import io.heliograph.time.Clock;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Protects the sockets of one context from strangers: keys where the address has them, and a {@link Gate} at each that is
 * bound. Within a process there are no strangers. Thread-safe; starts a {@link GateKeeper}'s thread with the first gate.
 */
final class SocketGuard {

    /** Of an address without keys ZeroMQ then takes no protocol before ZMTP 3, none of which this looks through. */
    private static final String DOMAIN = "heliograph";

    /** A flood of connections must not keep the others waiting for TCP to try again. */
    private static final int WAITING_TO_BE_ACCEPTED = 1_024;

    private final ZmqConfig config;
    private final ZContext context;
    private final Consumer<Throwable> onFailure;
    private final Clock clock;
    private final ZmqRefusals refusals = new ZmqRefusals();
    private final Map<ZMQ.Socket, Gate> gates = new IdentityHashMap<>();
    private Optional<GateKeeper> keeper = Optional.empty();
    private volatile boolean isFailed;

    SocketGuard(ZmqConfig config, ZContext context, Consumer<Throwable> onFailure, Clock clock) {
        this.config = config;
        this.context = context;
        this.onFailure = onFailure;
        this.clock = clock;
    }

    ZmqRefusals refusals() {
        return refusals;
    }

    /** Protects {@code socket}, which is neither bound nor connected yet and will meet {@code peers}. */
    synchronized void protect(ZMQ.Socket socket, GateRules.Kind peers, long mostBytes) {
        if (config.isInProcess()) {
            return;
        }
        boolean isReadInPlace = peers == GateRules.Kind.PUBLISHERS && config.security() instanceof ZmqSecurity.Open;
        socket.setMsgAllocator(isReadInPlace ? Arrivals.of(config.limits(), mostBytes) : Gate.bounded(mostBytes));
        socket.setZAPDomain(DOMAIN);
        switch (config.security()) {
            case ZmqSecurity.Open() -> { }
            case ZmqSecurity.Serving(ZmqKeys keys, CurveAllowed allowed) -> {
                setKeys(socket, keys);
                socket.setCurveServer(true);
            }
            case ZmqSecurity.Calling(ZmqKeys keys, ZmqSecurity.ServerKey server) -> {
                setKeys(socket, keys);
                socket.setCurveServerKey(server.bytes());
            }
        }
        if (config.isBinding()) {
            Gate gate = keeper().open(rules(peers, mostBytes));
            socket.setMsgAllocator(gate);
            socket.setZAPDomain(gate.name());
            socket.setBacklog(WAITING_TO_BE_ACCEPTED);
            gates.put(socket, gate);
            socket.base().setEventHook(event -> gate.onEvent(event, clock.nanoTime()), Gate.events());
        }
    }

    /** Has {@code listener} hear of {@code events} at {@code socket}, beside its gate. */
    synchronized void listen(ZMQ.Socket socket, int events, Consumer<zmq.ZMQ.Event> listener) {
        Optional<Gate> gate = Optional.ofNullable(gates.get(socket));
        socket.base().setEventHook(null, 0);
        socket.base().setEventHook(event -> {
            gate.ifPresent(there -> there.onEvent(event, clock.nanoTime()));
            if ((event.event & events) != 0) {
                listener.accept(event);
            }
        }, events | (gate.isPresent() ? Gate.events() : 0));
    }

    /** Tells whether anybody may be at {@code socket} who has shown a key: always, where keys are not asked for. */
    synchronized BooleanSupplier proof(ZMQ.Socket socket) {
        Gate gate = gates.get(socket);
        return gate == null || config.security() instanceof ZmqSecurity.Open ? () -> true : gate::isAnybodyProven;
    }

    private static void setKeys(ZMQ.Socket socket, ZmqKeys keys) {
        socket.setCurvePublicKey(keys.publicBytes());
        socket.setCurveSecretKey(keys.secretBytes());
    }

    private GateRules rules(GateRules.Kind peers, long mostBytes) {
        var vouching = config.security() instanceof ZmqSecurity.Open ? GateRules.Vouching.TRAFFIC : GateRules.Vouching.KEY;
        return GateRules.of(peers, config.limits(), mostBytes, vouching);
    }

    private synchronized GateKeeper keeper() {
        if (keeper.isEmpty()) {
            Optional<KeyDesk> desk = config.security() instanceof ZmqSecurity.Serving serving
                    ? Optional.of(new KeyDesk(context.createSocket(SocketType.REP), serving.allowed(), refusals))
                    : Optional.empty();
            keeper = Optional.of(new GateKeeper(config.text(), desk, refusals, onFailure, clock));
        }
        return keeper.get();
    }

    /** Something was thrown on one of ZeroMQ's threads, which goes on: says whether a peer alone is to blame, and counts it. */
    boolean isPeersFault(Throwable thrown) {
        boolean isPeers = Stream.of(thrown.getStackTrace()).map(StackTraceElement::getClassName)
                .anyMatch(name -> name.equals("zmq.io.StreamEngine") || name.equals("zmq.io.net.tcp.TcpListener"));
        if (isPeers) {
            refusals.count(ZmqRefusal.FAULT);
        }
        return isPeers;
    }

    /** One of ZeroMQ's threads has died: what it served is closed, since it cannot. */
    synchronized void fail() {
        isFailed = true;
        keeper.ifPresent(GateKeeper::abandon);
    }

    /** Ends the thread; says whether the context can be closed, which waits for ever for a thread that has died. */
    boolean close() {
        Optional<GateKeeper> ending;
        synchronized (this) {
            ending = keeper;
            keeper = Optional.empty();
        }
        ending.ifPresent(GateKeeper::close);
        return !isFailed;
    }
}
