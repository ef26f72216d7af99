package io.heliograph.zmq;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import zmq.Msg;
import zmq.io.Metadata;
import zmq.msg.MsgAllocator;

/**
 * Lets peers in at one bound socket, and cuts off those that harm. JeroMQ gives every part of a message that arrives its
 * memory from here, and notes in it who sent it before anything else sees it; so each is looked at on ZeroMQ's thread, in
 * front of every queue and table, and what is refused passes for one of ZeroMQ's own commands, which go no further.
 *
 * <pre>
 *   accepted -> greetings -> proven: the first part of anything, an answer to a heartbeat included
 *      |            |           |
 *   CROWDED     UNPROVEN     STRANGE, SUBSCRIPTIONS, SILENT     cut off: its input is shut, on which ZeroMQ clears up
 * </pre>
 *
 * <p>Thread-safe. {@link #sweep} and {@link #vouch} are another thread's; the rest runs on ZeroMQ's one I/O thread.
 */
final class Gate implements MsgAllocator {

    private final String name;
    private final GateRules rules;
    private final ZmqRefusals refusals;
    private final long sweepNs;
    private final GatePart.Inspector inspector = this::admits;
    private final Map<String, GateConnection> byAddress = new HashMap<>();
    private final LinkedHashSet<GateConnection> unproven = new LinkedHashSet<>();
    private final List<ServerSocketChannel> listening = new ArrayList<>();
    private volatile int proven;
    private Metadata lastMetadata = new Metadata();
    private Optional<GateConnection> lastConnection = Optional.empty();

    /**
     * @param name    what questions about keys are asked under
     * @param sweepNs how often {@link #sweep} is called
     */
    Gate(String name, GateRules rules, ZmqRefusals refusals, long sweepNs) {
        this.name = name;
        this.rules = rules;
        this.refusals = refusals;
        this.sweepNs = sweepNs;
    }

    String name() {
        return name;
    }

    /** Memory for parts of at most {@code mostBytes} where there is no gate: JeroMQ itself lets negative sizes pass. */
    static MsgAllocator bounded(long mostBytes) {
        return size -> new Msg(size < 0 || size > mostBytes ? 0 : size);
    }

    @Override
    public Msg allocate(int size) {
        boolean isMisannounced = size < 0 || size > rules.messageBytes();
        return new GatePart(isMisannounced ? 0 : size, isMisannounced, inspector);
    }

    /** The events that {@link #onEvent} hears. */
    static int events() {
        return zmq.ZMQ.ZMQ_EVENT_ACCEPTED | zmq.ZMQ.ZMQ_EVENT_DISCONNECTED | zmq.ZMQ.ZMQ_EVENT_LISTENING;
    }

    /** ZeroMQ says what happens to connections. */
    void onEvent(zmq.ZMQ.Event event, long nowNs) {
        if (event.event == zmq.ZMQ.ZMQ_EVENT_ACCEPTED && event.arg instanceof SocketChannel channel) {
            accept(new GateConnection(channel, nowNs));
        } else if (event.event == zmq.ZMQ.ZMQ_EVENT_DISCONNECTED && event.arg instanceof SocketChannel channel) {
            forget(channel);
        } else if (event.arg instanceof ServerSocketChannel channel) {
            synchronized (this) {
                listening.add(channel);
            }
        }
    }

    /** Whether anybody who is there has got through its greetings. */
    boolean isAnybodyProven() {
        return proven > 0;
    }

    private synchronized void accept(GateConnection connection) {
        boolean isFull = byAddress.size() >= rules.connections();
        byAddress.put(connection.address, connection);
        if (isFull) {
            cut(connection, ZmqRefusal.CROWDED);
            return;
        }
        unproven.add(connection);
        if (unproven.size() > rules.unproven()) {
            // The oldest: a flood of those that say nothing must not keep out who is quick to.
            cut(oldestUnproven(), ZmqRefusal.CROWDED);
        }
    }

    private GateConnection oldestUnproven() {
        for (GateConnection connection : unproven) {
            if (!connection.isPerhapsProven) {
                return connection;
            }
        }
        return unproven.getFirst();
    }

