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
 * The sockets of a subscriber that works and the thread that owns them: enrols each of its workers with every publisher that
 * it meets, takes what it is handed, and says what became of it. What is said here of others' calls is {@link #wakeUp},
 * {@link #add} and {@link #close}; the rest belongs to that thread.
 */
final class WorkerPorts implements SocketLoop.Work {

    private static final int MESSAGES_PER_TURN = 64;

    private final WorkConfig config;
    private final TellingLock lock;
    private final Environment environment;
    private final Sockets sockets;
    private final SocketLoop loop;
    private final OwnPorts ports;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Enrolments enrolments;
    private final PeerSocket.Receiver receiver = new Hearing();
    private Optional<PulledWork> pulled = Optional.empty();
    private long nextDueNs;
    private volatile boolean isWoken;

    WorkerPorts(WorkConfig config, TellingLock lock, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.lock = lock;
        this.environment = environment;
        this.enrolments = new Enrolments(config, lock, tally, environment);
        this.sockets = new Sockets(config.zmq(), failure -> {
            onFailure.accept(failure);
            halt();
        }, environment);
        tally.refusals = sockets.refusals();
        this.loop = new SocketLoop("worker " + config.text(), this, onFailure);
        this.ports = new OwnPorts(config.zmq(), sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, 0, 0),
                MessageLayout.mostBytesToSubscriber(config.limits()), GateRules.Kind.OWN, environment.random());
    }

    /** One of ZeroMQ's threads has died: there is nothing left to do here. */
    private void halt() {
        loop.stop();
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        loop.start(() -> {
            if (config.isPlainPeer()) {
                int most = Math.min(config.prefetch(), config.limits().plainMessages());
                pulled = Optional.of(new PulledWork(PushSocket.openPull(sockets, config.zmq(), most), config.prefetch(), tally, environment));
                loop.watch(pulled.get().channel());
            } else {
                ports.open(environment.clock().nanoTime());
            }
        });
    }

    /** Something is to be told. */
    void wakeUp() {
        isWoken = true;
        loop.wakeUp();
    }

    /** Under the lock: one worker more. */
    void add(Worker worker) {
        enrolments.add(worker, environment.clock().nanoTime());
    }

    ZmqCounters counters() {
        return tally.snapshot();
    }

    /** Says what is to be said, and waits until that is done. */
    void close() {
        loop.stop();
        loop.join(ports.longestClose());
    }

    @Override
    public boolean turn() {
        isWoken = false;
        long nowNs = environment.clock().nanoTime();
        int received = ports.receive(receiver, MESSAGES_PER_TURN, nowNs) + pull(nowNs);
        List<Enrolments.Mail> mails = due(nowNs);
        for (Enrolments.Mail mail : mails) {
            send(mail);
        }
        try {
            if (received == 0) {
                nextDueNs = Math.min(nextDueNs, nowNs + Math.min(ports.onTime(nowNs), Duration.ofDays(1).toNanos()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received > 0 || !mails.isEmpty();
    }

    private int pull(long nowNs) {
        lock.lock();
        try {
            return pulled.isPresent() ? pulled.get().receive(enrolments.workers(), nowNs) : 0;
        } finally {
            lock.unlock();
        }
    }

    private List<Enrolments.Mail> due(long nowNs) {
        lock.lock();
        try {
            List<Enrolments.Mail> mails = enrolments.due(ports::isConnected, nowNs);
            nextDueNs = enrolments.hasMore() ? nowNs : nowNs + config.limits().heartbeat().toNanos();
            return mails;
        } finally {
            lock.unlock();
        }
    }

    private void send(Enrolments.Mail mail) {
        Peer to = mail.enrolment().peer;
        boolean isTaken = to.socket().send(to, mail.message()) == PeerSocket.Sent.TAKEN;
        lock.lock();
        try {
            if (isTaken) {
                enrolments.sent(mail);
            } else {
                enrolments.refused(mail);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long untilDueNs() {
        return nextDueNs - environment.clock().nanoTime();
    }

    @Override
    public boolean isWaiting() {
        return isWoken;
    }

    @Override
    public void end() {
        due(environment.clock().nanoTime()).forEach(this::send);
        pulled.ifPresent(this::close);
        ports.close();
        sockets.close();
    }

    private void close(PulledWork work) {
        try {
            loop.ignore(work.channel());
        } catch (IOException e) {
            // It is closed next.
        }
        work.close();
    }

    /** Hears publishers. */
    private final class Hearing implements PeerSocket.Receiver {

        @Override
        public void onMessage(Peer from, ByteBuffer bytes) {
            long nowNs = environment.clock().nanoTime();
            lock.lock();
            try {
                enrolments.hear(from, bytes, nowNs);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onParts(Peer from) {
            lock.lock();
            try {
                tally.malformed(MalformedMessage.SEVERAL_PARTS);
            } finally {
                lock.unlock();
            }
        }
    }
}
