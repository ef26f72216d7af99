package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The workers of one subscriber and their places with every publisher that is met: what they hear and what they have to say.
 * Guarded by the subscriber's lock.
 */
final class Enrolments {

    /**
     * A message that is due.
     *
     * @param settled how many settlements are in it, to be forgotten once it is sent
     */
    record Mail(Enrolment enrolment, ByteBuffer message, int settled) {
    }

    private final WorkConfig config;
    private final TellingLock lock;
    private final ZmqCounters.Tally tally;
    private final Environment environment;
    private final WorkMessage message = new WorkMessage();
    private final FrameDecoder decoder = new FrameDecoder();
    private final List<Worker> workers = new ArrayList<>();
    private final Map<Peer, Map<Worker, Enrolment>> publishers = new LinkedHashMap<>();
    private boolean isFull;
    private boolean hasMore;

    Enrolments(WorkConfig config, TellingLock lock, ZmqCounters.Tally tally, Environment environment) {
        this.config = config;
        this.lock = lock;
        this.tally = tally;
        this.environment = environment;
    }

    /** One worker more. */
    void add(Worker worker, long nowNs) {
        workers.add(worker);
        publishers.forEach((peer, enrolments) -> enrolments.put(worker, new Enrolment(worker, peer, nowNs)));
    }

    List<Worker> workers() {
        return workers;
    }

    /** What is to be sent now, to those of whom {@code isConnected} says that they are there. */
    List<Mail> due(Predicate<Peer> isConnected, long nowNs) {
        List<Mail> mails = new ArrayList<>(0);
        hasMore = false;
        watch(nowNs);
        for (Map<Worker, Enrolment> enrolments : publishers.values()) {
            enrolments.values().removeIf(enrolment -> !isUseful(enrolment, isConnected.test(enrolment.peer), mails, nowNs));
        }
        workers.removeIf(worker -> worker.isGone() && publishers.values().stream().noneMatch(each -> each.containsKey(worker)));
        return mails;
    }

    /** Whether not all that is due went into one message. */
    boolean hasMore() {
        return hasMore;
    }

    /** {@code mail} was sent. */
    void sent(Mail mail) {
        tally.sent(mail.message.capacity());
        for (int i = 0; i < mail.settled; i++) {
            mail.enrolment.outbox.removeFirst();
        }
    }

    /** {@code mail} was not taken: it is due again. */
    void refused(Mail mail) {
        if (mail.enrolment.isEnrolled && !mail.enrolment.isPlaced) {
            mail.enrolment.isEnrolDue = true;
        } else {
            mail.enrolment.isAnswerDue = true;
        }
    }

    /** Adds what {@code enrolment} is to say; says whether it will have more to say. */
    private boolean isUseful(Enrolment enrolment, boolean isConnected, Collection<Mail> mails, long nowNs) {
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
                hasMore = true;
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

    /** A message has come. */
    void hear(Peer from, ByteBuffer bytes, long nowNs) {
        tally.received(bytes.remaining());
        Optional<MalformedMessage> fault = message.wrap(bytes);
        if (fault.isPresent()) {
            tally.malformed(fault.get());
        } else {
            take(from, nowNs);
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
                if (!enrolment.isPlaced) {
                    enrolment.place(message.session(), (message.flags() & WorkMessages.KEEPS_KEYS) != 0);
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
            int number = body.getShort();
            boolean isLast = (number & WorkMessages.LAST) != 0;
            int delivery = number & WorkMessages.MOST_NUMBER;
            if (sequence < 0 || delivery == 0 || FrameDecoder.frameLength(body) > body.remaining()) {
                tally.malformed(MalformedMessage.BAD_LENGTH);
                return;
            }
            enrolment.lastSequence = Math.max(enrolment.lastSequence, sequence);
            switch (decoder.decode(body, FrameEncoder.NO_TOPIC)) {
                case DecodedEvent(Event event) -> enrolment.worker.take(new Held(new Delivery(event,
                        new Position(enrolment.session, sequence), sentEpochNanos, receivedEpochNanos, delivery), enrolment,
                        enrolment.id, nowNs, isLast));
                case MalformedFrame fault -> {
                    tally.unreadable++;
                    enrolment.worker.unreadable(enrolment, delivery, sequence);
                }
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
