package io.heliograph.udp;

/**
 * A publisher's answer to congestion: how fast it may send, and how much may be on its way. There is no limit until there is
 * evidence of congestion, which is loss of more than 3 % over a window of at least a round trip and 20 ms: a fast link that
 * loses 1 % at random is never slowed down. From then on:
 *
 * <pre>
 *              loss                                         loss: x 0.85, or 0.85 of what came through
 *   unlimited -------> limited: 0.85 of what came through ----+
 *       ^                 |  ^                                |
 *       |                 |  +--------------------------------+
 *       |                 |  no loss: x 1.1, after 10 windows without any faster and faster, up to x 2;
 *       |                 |  x 1.02 from what came through at the last loss to a tenth above it, unless queues are empty;
 *       |                 |  x 1.25 until the first loss or queue, as the first rate is a guess;
 *       |                 |  not at all while a queue drains, as much less as it grows while one grows
 *       +-----------------+
 *         for 5 s less than a quarter of the rate was sent
 * </pre>
 *
 * What is asked for repair counts for the window it was first sent in ({@link LossWindows}), and the rate changes at most
 * once for all that was sent before the last change: the backlog of one collapse is no reason for the next decrease. Where
 * three decreases in a row leave the loss as it was, it does not come from this publisher's rate; so much loss is tolerated
 * from then on, until it is seen to lessen. A queue, which shows before anything is lost ({@link PathDelay}), ends the growth;
 * it never lowers the rate to less than nine tenths of what was carried, and one that others fill counts for nothing.
 *
 * <p>Taken from where:
 * <ul>
 * <li>RFC 8085, section 3.1: a bulk sender over UDP has to bound its rate by what the path gives, per round trip, repairs
 *     included, and never stop listening for loss; one that sends a few datagrams a second need not.
 * <li>PGMCC and TFMCC (RFC 4654): one receiver stands for the group, the slowest that counts, since the sum of all
 *     receivers' losses grows with their number and not with congestion; so its requests alone belong here.
 * <li>NewReno (RFC 6582): losses from before the last decrease do not decrease again.
 * <li>BBR: what came through measures the bottleneck, so one step finds the rate; loss that does not depend on the rate is
 *     no congestion.
 * <li>TCP Vegas (Brakmo and Peterson, 1995): what a round trip takes beyond the shortest one is time in queues, and shows that
 *     a link is full before anything is lost.
 * <li>RFC 7661: a rate that is not made use of is not proven, so it does not grow.
 * </ul>
 * Unlike TFMCC and PGMCC it is not made to share a link fairly with TCP under small loss: it ignores loss up to 3 %.
 *
 * <p>Confined to its owner's lock; times are one monotonic clock's, and compared by difference. Allocates nothing per call.
 */
final class RateControl {

    /** No limit. */
    static final long UNLIMITED = Long.MAX_VALUE;
    /** The rate is never limited to less, in bytes per second. */
    static final long LEAST_BYTES_PER_SECOND = 64 << 10;
    /** What is on its way is never limited to less, in bytes. */
    static final long LEAST_IN_FLIGHT_BYTES = 64 << 10;

    private static final double TOLERATED_LOSS = 0.03;
    private static final double DECREASE = 0.85;
    private static final double STEP = 0.1;
    private static final double GUESS_STEP = 0.25;
    private static final double NEAR_STEP = 0.02;
    private static final double NEAR = 1.1;
    private static final double FULL = 0.8;
    private static final double LEAST_WAY = 0.02;
    private static final double MOST_WAY = 0.1;
    private static final double FLAT = 0.01;
    private static final double FILLING = 0.05;
    private static final double LEAST_HELD = 0.9;
    private static final long LEAST_DRAINING_NS = 300_000_000;
    private static final int LONG_CLEAN_SPELL = 10;
    private static final double MUCH_LOWER = 0.6;
    private static final double VAIN = 0.6;
    private static final int ENOUGH_TO_ENGAGE = 50;
    private static final int ENOUGH_TO_DECREASE = 20;
    private static final double LOST_REPAIRS = 0.25;
    private static final double LEAST_TRUST = 1.0 / 64;
    private static final double UNUSED = 0.25;
    private static final double PROVEN = 0.6;
    private static final long UNUSED_NS = 5_000_000_000L;
    private static final long LEAST_WINDOW_NS = 20_000_000;
    private static final long ASKING_NS = 10_000_000;
    private static final long MAX_ROUND_TRIP_NS = 10_000_000_000L;
    private static final double ROUND_TRIPS_IN_FLIGHT = 4;

    private final LossWindows windows;
    private final PathDelay delay;
    private long roundTripNs;
    private long bytesPerSecond = UNLIMITED;
    private long changedNs;
    private long usedNs;
    private int cleanWindows;
    private long carried;
    private boolean isGuess;
    private boolean isLowest;
    private long lowestNs;
    private long drainingNs;
    private double rateBefore;
    private double lossBefore;
    private double lossNotOurs;
    private double lastLoss;
    private double smoothedLoss;
    private long engagements;
    private long decreases;
    private long increases;

