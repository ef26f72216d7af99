package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.TransportException;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final WorkMessage message = new WorkMessage();
    private final FrameDecoder decoder = new FrameDecoder();
    private final PeerSocket.Receiver receiver = new Hearing();
    private final List<Worker> workers = new ArrayList<>();
    private final Map<Peer, Map<Worker, Enrolment>> publishers = new LinkedHashMap<>();
    private Optional<PulledWork> pulled = Optional.empty();
    private boolean isFull;
    private long nextDueNs;
    private volatile boolean isWoken;

    /** A message that is due, and what sending it means. */
    private record Mail(Enrolment enrolment, ByteBuffer message, int settled) {
    }

    WorkerPorts(WorkConfig config, TellingLock lock, Consumer<Throwable> onFailure, Environment environment) {
        this.config = config;
        this.lock = lock;
        this.environment = environment;
        this.sockets = new Sockets(config.zmq(), onFailure);
        try {
            this.loop = new SocketLoop("heliograph-zmq-worker " + config.text(), this, onFailure);
        } catch (IOException e) {
            throw new TransportException("cannot open a selector for " + config.text(), e);
        }
        this.ports = new OwnPorts(config.zmq(), sockets, loop, MessageLayout.header(MessageType.KNOCK, 0, 0, 0),
                MessageLayout.mostBytesToSubscriber(config.limits()), environment.random());
    }

    /** Opens the sockets and starts the thread. */
    void open() {
        try {
            if (config.isPlainPeer()) {
                int most = Math.min(config.prefetch(), config.limits().plainMessages());
                pulled = Optional.of(new PulledWork(PushSocket.openPull(sockets, config.zmq(), most), config.prefetch(), tally, environment));
                loop.watch(pulled.get().channel());
            } else {
                ports.open(environment.clock().nanoTime());
            }
        } catch (IOException e) {
            abandon();
            throw new TransportException("cannot watch the sockets of " + config.text(), e);
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
        loop.start();
    }

    private void abandon() {
        end();
        loop.abandon();
    }

    /** Something is to be told. */
    void wakeUp() {
        isWoken = true;
        loop.wakeUp();
    }

    /** Under the lock: one worker more. */
    void add(Worker worker) {
        workers.add(worker);
        long nowNs = environment.clock().nanoTime();
        publishers.forEach((peer, enrolments) -> enrolments.put(worker, new Enrolment(worker, peer, nowNs)));
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
        List<Mail> mails = due(nowNs);
        for (Mail mail : mails) {
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
            return pulled.isPresent() ? pulled.get().receive(workers, nowNs) : 0;
        } finally {
            lock.unlock();
        }
    }

    private void send(Mail mail) {
        boolean isTaken = mail.enrolment.peer.socket().send(mail.enrolment.peer, mail.message) == PeerSocket.Sent.TAKEN;
        lock.lock();
        try {
            if (isTaken) {
                tally.sent(mail.message.capacity());
                for (int i = 0; i < mail.settled; i++) {
                    mail.enrolment.outbox.removeFirst();
                }
            } else if (mail.enrolment.isEnrolled && !mail.enrolment.isPlaced) {
                mail.enrolment.isEnrolDue = true;
            } else {
                mail.enrolment.isAnswerDue = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is to be sent now. */
    private List<Mail> due(long nowNs) {
        List<Mail> mails = new ArrayList<>(0);
        lock.lock();
        try {
            nextDueNs = nowNs + config.limits().heartbeat().toNanos();
            watch(nowNs);
            for (Map<Worker, Enrolment> enrolments : publishers.values()) {
                enrolments.values().removeIf(enrolment -> !isUseful(enrolment, mails, nowNs));
            }
            workers.removeIf(worker -> worker.isGone() && publishers.values().stream().noneMatch(each -> each.containsKey(worker)));
        } finally {
            lock.unlock();
        }
        return mails;
    }

    /** Adds what {@code enrolment} is to say; says whether it will have more to say. */
    private boolean isUseful(Enrolment enrolment, Collection<Mail> mails, long nowNs) {
        boolean isConnected = ports.isConnected(enrolment.peer);
        if (!isConnected) {
            return !enrolment.worker.isGone();
        }
        ZmqLimits limits = config.limits();
        boolean isUnanswered = enrolment.isEnrolled && !enrolment.isPlaced && nowNs - enrolment.enrolledNs >= limits.heartbeat().toNanos();
        if ((enrolment.isEnrolDue || isUnanswered) && enrolment.worker.credit() > 0) {
            List<Settlement> late = enrolment.enrol(isUnanswered ? enrolment.id : newId(), nowNs);
            mails.add(new Mail(enrolment, new Enrol(enrolment.session, enrolment.prior, enrolment.worker.credit(), config.group(),
                    enrolment.worker.interest.filter(), enrolment.worker.name(), late).write(enrolment.id), 0));
            return true;
        }
        boolean isCreditDue = enrolment.isCreditTold && enrolment.worker.credit() == 0;
        if (enrolment.isPlaced && (!enrolment.outbox.isEmpty() || enrolment.isAnswerDue || isCreditDue)) {
            enrolment.isAnswerDue = false;
            enrolment.isCreditTold = !isCreditDue && enrolment.isCreditTold;
            List<Settlement> some = enrolment.outbox.stream().limit(Settlement.MOST_IN_MESSAGE).toList();
            mails.add(new Mail(enrolment, WorkMessages.settle(enrolment.session, enrolment.id, enrolment.worker.credit(), some), some.size()));
            if (some.size() < enrolment.outbox.size()) {
                nextDueNs = nowNs;
                return true;
            }
        }
        if (enrolment.worker.isGone()) {
            if (enrolment.isEnrolled) {
                mails.add(new Mail(enrolment, WorkMessages.resign(enrolment.session, enrolment.id), 0));
            }
            return false;
        }
        return true;
    }

    private long newId() {
        return environment.random().nextLong();
    }

    /** Tells of publishers that are silent. */
    private void watch(long nowNs) {
        for (Map<Worker, Enrolment> enrolments : publishers.values()) {
            for (Enrolment enrolment : enrolments.values()) {
                boolean isSilent = nowNs - enrolment.lastHeardNs >= config.limits().silence().toNanos();
                if (isSilent && enrolment.session != 0 && !enrolment.isEnded && !enrolment.isTailTold) {
                    enrolment.isTailTold = true;
                    enrolment.worker.tellTailUnknown(enrolment);
                }
            }
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
                tally.received(bytes.remaining());
                Optional<MalformedMessage> fault = message.wrap(bytes);
                if (fault.isPresent()) {
                    tally.malformed(fault.get());
                } else {
                    take(from, nowNs);
                }
            } finally {
                lock.unlock();
            }
        }

        private void take(Peer from, long nowNs) {
            switch (message.type()) {
                case KNOCK, WHO -> enrolments(from, nowNs).values().forEach(this::begin);
                case LOST -> {
                    Map<Worker, Enrolment> lost = publishers.getOrDefault(from, Map.of());
                    lost.values().forEach(Enrolment::lose);
                    if (config.zmq().isBinding()) {
                        publishers.remove(from);
                    }
                }
                case PLACE, TASKS, RECALL, BEAT, DONE -> {
                    Optional<Enrolment> enrolment = publishers.getOrDefault(from, Map.of()).values().stream()
                            .filter(each -> each.isEnrolled && each.id == message.worker()).findFirst();
                    if (enrolment.isPresent()) {
                        enrolment.get().lastHeardNs = nowNs;
                        hear(enrolment.get(), nowNs);
                    } else {
                        tally.strays++;
                    }
                }
                case ENROL, SETTLE, RESIGN -> tally.malformed(MalformedMessage.UNKNOWN_TYPE);
            }
        }

        /** On a new connection, or where the publisher has forgotten who works for it. */
        private void begin(Enrolment enrolment) {
            enrolment.lose();
            if (message.session() == enrolment.session) {
                enrolment.worker.dropBefore(enrolment);
            }
        }

        private void hear(Enrolment enrolment, long nowNs) {
            ByteBuffer body = message.body();
            switch (message.type()) {
                case PLACE -> {
                    if (has(body, Short.BYTES) && !enrolment.isPlaced) {
                        boolean hasKeys = (message.flags() & WorkMessages.KEEPS_KEYS) != 0;
                        enrolment.place(message.session(), Math.max(1, body.getShort() & 0xffff), hasKeys);
                    }
                }
                case TASKS -> {
                    if (enrolment.isPlaced && has(body, WorkMessages.TASKS_BYTES)) {
                        countFiltered(enrolment, body.getLong());
                        takeTasks(enrolment, body, nowNs);
                    }
                }
                case RECALL -> {
                    if (has(body, message.flags() * WorkMessages.RECALL_BYTES)) {
                        for (int i = 0; i < message.flags(); i++) {
                            long sequence = body.getLong();
                            enrolment.worker.recall(enrolment, sequence, body.getShort() & 0xffff);
                        }
                    }
                }
                case BEAT -> {
                    if (has(body, Long.BYTES)) {
                        countFiltered(enrolment, body.getLong());
                        enrolment.isAnswerDue = true;
                    }
                }
                case DONE -> {
                    enrolment.isEnded = true;
                    enrolment.outbox.clear();
                    enrolment.worker.end(enrolment);
                }
                default -> throw new IllegalStateException("no publisher's message: " + message.type());
            }
        }

        private boolean has(ByteBuffer body, int bytes) {
            if (message.flags() < 0 || message.flags() > WorkMessages.MOST_TASKS || body.remaining() < bytes) {
                tally.malformed(MalformedMessage.TOO_SHORT);
                return false;
            }
            return true;
        }

        private void countFiltered(Enrolment enrolment, long filtered) {
            if (filtered > enrolment.filteredSeen) {
                enrolment.worker.filtered(filtered - enrolment.filteredSeen);
                enrolment.filteredSeen = filtered;
            }
        }

        private void takeTasks(Enrolment enrolment, ByteBuffer body, long nowNs) {
            long sentEpochNanos = body.getLong();
            long receivedEpochNanos = environment.wallClock().epochNanos();
            for (int i = 0; i < message.flags(); i++) {
                if (!has(body, WorkMessages.TASK_BYTES)) {
                    return;
                }
                long sequence = body.getLong();
                int delivery = body.getShort() & 0xffff;
                if (sequence < 0 || delivery == 0 || FrameDecoder.frameLength(body) > body.remaining()) {
                    tally.malformed(MalformedMessage.BAD_LENGTH);
                    return;
                }
                enrolment.lastSequence = Math.max(enrolment.lastSequence, sequence);
                switch (decoder.decode(body, FrameEncoder.NO_TOPIC)) {
                    case DecodedEvent(Event event) -> enrolment.worker.take(new Held(new Delivery(event,
                            new Position(enrolment.session, sequence), sentEpochNanos, receivedEpochNanos, delivery), enrolment,
                            enrolment.id, nowNs));
                    case MalformedFrame fault -> {
                        tally.unreadable++;
                        enrolment.worker.unreadable(enrolment, delivery, sequence);
                    }
                }
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

    /** The workers' places with the publisher at {@code peer}, which is new perhaps. */
    private Map<Worker, Enrolment> enrolments(Peer peer, long nowNs) {
        Map<Worker, Enrolment> known = publishers.get(peer);
        if (known != null) {
            return known;
        }
        if (publishers.size() >= config.limits().peers()) {
            tally.refusedPeers++;
            if (!isFull) {
                isFull = true;
                lock.tellLater(environment, new Notice.Degraded(config.text(),
                        "more than " + config.limits().peers() + " publishers want workers; new ones get none"));
            }
            return Map.of();
        }
        isFull = false;
        Map<Worker, Enrolment> enrolments = new LinkedHashMap<>();
        workers.stream().filter(worker -> worker.credit() > 0).forEach(worker -> enrolments.put(worker, new Enrolment(worker, peer, nowNs)));
        publishers.put(peer, enrolments);
        return enrolments;
    }
}