    private synchronized void forget(SocketChannel channel) {
        GateConnection connection = byAddress.get(GateConnection.address(channel));
        if (connection == null || connection.channel != channel) {
            return;
        }
        byAddress.remove(connection.address);
        unproven.remove(connection);
        lose(connection);
        if (connection == lastConnection.orElse(null)) {
            lastConnection = Optional.empty();
            lastMetadata = new Metadata();
        }
        if (connection.isCut) {
            return;
        }
        if (!connection.isProven && !connection.isPerhapsProven) {
            refusals.count(ZmqRefusal.UNPROVEN);
        } else if (connection.isStillThere()) {
            refusals.count(ZmqRefusal.BROKEN);
        }
    }

    /** Cuts a connection off: ZeroMQ reads that it has ended, and clears up. */
    private synchronized void cut(GateConnection connection, ZmqRefusal reason) {
        unproven.remove(connection);
        if (connection.isCut) {
            return;
        }
        lose(connection);
        connection.isCut = true;
        refusals.count(reason);
        try {
            connection.channel.shutdownInput();
        } catch (IOException | RuntimeException e) {
            // It is closed already, which is as good.
        }
    }

    private boolean admits(Metadata sender, GatePart part) {
        if (sender != lastMetadata) {
            lastMetadata = sender;
            lastConnection = find(sender);
        }
        if (lastConnection.isEmpty()) {
            refusals.count(ZmqRefusal.STRANGE);
            return false;
        }
        GateConnection connection = lastConnection.get();
        if (connection.isCut) {
            return false;
        }
        if (connection.silentSweeps != 0) {
            connection.silentSweeps = 0;
        }
        Optional<ZmqRefusal> fault = connection.fault(part, rules);
        fault.ifPresent(reason -> {
            if (reason == ZmqRefusal.PREFIX) {
                refusals.count(reason);
            } else {
                cut(connection, reason);
            }
        });
        return fault.isEmpty() && (rules.kind() != GateRules.Kind.SUBSCRIBERS || connection.isNews(part));
    }

    private synchronized Optional<GateConnection> find(Metadata sender) {
        GateConnection connection = byAddress.get(sender.get(Metadata.PEER_ADDRESS));
        if (connection == null) {
            return Optional.empty();
        }
        prove(connection);
        String identity = sender.get(Metadata.IDENTITY);
        boolean isNamed = identity != null && !identity.isEmpty();
        if (isNamed && (rules.kind().isOwn() || identity.charAt(0) == 0)) {
            // It could take the place of a peer that ZeroMQ gives a name, which begins with 0.
            cut(connection, ZmqRefusal.STRANGE);
        }
        return Optional.of(connection);
    }

    private synchronized void prove(GateConnection connection) {
        if (!connection.isProven && !connection.isCut) {
            proven++;
        }
        connection.isProven = true;
        unproven.remove(connection);
    }

    private synchronized void lose(GateConnection connection) {
        if (connection.isProven && !connection.isCut) {
            proven--;
        }
    }

    /**
     * A peer at {@code host} has shown a key that is listed. ZeroMQ does not tell over which of its connections: the newest,
     * since that is done in moments; if it is another, it is not cut off for being unproven either.
     */
    synchronized void vouch(String host) {
        Predicate<GateConnection> isThere = connection -> connection.address.startsWith(host + ":");
        Optional<GateConnection> newest = unproven.reversed().stream().filter(isThere).findFirst();
        newest.ifPresent(this::prove);
        unproven.stream().filter(isThere).forEach(connection -> connection.isPerhapsProven = true);
    }

    /** Cuts off who took too long, or has fallen silent. */
    synchronized void sweep(long nowNs) {
        for (GateConnection connection : List.copyOf(byAddress.values())) {
            if (!connection.isProven && !connection.isPerhapsProven && nowNs - connection.acceptedNs >= rules.proof().toNanos()) {
                cut(connection, ZmqRefusal.UNPROVEN);
            } else if (connection.isProven && rules.vouching() == GateRules.Vouching.TRAFFIC && isSilent(connection)) {
                cut(connection, ZmqRefusal.SILENT);
            }
        }
    }

    /**
     * Counted in sweeps, so that a pause of this process is not taken for the peers'. A word that comes in this very moment may
     * be missed; the next is not.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private boolean isSilent(GateConnection connection) {
        connection.silentSweeps++;
        return connection.silentSweeps * sweepNs >= rules.silence().toNanos();
    }

    /** ZeroMQ's thread has died: closes what it would have to. */
    synchronized void abandon() {
        listening.forEach(Gate::close);
        byAddress.values().forEach(connection -> close(connection.channel));
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody uses it any more.
        }
    }
}
