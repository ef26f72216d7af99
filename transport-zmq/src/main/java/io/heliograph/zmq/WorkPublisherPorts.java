package io.heliograph.zmq;

import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sockets of a publisher of work and the thread that owns them: hears workers, and sends each what it is due. Everything
 * but {@link #wakeUp} and {@link #close} belongs to that thread.
 */
final class WorkPublisherPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 256;
    /** Then the others have their turn. */
    private static final int MAILS_PER_TURN = 32;

    /** What the publisher does on this thread, under its lock. */
    interface Desk {

        /** Hands out what may be, takes back what is overdue, and publishes dead letters. */
        void turn(long nowNs);

        /** There may be room, or the workers are others. */
        void onChange();

        /** Whether all has been said and settled, or given up. */
        boolean isDone(long nowNs);
    }

    private final WorkConfig config;
    private final WorkRules rules;
    private final long session;
    private final RemoteWorkers workers;
    private final TellingLock lock;
    private final Desk desk;
    private final Environment environment;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final PeerSocket.Receiver receiver = new Hearing();
    private final WorkGroups groups;
    private Optional<ForeignWork> foreign = Optional.empty();
    private long untilConnectNs;
    private volatile boolean isDone;
    private volatile boolean isWoken;

    /** @param onFailure told what ended the thread, or one of ZeroMQ's */
    WorkPublisherPorts(WorkConfig config, WorkRules rules, long session, WorkGroups groups, RemoteWorkers workers, TellingLock lock,
            Desk desk, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.rules = rules;
        this.session = session;
        this.groups = groups;
        this.workers = workers;
        this.lock = lock;
        this.desk = desk;
        this.environment = environment;
        this.sockets = new Sockets(config.zmq(), failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        workers.tally().refusals = sockets.refusals();
        this.loop = new SocketLoop("publisher " + config.text(), this, onFailure);
        this.ports = new OwnPorts(config.zmq(), sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, session, 0),
                MessageLayout.mostBytesToPublisher(config.limits()), GateRules.Kind.OWN, environment.random());
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        isDone = true;
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        loop.start(() -> {
            if (!config.isPlainPeer()) {
                ports.open(environment.clock().nanoTime());
            }
            if (config.isPlainPeer() || config.zmq().isBinding() && !config.zmq().isInProcess()) {
                foreign = Optional.of(new ForeignWork(PushSocket.open(sockets, config.zmq()), config, session, groups, lock, environment));
                loop.watch(foreign.get().channel());
            }
        });
    }

    /** Something waits to be handed out. */
    void wakeUp() {
        isWoken = true;
        loop.wakeUp();
    }

    /** Under the lock: how many workers there are; foreign peers are one, however many. */
    int working() {
        return workers.working() + (foreign.isPresent() && foreign.get().isWorking() ? 1 : 0);
    }

    /** Whether the sockets are closed on purpose. */
    boolean isDone() {
        return isDone;
    }

    /** Waits until the end has been said. */
    void close(Duration longest) {
        wakeUp();
        loop.join(longest);
    }

    @Override
    public boolean turn() {
        isWoken = false;
        long nowNs = environment.clock().nanoTime();
        int received = ports.receive(receiver, MESSAGES_PER_TURN, nowNs);
        boolean isNews = foreign.isPresent() && foreign.get().follow(nowNs);
        List<RemoteWorker> due = due(nowNs, isNews);
        boolean hasSent = foreign.isPresent() && foreign.get().turn();
        for (RemoteWorker worker : due) {
            for (int i = 0; i < MAILS_PER_TURN && send(worker, nowNs); i++) {
                hasSent = true;
            }
        }
        try {
            untilConnectNs = received == 0 ? ports.onTime(nowNs) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received > 0 || hasSent || isNews;
    }

    private List<RemoteWorker> due(long nowNs, boolean isNews) {
        lock.lock();
        try {
            if (workers.evictSilent(nowNs) || isNews) {
                desk.onChange();
            }
            desk.turn(nowNs);
            if (desk.isDone(nowNs)) {
                isDone = true;
                loop.stop();
            }
            return List.copyOf(workers.all());
        } finally {
            lock.unlock();
        }
    }

    /** Sends the next of what {@code worker} is due; says {@code false} if there was nothing, or it was not taken. */
    private boolean send(RemoteWorker worker, long nowNs) {
        Optional<ByteBuffer> message;
        lock.lock();
        try {
            message = WorkerMail.next(worker, session, rules, config.limits(), environment.wallClock().epochNanos(), nowNs);
        } finally {
            lock.unlock();
        }
        if (message.isEmpty()) {
            return false;
        }
        PeerSocket.Sent sent = worker.peer.socket().send(worker.peer, message.get());
        lock.lock();
        try {
            switch (sent) {
                case TAKEN -> {
                    worker.lastSentNs = nowNs;
                    workers.tally().sent(message.get().capacity());
                }
                case FULL -> {
                    worker.unsent = message;
                    worker.refusedNs = nowNs;
                }
                case GONE -> {
                    workers.onGone(worker, nowNs);
                    desk.onChange();
                }
            }
        } finally {
            lock.unlock();
        }
        return sent == PeerSocket.Sent.TAKEN;
    }

    @Override
    public long untilDueNs() {
        lock.lock();
        try {
            long untilForeignNs = foreign.isPresent() ? foreign.get().untilDueNs() : Long.MAX_VALUE;
            return Math.min(untilForeignNs, Math.min(untilConnectNs, workers.untilDueNs(environment.clock().nanoTime())));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isWaiting() {
        return isWoken || untilDueNs() <= 0;
    }

    @Override
    public void end() {
        isDone = true;
        List<RemoteWorker> there;
        lock.lock();
        try {
            there = List.copyOf(workers.all());
        } finally {
            lock.unlock();
        }
        there.forEach(worker -> worker.peer.socket().send(worker.peer, WorkMessages.done(session, worker.id)));
        foreign.ifPresent(this::close);
        ports.close();
        sockets.close();
    }

    private void close(ForeignWork work) {
        try {
            loop.ignore(work.channel());
        } catch (IOException e) {
            // It is closed next.
        }
        work.close();
    }

    /** Hears workers. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer message) {
            RemoteWorkers.Change change;
            lock.lock();
            try {
                change = workers.receive(from, message, environment.clock().nanoTime());
                if (change == RemoteWorkers.Change.ROOM) {
                    desk.onChange();
                }
            } finally {
                lock.unlock();
            }
            if (change == RemoteWorkers.Change.STRANGER) {
                from.socket().send(from, WorkMessages.who(session));
            }
        }

        @Override
        public void onParts(Peer from) {
            lock.lock();
            try {
                workers.tally().malformed(MalformedMessage.SEVERAL_PARTS);
            } finally {
                lock.unlock();
            }
        }
    }
}
