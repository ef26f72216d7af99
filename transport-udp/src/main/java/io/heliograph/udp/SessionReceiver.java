package io.heliograph.udp;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.SessionIntake;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.wire.Decoded;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.MalformedFrame;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Follows one session: puts its datagrams in order, tells what is missing, and hands events to the intakes.
 *
 * <pre>
 *   datagram   0  1  2  3  4  5  6  7  8
 *              #  #  #  .  #  #  .  .  .
 *                       ^expected, due at missingSince + reorderWait
 *                          ^  ^held
 * </pre>
 *
 * <p>A datagram that is missing when its time is up is lost, and so are its events: how many is told by the first-event
 * sequence of the datagram or heartbeat behind it. Repair will ask for it here instead. Guarded by the subscriber's
 * lock; a function of what it is given and the time it is told.
 */
final class SessionReceiver {

    /** How far back arrivals are remembered, to tell a duplicate from one that is merely late. */
    private static final int REMEMBERED = 4096;

    /** One datagram that came before its turn. */
    private record Held(ByteBuffer bytes, long receivedEpochNanos) {
    }

    private final long session;
    private final InetSocketAddress source;
    private final UdpLimits limits;
    private final FlowPolicy policy;
    private final UdpCounters.Tally tally;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Datagram replayed = new Datagram();
    private final List<SessionIntake> intakes = new ArrayList<>();
    private final TreeMap<Long, Held> held = new TreeMap<>();
    private final BitSet arrived = new BitSet(REMEMBERED);
    private long expected;
    private long nextEvent;
    private long knownDatagrams;
    private long knownEvents;
    private boolean isMissing;
    private long missingSinceNs;
    private long lastHeardNs;
    private long lastReportNs;
    private boolean isReported = true;
    private boolean isEnding;
    private boolean isEnded;
    private boolean isSilent;

    /**
     * @param expected  the datagram to begin with
     * @param nextEvent the event to begin with
     */
    SessionReceiver(long session, InetSocketAddress source, long expected, long nextEvent, UdpLimits limits,
            FlowPolicy policy, UdpCounters.Tally tally) {
        this.session = session;
        this.source = source;
        this.expected = expected;
        this.nextEvent = nextEvent;
        this.knownDatagrams = expected;
        this.knownEvents = nextEvent;
        this.limits = limits;
        this.policy = policy;
        this.tally = tally;
    }

    long session() {
        return session;
    }

    InetSocketAddress source() {
        return source;
    }