    /** Unlimited. */
    RateControl(long nowNs) {
        windows = new LossWindows(nowNs);
        delay = new PathDelay(nowNs);
        changedNs = nowNs;
        usedNs = nowNs;
    }

    /** What a question and its answer take now, smoothed, queues included; more than 10 s is taken as 10 s. */
    void roundTrip(long ns) {
        roundTripNs = Math.clamp(ns, 0, MAX_ROUND_TRIP_NS);
    }

    /** What one question and its answer took: the shortest of several tell how long datagrams queue. */
    void sampled(long ns, long nowNs) {
        delay.roundTrip(ns, nowNs);
    }

    /**
     * New datagrams left, which follow those before them in sequence.
     *
     * @param bytes of all of them together, on the wire
     */
    void sent(long sequence, int datagrams, long bytes, long nowNs) {
        onTime(nowNs);
        windows.begin(nowNs);
        windows.sent(sequence, datagrams, bytes);
    }

    /** Datagrams were passed over, and will never be sent. */
    void skipped(long sequence, int datagrams) {
        windows.skipped(sequence, datagrams);
    }

    /** Repairs left. They are paid from the same rate. */
    void repaired(int datagrams, long bytes, long nowNs) {
        onTime(nowNs);
        windows.sentAgain(datagrams, bytes);
    }

    /** Repairs that left turned out not to have arrived, see {@link RepairGate#repeated}. */
    void repairsLost(int datagrams, long nowNs) {
        onTime(nowNs);
        windows.lostAgain(datagrams);
    }

    /** The receiver that stands for the others has so many bytes more. */
    void acknowledged(long bytes, long nowNs) {
        onTime(nowNs);
        windows.acknowledged(bytes);
    }

    /**
     * The receiver that stands for the others asked for datagrams. That is the slowest of those whose credit counts, else the
     * one in the middle; the same whose acknowledgements open the window.
     */
    void asked(long from, long count, long nowNs) {
        onTime(nowNs);
        windows.asked(from, count);
    }

    /** Looks at the time; to be called at least every 100 ms or so, and cheap. */
    void onTime(long nowNs) {
        windows.turn(Math.max(roundTripNs, LEAST_WINDOW_NS), nowNs);
        while (windows.isRipe(roundTripNs + ASKING_NS, nowNs)) {
            judge(nowNs);
            windows.next();
        }
    }

    private void judge(long nowNs) {
        long datagrams = windows.datagrams();
        lastLoss = datagrams == 0 ? 0 : (double) windows.lost() / datagrams;
        delay.look(nowNs);
        if (windows.startNs() - changedNs < 0) {
            return;
        }
        smoothedLoss += (lastLoss - smoothedLoss) / 4;
        boolean isCongested = datagrams >= (isLimited() ? ENOUGH_TO_DECREASE : ENOUGH_TO_ENGAGE)
                && windows.lost() > bearable(datagrams);
        if (isInVain()) {
            lossNotOurs = smoothedLoss;
            lossBefore = 0;
            change(Math.max(bytesPerSecond, (long) (rateBefore / 2)), nowNs);
        } else if (isCongested) {
            decrease(nowNs);
        } else if (areRepairsLost(datagrams)) {
            lower(DECREASE * bytesPerSecond, nowNs);
        } else {
            lossBefore = smoothedLoss < lossBefore / 2 ? 0 : lossBefore;
            lossNotOurs = Math.min(lossNotOurs, (3 * lossNotOurs + lastLoss) / 4);
            if (isLimited()) {
                probe(nowNs);
            }
        }
    }

    /** What is tolerated, and three standard deviations of chance above it, which matter where few datagrams are judged. */
    private double bearable(long datagrams) {
        double tolerated = (TOLERATED_LOSS + lossNotOurs) * datagrams;
        return tolerated + 3 * Math.sqrt(tolerated);
    }

    /** The rate is much lower than it was when loss began, and the loss is not. */
    private boolean isInVain() {
        return lossBefore > 0 && bytesPerSecond <= MUCH_LOWER * rateBefore
                && Math.min(lastLoss, smoothedLoss) >= VAIN * lossBefore;
    }

    /** A window of repairs alone, in which so many turn out to have been lost that they are too fast themselves. */
    private boolean areRepairsLost(long datagrams) {
        return isLimited() && datagrams < ENOUGH_TO_DECREASE && windows.repairs() >= ENOUGH_TO_DECREASE
                && windows.repairsLost() > LOST_REPAIRS * windows.repairs()
                // What was lost before the last change is known only when it is asked for again.
                && windows.startNs() - changedNs >= 3 * roundTripNs;
    }

    private double acknowledgedPerSecond(long nowNs) {
        return windows.acknowledgedSince() * 1e9 / Math.max(1, nowNs - windows.startNs());
    }

