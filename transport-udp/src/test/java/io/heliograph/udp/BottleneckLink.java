package io.heliograph.udp;

import io.heliograph.udp.MissingRanges.Removal;
import io.heliograph.udp.PlannedRequests.Reach;
import io.heliograph.udp.PlannedRequests.Timing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * A publisher with all it can send, one receiver, and a link of fixed speed with a queue that drops what does not fit,
 * in steps of 100 us on a simulated clock.
 */
final class BottleneckLink {

    static final int DATAGRAM_BYTES = 1_400;
    static final int PAYLOAD_BYTES = DATAGRAM_BYTES - DatagramLayout.HEADER_BYTES;

    private static final long STEP_NS = 100_000;
    private static final long ONE_WAY_NS = 10_000_000;
    private static final long STATUS_NS = 5_000_000;
    private static final long HEARTBEAT_NS = 20_000_000;
    private static final int HEARTBEAT_BYTES = 80;
    private static final int HEARTBEAT = -1;
    private static final long UNKNOWN = -1;
    private static final int CREDIT = 6_000;
    private static final int ASKED_AT_ONCE = 512;
    private static final long WINDOW_BYTES = (long) CREDIT * DATAGRAM_BYTES;

    /** Datagrams with the time when they left, heartbeats with their end; statuses with the way of the last datagram and what was delivered. */
    private record Moving(long dueNs, long sequence, long value) { }

    private final long linkBytesPerSecond;
    private final long queueBytes;
    private final long senderBytesPerSecond;
    private final double randomLoss;
    private final long roundTripNs;
    private final Random random;
    final RateControl control = new RateControl(0);
    final RepairGate gate;
    private final TokenBucket repairBudget;
    private final TokenBucket pace;
    final PlannedRequests requests;
    private final Deque<Long> repairs = new ArrayDeque<>();
    private final Deque<Moving> towardsReceiver = new ArrayDeque<>();
    private final Deque<Moving> statuses = new ArrayDeque<>();
    private final Deque<Moving> naks = new ArrayDeque<>();
    private long nowNs;
    private long linkFreeNs;
    private long next;
    private long acknowledged;
    private long highest;
    private long wayNs = UNKNOWN;
    long wireBytes;
    long dropped;
    long lost;
    long neverLimitedUntilNs = Long.MAX_VALUE;

    BottleneckLink(long seed, long linkBytesPerSecond, long queueBytes, long senderBytesPerSecond, double randomLoss) {
        this.random = new Random(seed);
        this.linkBytesPerSecond = linkBytesPerSecond;
        this.queueBytes = queueBytes;
        this.senderBytesPerSecond = senderBytesPerSecond;
        this.randomLoss = randomLoss;
        repairBudget = new TokenBucket(senderBytesPerSecond / 4, WINDOW_BYTES, 0);
        pace = new TokenBucket(senderBytesPerSecond, DATAGRAM_BYTES, 0);
        gate = new RepairGate(CREDIT, repairBudget);
        requests = new PlannedRequests(1_024, Reach.UNICAST, Timing.defaults(), random);
        roundTripNs = 2 * ONE_WAY_NS + queueBytes * 1_000_000_000L / linkBytesPerSecond;
        control.roundTrip(roundTripNs);
        requests.roundTrip(roundTripNs);
    }

    void run(long untilNs) {
        while (nowNs < untilNs) {
            nowNs += STEP_NS;
            hearReceiver();
            control.onTime(nowNs);
            neverLimitedUntilNs = control.isLimited() ? Math.min(neverLimitedUntilNs, nowNs) : neverLimitedUntilNs;
            send();
            receive();
        }
    }

    /** Delivered in order, without headers. */
    long payloadBytes() {
        return delivered() * PAYLOAD_BYTES;
    }

    long delivered() {
        return requests.missing().isEmpty() ? highest : requests.missing().from(0);
    }

