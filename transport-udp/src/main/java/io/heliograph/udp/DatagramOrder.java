package io.heliograph.udp;

import io.heliograph.LossReason;
import java.util.Optional;

/**
 * Puts one session's datagrams in order: each is delivered in its turn, one that comes before its turn is held, one that comes
 * twice is refused, and those that will not come are passed over.
 *
 * <pre>
 *   datagram   0  1  2  3  4  5  6  7  8
 *              #  #  #  .  #  #  .  .  .
 *                       ^expected     ^known
 *                          ^  ^held
 * </pre>
 *
 * <p>How many events are lost is told by the first-event sequence of the datagram or heartbeat behind. Guarded by the
 * subscriber's lock; a function of what it is given. Allocates where datagrams are held for the first time.
 */
final class DatagramOrder {

    /** What is missing may be so many windows back: one window is on its way, the others wait here for a repair. */
    private static final int WINDOWS_HELD = 4;

    private final EventDelivery delivery;
    private final RepairRequests requests;
    private final UdpCounters.Tally tally;
    private final int mostHeld;
    private final HeldDatagrams held;
    private final AnnouncedLosses losses = new AnnouncedLosses();
    private final RecentArrivals recent = new RecentArrivals();
    private final Datagram replayed = new Datagram();
    private long expected;
    private long knownDatagrams;
    private long knownEvents;
    private boolean isStalled;
    private boolean isMissing;
    private long missingSinceNs;

    private DatagramOrder(ForgottenSessions.Place place, EventDelivery delivery, RepairRequests requests,
            UdpCounters.Tally tally, int mostHeld, HeldDatagrams held) {
        this.delivery = delivery;
        this.requests = requests;
        this.tally = tally;
        this.mostHeld = mostHeld;
        this.held = held;
        this.expected = place.expected();
        this.knownDatagrams = place.expected();
        this.knownEvents = place.nextEvent();
        delivery.begin(place.nextEvent());
    }

    /** Where what is missing is repaired: {@code window} datagrams are on their way at most. */
    static DatagramOrder repaired(ForgottenSessions.Place place, EventDelivery delivery, RepairRequests requests,
            UdpCounters.Tally tally, int window) {
        return new DatagramOrder(place, delivery, requests, tally, Integer.MAX_VALUE,
                new HeldDatagrams(window * WINDOWS_HELD));
    }

    /** Where what is missing has only to be waited for: once more than {@code most} are held, it is given up. */
    static DatagramOrder unrepaired(ForgottenSessions.Place place, EventDelivery delivery, RepairRequests requests,
            UdpCounters.Tally tally, int most) {
        return new DatagramOrder(place, delivery, requests, tally, most, new HeldDatagrams(most * 2));
    }

    /** The first datagram that has not come. */
    long expected() {
        return expected;
    }

    /** Sequence behind the last datagram that is known to exist. */
    long knownDatagrams() {
        return knownDatagrams;
    }

    /** Sequence behind the last event that is known to exist. */
    long knownEvents() {
        return knownEvents;
    }

    HeldDatagrams held() {
        return held;
    }

    /** How many datagrams are not missing any more. */
    long arrived() {
        return expected + held.count();
    }

    /** Whether all that is known to exist has come or is given up. */
    boolean isComplete() {
        return expected >= knownDatagrams;
    }

    /** Whether an event waits for room at a subscription. */
    boolean isStalled() {
        return isStalled;
    }

    /** Whether a datagram is missing, as {@link #noteMissing} found it. */
    boolean isMissing() {
        return isMissing;
    }

    long missingSinceNs() {
        return missingSinceNs;
    }

    /** Where the session stands, for when it is heard again. */
    ForgottenSessions.Place place(boolean hasEnded) {
        return new ForgottenSessions.Place(expected, delivery.nextEvent(), hasEnded);
    }

    /** Begins with {@code datagram} instead; what is held stays. */
    void begin(long datagram) {
        expected = datagram;
    }

    /** So many datagrams and events exist at least. */
    void know(long datagrams, long events) {
        knownDatagrams = Math.max(knownDatagrams, datagrams);
        knownEvents = Math.max(knownEvents, events);
    }

    /** Takes a datagram of events. */
    void onEvents(Datagram data, long receivedEpochNanos, long nowNs) {
        long sequence = data.sequence();
        if (sequence > knownDatagrams) {
            requests.onMissing(sequence, nowNs);
        }
        know(sequence + 1, data.firstEvent() + data.events());
        if (sequence < expected) {
            requests.onSecond(held, sequence, nowNs);
            refuse(data, sequence);
        } else if (held.holds(sequence)) {
            requests.onSecond(held, sequence, nowNs);
            delivery.refuse(data);
        } else if (sequence == expected && deliver(data, receivedEpochNanos)) {
            requests.onArrival(held, sequence, nowNs);
            advance();
            if (held.count() > 0 || !losses.isEmpty()) {
                deliverHeld();
            }
        } else {
            requests.onArrival(held, sequence, nowNs);
            hold(data, receivedEpochNanos);
        }
    }