    private void decrease(long nowNs) {
        double sentPerSecond = windows.bytesPerSecond();
        if (lossBefore == 0) {
            lossBefore = lastLoss;
            smoothedLoss = lastLoss;
            rateBefore = Math.min(bytesPerSecond, sentPerSecond);
        }
        double cameThrough = sentPerSecond * (1 - lastLoss);
        if (isLimited()) {
            carried = sentPerSecond < FULL * bytesPerSecond ? 0 : (long) Math.min(cameThrough, bytesPerSecond);
            // What was sent may be less than the rate for want of credit, and is no measure of the path then.
            lower(DECREASE * Math.clamp(cameThrough, bytesPerSecond / 2.0, bytesPerSecond), nowNs);
        } else {
            // In a collapse not all is asked for in time, and what was not looks as though it came; in return the queue's
            // first datagrams may be all that is acknowledged yet.
            engagements++;
            lower(DECREASE * Math.clamp(acknowledgedPerSecond(nowNs), cameThrough * LEAST_TRUST, cameThrough), nowNs);
            isGuess = true;
        }
    }

    private void lower(double newBytesPerSecond, long nowNs) {
        decreases++;
        isLowest = false;
        cleanWindows = 0;
        isGuess = false;
        usedNs = nowNs;
        change((long) newBytesPerSecond, nowNs);
    }

    private void probe(long nowNs) {
        cleanWindows++;
        if (windows.bytesPerSecond() < UNUSED * bytesPerSecond) {
            if (windows.endNs() - usedNs >= UNUSED_NS) {
                bytesPerSecond = UNLIMITED;
                cleanWindows = 0;
            }
            return;
        }
        usedNs = windows.endNs();
        if (windows.repairsLost() > TOLERATED_LOSS * windows.repairs() || windows.bytesPerSecond() < PROVEN * bytesPerSecond) {
            return;
        }
        if (delay.isStanding() && Math.abs(delay.growth()) >= (carried > 0 ? FLAT : FILLING)) {
            hold(nowNs);
            return;
        }
        isLowest = false;
        increases++;
        change((long) Math.min(bytesPerSecond * 2.0, faster()), nowNs);
    }

    /**
     * A queue stands, and what the path carries is known, or seen by how fast the queue grows: it carries no more. While that grows
     * the rate gives way, not far below what was carried. A queue of its own drains then, by a tenth of the time; one that does not is
     * others'.
     */
    private void hold(long nowNs) {
        isGuess = false;
        cleanWindows = 0;
        carried = carried == 0 ? (long) (bytesPerSecond * (1 - Math.clamp(delay.growth(), 0, MOST_WAY))) : carried;
        if (delay.growth() > 0) {
            double lower = bytesPerSecond * (1 - Math.min(delay.growth() + LEAST_WAY, MOST_WAY));
            change((long) Math.min(bytesPerSecond, Math.max(lower, LEAST_HELD * carried)), nowNs);
        }
        if (!isLowest && bytesPerSecond < LEAST_HELD * carried + 1) {
            isLowest = true;
            lowestNs = nowNs;
            drainingNs = LEAST_DRAINING_NS + (long) (delay.queueNs() / (1 - LEAST_HELD));
        } else if (isLowest && nowNs - lowestNs > drainingNs) {
            isLowest = false;
            delay.others(nowNs);
        }
    }

    /** Fast where nothing is known of the path, slow near what it carried when it was last too much. */
    private double faster() {
        if (isGuess) {
            return bytesPerSecond * (1 + GUESS_STEP);
        }
        if (bytesPerSecond < NEAR * carried) {
            cleanWindows = 0;
        }
        if (bytesPerSecond >= carried && bytesPerSecond < NEAR * carried) {
            return bytesPerSecond * (1 + (delay.isFree() ? STEP : NEAR_STEP));
        }
        double stepped = bytesPerSecond * (1 + STEP * (1 << Math.clamp(cleanWindows - LONG_CLEAN_SPELL, 0, 5)));
        return bytesPerSecond < carried ? Math.min(stepped, carried) : stepped;
    }

    private void change(long newBytesPerSecond, long nowNs) {
        bytesPerSecond = Math.clamp(newBytesPerSecond, LEAST_BYTES_PER_SECOND, TokenBucket.MAX_RATE);
        changedNs = nowNs;
    }

    boolean isLimited() {
        return bytesPerSecond != UNLIMITED;
    }

    /** How many bytes may leave in a second now, repairs included; {@link #UNLIMITED} if there is no limit. */
    long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** How many bytes may be sent and not acknowledged; {@link #UNLIMITED} if there is no limit. */
    long inFlightBytes() {
        if (!isLimited()) {
            return UNLIMITED;
        }
        double roundTrips = ROUND_TRIPS_IN_FLIGHT * Math.max(roundTripNs, LEAST_WINDOW_NS) / 1e9;
        return Math.max(LEAST_IN_FLIGHT_BYTES, (long) (bytesPerSecond * roundTrips));
    }

    /** The share of datagrams asked for, of the window judged last. */
    double lossRatio() {
        return lastLoss;
    }

    /** How often congestion ended a time without limit. */
    long engagements() {
        return engagements;
    }

    /** How often the rate was lowered. */
    long decreases() {
        return decreases;
    }

    /** How often the rate was raised. */
    long increases() {
        return increases;
    }
}
