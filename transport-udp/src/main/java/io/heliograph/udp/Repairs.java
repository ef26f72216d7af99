package io.heliograph.udp;

import io.heliograph.spi.Environment;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Answers requests for repair, from receivers that have proven where they are: each datagram that is still retained goes
 * to who asked, or to the group when several ask. Guarded by the publisher's lock.
 */
final class Repairs {

    /** Repairs a second, in bytes, and how many at once: enough for a window that was lost whole, whatever the link. */
    private static final long BYTES_PER_SECOND = 1L << 30;
    private static final long BURST_BYTES = 4L << 20;
    private static final long PROOF_NS = 10_000_000_000L;
    private static final long MOST_AT_ONCE = 1 << 14;
    private static final int MOST_REMEMBERED = 1 << 16;

    private final SessionSender sender;
    private final SessionLog log;
    private final Transmitter transmitter;
    private final ControlSender control;
    private final Receivers receivers;
    private final TokenBucket bucket;
    private final RepairQueue queue;
    private final RepairGate gate;
    private final Cookies cookies;
    /** The last proof that held, good for a while without being computed again; no cookie is 0. */
    private long provenCookie;
    private long provenId;
    private InetSocketAddress provenSource = new InetSocketAddress(0);
    private long provenNs;
    private long unproven;
    private long tooLate;

    Repairs(SessionSender sender, Receivers receivers, Feed feed, Environment environment) {
        this.sender = sender;
        this.log = sender.log();
        this.transmitter = sender.transmitter();
        this.control = sender.control();
        this.receivers = receivers;
        this.cookies = new Cookies(environment.random());
        long retained = feed.limits().retainedBytes() / feed.maxDatagramBytes();
        this.bucket = new TokenBucket(BYTES_PER_SECOND, BURST_BYTES, environment.clock().nanoTime());
        this.gate = new RepairGate(Math.clamp(retained, 1, MOST_REMEMBERED), bucket);
        this.queue = new RepairQueue(gate);
        transmitter.answerFrom(queue);
    }

    /**
     * Whether the sender of a status or request is where it says it is; if it has not shown that yet, it is told how. The
     * answer is no longer than the question.
     */
    boolean isProven(Datagram datagram, InetSocketAddress source, long nowNs) {
        long id = datagram.control().receiverId();
        long cookie = datagram.control().cookie();
        if (cookie == provenCookie && id == provenId && source.equals(provenSource) && nowNs - provenNs < PROOF_NS) {
            return true;
        }
        byte[] address = source.getAddress().getAddress();
        if (cookies.isGood(cookie, address, source.getPort(), id, nowNs)) {
            provenCookie = cookie;
            provenId = id;
            provenSource = source;
            provenNs = nowNs;
            return true;
        }
        unproven++;
        control.cookieTo(id, cookies.cookie(address, source.getPort(), id, nowNs), source);
        return false;
    }

    /**
     * A receiver asks for what it misses.
     *
     * @return whether any of that is kept, so that it is worth the while to go on
     */
    boolean onNak(Datagram nak, InetSocketAddress source, ControlSender.Standing standing, long nowNs) {
        if (!isProven(nak, source, nowNs)) {
            return false;
        }
        ControlBody request = nak.control();
        transmitter.tellSent(nowNs);
        gate.roundTrip(transmitter.roundTripNs());
        bucket.limit(Math.min(BYTES_PER_SECOND, share(transmitter.bytesPerSecond())), BURST_BYTES, nowNs);
        boolean isReference = receivers.isReference(request.receiverId());
        if (isReference) {
            transmitter.hearArrived(nak.sequence(), nowNs);
        }
        long repeated = gate.repeated();
        boolean isTooLate = false;
        boolean isKept = false;
        long most = MOST_AT_ONCE;
        for (int i = 0; i < request.ranges(); i++) {
            long from = Math.max(0, request.rangeStart(i));
            if (from >= transmitter.sent()) {
                continue;
            }
            if (from < log.trail()) {
                isTooLate = true;
                control.lossesTo(from, request.rangeLength(i), source);
            }
            long begin = Math.max(from, log.trail());
            long end = Math.min(Math.min(from + request.rangeLength(i), transmitter.sent()), begin + most);
            if (isReference && from < transmitter.sent()) {
                transmitter.asked(from, Math.min(request.rangeLength(i), transmitter.sent() - from), nowNs);
            }
            repair(begin, end, request.receiverId(), source, nowNs);
            isKept |= begin < end;
            most -= Math.max(0, end - begin);
        }
        if (isReference && gate.repeated() > repeated) {
            transmitter.repairsLost((int) (gate.repeated() - repeated), nowNs);
        }
        sender.resume();
        if (isTooLate) {
            tooLate++;
            control.heartbeatTo(standing, source);
        }
        return isKept;
    }

    /** A quarter of the rate keeps repairs from crowding out what is new; while nothing new may leave, they have it all. */
    private long share(long bytesPerSecond) {
        return transmitter.isNewHeldBack() ? bytesPerSecond : bytesPerSecond / 4;
    }

    /** Sends the range again, in as few trains as the gate's verdicts leave. */
    private void repair(long from, long end, long receiver, InetSocketAddress source, long nowNs) {
        long begin = from;
        RepairGate.Verdict run = RepairGate.Verdict.SUPPRESSED;
        for (long sequence = from; sequence < end; sequence++) {
            RepairGate.Verdict verdict = gate.asked(sequence, receiver, log.chunkOf(sequence).length(sequence), nowNs);
            if (verdict != run) {
                send(run, begin, sequence - begin, source, nowNs);
                begin = sequence;
                run = verdict;
            }
            if (verdict == RepairGate.Verdict.REFUSED) {
                return;
            }
        }
        send(run, begin, end - begin, source, nowNs);
    }

    private void send(RepairGate.Verdict verdict, long from, long count, InetSocketAddress source, long nowNs) {
        switch (verdict) {
            case UNICAST -> queue.add(from, count, List.of(source), verdict, nowNs);
            case GROUP -> queue.add(from, count, sender.lines().targets(), verdict, nowNs);
            case SUPPRESSED, REFUSED -> { }
        }
    }

    /** Datagrams sent again to one receiver. */
    long toOne() {
        return gate.unicastRepairs();
    }

    /** Datagrams sent again to the group. */
    long toGroup() {
        return gate.groupRepairs();
    }

    /** Datagrams asked for that were on their way already. */
    long suppressed() {
        return gate.suppressed();
    }

    /** Datagrams asked for that would have cost more than repairs may. */
    long refused() {
        return gate.refused();
    }

    /** Statuses and requests whose sender had not shown where it is. */
    long unproven() {
        return unproven;
    }

    /** Requests for what is not retained any more. */
    long tooLate() {
        return tooLate;
    }
}