    private void refuse(Datagram data, long sequence) {
        if (recent.isGivenUp(sequence, expected)) {
            tally.late++;
        } else {
            delivery.refuse(data);
        }
    }

    /** Keeps a datagram of events until its turn, if it is not too far ahead. */
    void hold(Datagram data, long receivedEpochNanos) {
        long sequence = data.sequence();
        if (sequence - expected >= held.window()) {
            tally.beyondWindow++;
            return;
        }
        held.reach(sequence - expected + 1);
        if (held.hold(sequence, data.whole(), receivedEpochNanos)) {
            tally.heldDatagrams++;
        }
        tally.outOfOrder++;
        if (held.count() > mostHeld) {
            giveUpMissing();
        }
    }

    private boolean deliver(Datagram data, long receivedEpochNanos) {
        isStalled = !delivery.deliver(data, receivedEpochNanos);
        return !isStalled;
    }

    private void advance() {
        recent.arrived(expected);
        expected++;
    }

    /** Delivers what is held and has its turn, as long as there is room. */
    void deliverHeld() {
        isStalled = false;
        passOver();
        while (held.count() > 0 && held.holds(expected)) {
            replayed.wrapAgain(held.get(expected));
            if (!deliver(replayed, held.receivedEpochNanos(expected))) {
                return;
            }
            held.release(expected);
            tally.heldDatagrams--;
            advance();
            passOver();
        }
    }

    /** Some datagrams will never be sent; they are passed over when it is their turn. */
    void onLoss(Loss loss) {
        if (loss.end() > expected) {
            know(loss.end(), loss.eventBehind());
            losses.add(loss);
            deliverHeld();
        }
    }

    private void passOver() {
        for (Optional<Loss> next = losses.at(expected); next.isPresent(); next = losses.at(expected)) {
            Loss loss = next.get();
            if (held.firstFrom(expected, loss.end()) < loss.end()) {
                // What has come was sent, so the notice is none of its publisher's.
                losses.forget(loss);
                continue;
            }
            delivery.pass(loss.eventBehind(), loss.reason());
            skipTo(loss.end());
        }
    }

    /** Sequence behind the datagrams that will never be sent and that {@code sequence} is one of, or {@code sequence}. */
    long behindLoss(long sequence) {
        return losses.isEmpty() ? sequence : losses.endFrom(sequence);
    }

    /** Nothing before the datagram {@code trail}, whose first event is {@code trailEvent}, is repaired any more. */
    void onTrail(long trail, long trailEvent) {
        giveUpBefore(Math.min(trail, knownDatagrams));
        if (expected == trail) {
            delivery.pass(trailEvent, LossReason.NETWORK);
        }
        // What is held may begin just behind what was given up, and nothing more need come.
        deliverHeld();
    }

    /** The missing datagrams before the next held one, or before the end of what is known, are lost. */
    void giveUpMissing() {
        giveUpBefore(held.firstFrom(expected, knownDatagrams));
        deliverHeld();
    }

    /** All that has not come is lost, up to where an event waits for room. */
    void giveUpAllMissing() {
        while (expected < knownDatagrams && !isStalled) {
            giveUpMissing();
        }
    }

    /** What has not come of the datagrams before {@code end} is lost. */
    private void giveUpBefore(long end) {
        while (expected < end && !isStalled) {
            if (held.holds(expected)) {
                deliverHeld();
            } else {
                passOver();
                if (expected < end) {
                    skipTo(losses.firstFrom(expected, held.firstFrom(expected, end)));
                }
            }
        }
    }

    private void skipTo(long resume) {
        delivery.breakOff();
        recent.givenUp(expected, resume);
        tally.givenUp += resume - expected;
        expected = resume;
        if (expected == knownDatagrams) {
            delivery.reach(knownEvents);
        }
    }

    /** Looks whether a datagram is missing now, and from when on. */
    void noteMissing(long nowNs) {
        boolean isNowMissing = expected < knownDatagrams && !(isStalled && held.holds(expected));
        if (isNowMissing && !isMissing) {
            missingSinceNs = nowNs;
            requests.onMissing(knownDatagrams, nowNs);
        }
        isMissing = isNowMissing;
    }
}