    boolean isEnded() {
        return isEnded;
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    void add(Intake intake) {
        if (!isEnded) {
            intakes.add(intake.join(session, nextEvent));
            isReported = false;
        }
    }

    void remove(Intake intake) {
        intakes.removeIf(own -> own.intake() == intake);
        isReported = false;
    }

    /** Takes a data datagram or heartbeat of this session. */
    void onDatagram(Datagram datagram, long receivedEpochNanos, long nowNs) {
        lastHeardNs = nowNs;
        isSilent = false;
        if (isEnded) {
            // The publisher has not heard yet that the end was heard.
            isReported &= !datagram.isFlagged(DatagramLayout.END_OF_STREAM);
            return;
        }
        if (datagram.type() == DatagramLayout.HEARTBEAT) {
            onHeartbeat(datagram);
        } else {
            onData(datagram, receivedEpochNanos);
        }
        noteMissing(nowNs);
        endIfComplete();
    }

    /** Gives up what has been missing for too long. */
    void onTime(long nowNs) {
        if (isMissing && nowNs - missingSinceNs >= limits.reorderWait().toNanos()) {
            giveUpMissing();
            noteMissing(nowNs);
            endIfComplete();
        }
        if (!isSilent && !isEnded && nowNs - lastHeardNs >= limits.silence().toNanos()) {
            isSilent = true;
            intakes.forEach(SessionIntake::tellTailUnknown);
        }
    }

    /** How long until {@link #onTime} has something to do. */
    long untilDueNs(long nowNs) {
        return isMissing ? Math.max(0, missingSinceNs + limits.reorderWait().toNanos() - nowNs) : Long.MAX_VALUE;
    }

    /**
     * Whether it is time to report to this session's publisher: when a subscription has come or gone, and each period.
     * Once asked, the next time is a period away.
     */
    boolean takeReportTurn(long nowNs) {
        boolean isDue = !isSilent
                && (!isReported || !intakes.isEmpty() && nowNs - lastReportNs >= limits.status().toNanos());
        if (isDue) {
            isReported = true;
            lastReportNs = nowNs;
        }
        return isDue;
    }

    boolean hasListeners() {
        return !intakes.isEmpty();
    }

    DatagramWriter.Report report() {
        SubscriberSums all = intakes.stream().map(SessionIntake::sums).reduce(SubscriberSums.ZERO, SubscriberSums::plus);
        return new DatagramWriter.Report(all.known(), all.lostTotal(), intakes.size());
    }

    /** Says that the tail is unknown if the publisher has been silent for longer than it should; for when nobody waits on. */
    void leave(long nowNs) {
        giveUpAllMissing();
        if (!isEnded && !isSilent && nowNs - lastHeardNs > limits.slowHeartbeat().toNanos()) {
            intakes.forEach(SessionIntake::tellTailUnknown);
        }
    }

    /** Where the session stands, for when it is heard again. */
    ForgottenSessions.Place forgotten(boolean hasEnded) {
        return new ForgottenSessions.Place(expected, nextEvent, hasEnded);
    }

    /** Forgets the session: what is missing is lost, and nothing more is expected. */
    void retire() {
        giveUpAllMissing();
        intakes.forEach(SessionIntake::retire);
        isEnded = true;
    }

    private void onHeartbeat(Datagram heartbeat) {
        know(heartbeat.sequence(), heartbeat.firstEvent());
        isEnding |= heartbeat.isFlagged(DatagramLayout.END_OF_STREAM);
    }

    private void onData(Datagram data, long receivedEpochNanos) {
        long sequence = data.sequence();
        know(sequence + 1, data.firstEvent() + data.events());
        if (sequence < expected) {
            refuse(data, sequence);
        } else if (sequence == expected) {
            markArrived(sequence);
            deliver(data, receivedEpochNanos);
            deliverHeld();
        } else if (held.containsKey(sequence)) {
            countDuplicate(data);
        } else {
            hold(data, sequence, receivedEpochNanos);
        }
    }

    private void know(long datagrams, long events) {
        knownDatagrams = Math.max(knownDatagrams, datagrams);
        knownEvents = Math.max(knownEvents, events);
    }

    private void refuse(Datagram data, long sequence) {
        boolean isRemembered = expected - sequence <= REMEMBERED;
        if (isRemembered && !arrived.get(slot(sequence))) {
            tally.late++;
        } else {
            countDuplicate(data);
        }
    }

    private void countDuplicate(Datagram data) {
        tally.duplicates++;
        intakes.forEach(intake -> intake.duplicated(data.events()));
    }

    private void hold(Datagram data, long sequence, long receivedEpochNanos) {
        ByteBuffer whole = data.whole();
        ByteBuffer copy = ByteBuffer.allocate(whole.remaining()).order(ByteOrder.LITTLE_ENDIAN).put(whole).flip();
        held.put(sequence, new Held(copy, receivedEpochNanos));
        tally.outOfOrder++;
        tally.heldDatagrams++;
        if (held.size() > limits.heldDatagrams()) {
            giveUpMissing();
        }
    }

    private void deliverHeld() {
        while (!held.isEmpty() && held.firstKey() == expected) {
            Held next = held.pollFirstEntry().getValue();
            tally.heldDatagrams--;
            replayed.wrap(next.bytes());
            markArrived(expected);
            deliver(replayed, next.receivedEpochNanos());
        }
    }

    /** The missing datagrams before the next held one, or before the end of what is known, are lost. */
    private void giveUpMissing() {
        long resume = held.isEmpty() ? knownDatagrams : held.firstKey();
        for (long lost = Math.max(expected, resume - REMEMBERED); lost < resume; lost++) {
            arrived.clear(slot(lost));
        }
        expected = resume;
        if (held.isEmpty()) {
            nextEvent = Math.max(nextEvent, knownEvents);
            intakes.forEach(intake -> intake.known(nextEvent));
        } else {
            deliverHeld();
        }
    }

    private void giveUpAllMissing() {
        while (expected < knownDatagrams) {
            giveUpMissing();
        }
    }

    private void noteMissing(long nowNs) {
        boolean isNowMissing = expected < knownDatagrams;
        if (isNowMissing && !isMissing) {
            missingSinceNs = nowNs;
        }
        isMissing = isNowMissing;
    }

    private void endIfComplete() {
        if (isEnding && expected >= knownDatagrams && !isEnded) {
            intakes.forEach(intake -> intake.end(nextEvent));
            intakes.clear();
            isEnded = true;
            isReported = false;
        }
    }

    private void markArrived(long sequence) {
        arrived.set(slot(sequence));
    }

    private static int slot(long sequence) {
        return (int) (sequence & REMEMBERED - 1);
    }

    private void deliver(Datagram data, long receivedEpochNanos) {
        long sequence = data.firstEvent();
        long sent = data.sentEpochNanos();
        String topic = data.topic();
        int count = data.events();
        ByteBuffer frames = data.body();
        for (int i = 0; i < count; i++, sequence++) {
            Decoded decoded = decoder.decode(frames, topic);
            switch (decoded) {
                case DecodedEvent(Event event) -> hand(event, new Position(session, sequence), sent, receivedEpochNanos);
                case MalformedFrame reason -> loseUnreadable(sequence);
            }
        }
        expected++;
        nextEvent = sequence;
    }

    private void hand(Event event, Position position, long sentEpochNanos, long receivedEpochNanos) {
        Optional<Delivery> delivery = Optional.empty();
        for (SessionIntake intake : intakes) {
            if (!intake.intake().wants(event.topic())) {
                intake.skip(position.sequence());
                continue;
            }
            if (delivery.isEmpty()) {
                delivery = Optional.of(new Delivery(event, position, sentEpochNanos, receivedEpochNanos));
            }
            intake.offer(delivery.get(), policy, 0);
        }
    }

    private void loseUnreadable(long sequence) {
        tally.unreadable++;
        intakes.forEach(intake -> intake.lose(sequence, LossReason.UNREADABLE));
    }
}