    private void hearReceiver() {
        for (; !statuses.isEmpty() && statuses.peek().dueNs() <= nowNs; statuses.poll()) {
            if (statuses.peek().sequence() != UNKNOWN) {
                control.sampled(statuses.peek().sequence() + ONE_WAY_NS, nowNs);
            }
            control.acknowledged((statuses.peek().value() - acknowledged) * DATAGRAM_BYTES, nowNs);
            acknowledged = statuses.peek().value();
        }
        for (; !naks.isEmpty() && naks.peek().dueNs() <= nowNs; naks.poll()) {
            long from = naks.peek().sequence();
            long count = naks.peek().value();
            control.asked(from, count, nowNs);
            long repeated = gate.repeated();
            for (long at = from; at < from + count; at++) {
                if (gate.asked(at, 1, DATAGRAM_BYTES, nowNs) == RepairGate.Verdict.UNICAST) {
                    repairs.add(at);
                }
            }
            control.repairsLost((int) (gate.repeated() - repeated), nowNs);
        }
    }

    private void send() {
        long rate = Math.min(senderBytesPerSecond, control.bytesPerSecond());
        pace.limit(rate, Math.max(DATAGRAM_BYTES, rate / 2_000), nowNs);
        long inFlight = Math.min(control.inFlightBytes(), WINDOW_BYTES);
        boolean isNewHeldBack = (next - acknowledged) * DATAGRAM_BYTES >= inFlight;
        repairBudget.limit(isNewHeldBack ? rate : rate / 4, WINDOW_BYTES, nowNs);
        gate.roundTrip(roundTripNs + repairs.size() * DATAGRAM_BYTES * 1_000_000_000L / rate);
        while (!repairs.isEmpty() && pace.take(DATAGRAM_BYTES, nowNs)) {
            control.repaired(1, DATAGRAM_BYTES, nowNs);
            transmit(repairs.poll(), DATAGRAM_BYTES, nowNs);
        }
        while (repairs.isEmpty() && (next - acknowledged) * DATAGRAM_BYTES < inFlight && pace.take(DATAGRAM_BYTES, nowNs)) {
            control.sent(next, 1, DATAGRAM_BYTES, nowNs);
            transmit(next++, DATAGRAM_BYTES, nowNs);
        }
        if (nowNs % HEARTBEAT_NS == 0) {
            transmit(HEARTBEAT, HEARTBEAT_BYTES, next);
        }
    }

    private void transmit(long sequence, int bytes, long value) {
        wireBytes += bytes;
        linkFreeNs = Math.max(linkFreeNs, nowNs);
        long waitingBytes = (long) ((linkFreeNs - nowNs) / 1e9 * linkBytesPerSecond);
        if (waitingBytes + bytes > queueBytes || random.nextDouble() < randomLoss) {
            dropped++;
            return;
        }
        linkFreeNs += bytes * 1_000_000_000L / linkBytesPerSecond;
        towardsReceiver.add(new Moving(linkFreeNs + ONE_WAY_NS, sequence, value));
    }

    private void receive() {
        for (; !towardsReceiver.isEmpty() && towardsReceiver.peek().dueNs() <= nowNs; towardsReceiver.poll()) {
            Moving datagram = towardsReceiver.peek();
            wayNs = datagram.sequence() == HEARTBEAT ? wayNs : nowNs - datagram.value();
            if (datagram.sequence() == HEARTBEAT) {
                knowUpTo(datagram.value());
            } else if (datagram.sequence() >= highest) {
                if (knowUpTo(datagram.sequence())) {
                    highest = datagram.sequence() + 1;
                }
            } else if (requests.arrived(datagram.sequence(), nowNs) == Removal.NO_PLACE) {
                dropped++;
            }
        }
        requests.giveUp(nowNs, (from, count) -> lost += count);
        int given = requests.request(nowNs, ASKED_AT_ONCE, this::nak);
        while (given > 0) {
            given = requests.request(nowNs, ASKED_AT_ONCE, this::nak);
        }
        if (nowNs % STATUS_NS == 0) {
            statuses.add(new Moving(nowNs + ONE_WAY_NS, wayNs, delivered()));
        }
    }

    private boolean knowUpTo(long end) {
        boolean isKnown = end <= highest || requests.missing(highest, end, nowNs);
        highest = isKnown ? Math.max(highest, end) : highest;
        return isKnown;
    }

    private void nak(long from, long count) {
        naks.add(new Moving(nowNs + ONE_WAY_NS, from, count));
    }
}
