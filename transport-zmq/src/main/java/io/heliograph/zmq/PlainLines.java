package io.heliograph.zmq;

import io.heliograph.TopicFilter;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sockets that listen to foreign publishers, and who is one: where PORT takes connections and own-port refuses them, or
 * says nothing for long. Only then is anything asked for at PORT; where an own publisher is heard, nothing is until that
 * connection is lost, so that no event comes twice.
 *
 * <p>Confined to the thread that owns the sockets; takes the subscriber's lock for its intakes.
 */
final class PlainLines {

    private static final int MESSAGES_PER_TURN = 256;
    /** Whoever takes connections at PORT and says nothing at own-port for so long is no own peer. */
    static final long FOREIGN_NS = Duration.ofSeconds(2).toNanos();

    /** One socket: of one endpoint, or of all that it is bound to. */
    private static final class Line {
        private final PlainReader reader;
        private final PlainInlet inlet;
        private final int endpoint;
        /** Written by ZeroMQ's thread: how often a connection stood, and how often one was lost. */
        private final AtomicInteger connections;
        private final AtomicInteger losses;
        private int connectionsSeen;
        private int lossesSeen;
        private long connectedNs;
        private int refusalsBefore;
        /** An own publisher has been heard since this connection stands. */
        private boolean isOwn;
        private int version;
        private boolean isHolding;

        private Line(PlainReader reader, PlainInlet inlet, int endpoint, AtomicInteger connections, AtomicInteger losses) {
            this.reader = reader;
            this.inlet = inlet;
            this.endpoint = endpoint;
            this.connections = connections;
            this.losses = losses;
        }

        boolean isConnected() {
            return connectionsSeen > lossesSeen;
        }
    }

    private final ZmqConfig config;
    private final OwnPorts own;
    private final Subscriptions subscriptions;
    private final TellingLock lock;
    private final ZmqCounters.Tally tally;
    private final Environment environment;
    /** Never changed but replaced: a handler's thread may be looking through them when they are closed. */
    private volatile List<Line> lines = List.of();

    PlainLines(ZmqConfig config, OwnPorts own, Subscriptions subscriptions, TellingLock lock, ZmqCounters.Tally tally,
            Environment environment) {
        this.config = config;
        this.own = own;
        this.subscriptions = subscriptions;
        this.lock = lock;
        this.tally = tally;
        this.environment = environment;
    }

    /** Opens the sockets, before the thread starts. */
    void open(Sockets sockets, SocketLoop loop) throws IOException {
        int count = config.isBinding() ? 1 : config.endpoints().size();
        var all = new ArrayList<Line>(count);
        for (int i = 0; i < count; i++) {
            var connections = new AtomicInteger();
            var losses = new AtomicInteger();
            Runnable onConnected = () -> {
                connections.incrementAndGet();
                loop.wakeUp();
            };
            Runnable onLost = () -> {
                losses.incrementAndGet();
                loop.wakeUp();
            };
            PlainInlet inlet = sockets.plainInlet(i, onConnected, onLost);
            all.add(new Line(new PlainReader(subscriptions, tally, environment), inlet, i, connections, losses));
            loop.watch(inlet.channel());
            lines = List.copyOf(all);
        }
    }

    /** Decides whom to listen to, and receives; says whether there was anything. */
    boolean turn(long nowNs) throws IOException {
        int received = 0;
        for (Line line : lines) {
            int ofLine = receive(line);
            received += ofLine;
            // What came before a connection was lost has been taken by then.
            if (ofLine == 0 && !line.isHolding) {
                follow(line, nowNs);
            }
        }
        return received > 0;
    }

    private void follow(Line line, long nowNs) throws IOException {
        int connections = line.connections.get();
        int losses = line.losses.get();
        if (losses != line.lossesSeen && !config.isBinding()) {
            line.isOwn = false;
            unsubscribe(line);
        }
        if (connections != line.connectionsSeen && !config.isBinding()) {
            line.connectedNs = nowNs;
            line.refusalsBefore = own.refusals(line.endpoint);
            // Whether anybody is there is to be known now, not when ZeroMQ tries again.
            own.retry(line.endpoint, nowNs);
        }
        line.connectionsSeen = connections;
        line.lossesSeen = losses;
        lock.lock();
        try {
            if (isForeign(line, nowNs) && !subscriptions.isEmpty()) {
                subscribe(line);
            } else if (line.inlet.isSubscribed()) {
                unsubscribe(line);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isForeign(Line line, long nowNs) {
        if (config.isBinding()) {
            return true;
        }
        line.isOwn |= own.isHeard(line.endpoint);
        if (!line.isConnected() || line.isOwn) {
            return false;
        }
        return line.inlet.isSubscribed() || own.refusals(line.endpoint) != line.refusalsBefore
                || nowNs - line.connectedNs >= FOREIGN_NS;
    }

    private void subscribe(Line line) {
        if (!line.inlet.isSubscribed() || line.version != subscriptions.version()) {
            line.version = subscriptions.version();
            Set<String> prefixes = new HashSet<>();
            subscriptions.filters().forEach(filter -> prefixes.add(prefix(filter)));
            line.inlet.subscribe(prefixes);
            line.reader.join();
        }
    }

    private void unsubscribe(Line line) {
        line.inlet.subscribe(Set.of());
        lock.lock();
        try {
            line.reader.leaveSession();
        } finally {
            lock.unlock();
        }
    }

    /** What every topic that {@code filter} wants begins with. */
    private static String prefix(TopicFilter filter) {
        String text = filter.toString();
        int wild = text.indexOf('*') < 0 ? text.indexOf('>') : text.indexOf('*');
        return wild < 0 ? text : text.substring(0, wild);
    }

    private int receive(Line line) {
        lock.lock();
        try {
            int received = 0;
            while (received < MESSAGES_PER_TURN && line.reader.isReady()) {
                Optional<PlainInlet.Parts> parts = line.inlet.receive();
                if (parts.isEmpty()) {
                    break;
                }
                line.reader.take(parts.get());
                received++;
            }
            line.isHolding = line.reader.isWaitedFor();
            return received;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock: whether the room that a handler has made was waited for. */
    boolean isRoomWaitedFor() {
        for (Line line : lines) {
            if (line.reader.isWaitedFor()) {
                return true;
            }
        }
        return false;
    }

    /** Under the lock: a subscription is gone. */
    void remove(Intake intake) {
        lines.forEach(line -> line.reader.remove(intake));
    }

    /** How long until something is to be decided, if nothing else happens. */
    long untilDueNs(long nowNs) {
        long until = Long.MAX_VALUE;
        for (Line line : lines) {
            if (line.isConnected() && !line.inlet.isSubscribed() && !config.isBinding()) {
                long due = line.connectedNs + FOREIGN_NS - nowNs;
                until = due > 0 ? Math.min(until, due) : until;
            }
        }
        return until;
    }

    void close(SocketLoop loop) {
        for (Line line : lines) {
            try {
                loop.ignore(line.inlet.channel());
            } catch (IOException e) {
                // It is closed next.
            }
            line.inlet.close();
        }
        lines = List.of();
    }
}
