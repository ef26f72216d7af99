package io.heliograph.udp;

import io.heliograph.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends one session's datagrams as trains, as far as receivers' credit and the rate allow, repairs before what is new; and tells
 * the rate what has left and what has come of it.
 *
 * <pre>
 *   trail         needed      sent              limit       end
 *     v             v           v                 v          v
 *     | given up as | on its    | may leave, as   | waits    |
 *     | room asks   | way       | fast as allowed | for credit
 * </pre>
 *
 * <p>Guarded by the publisher's lock; allocates nothing per train.
 */
final class Transmitter {

    private static final long RETRY_NS = 100_000;
    private static final long LONGEST_ROUND_TRIP_NS = Duration.ofSeconds(10).toNanos();

    private final SessionLog log;
    private final Lines lines;
    private final SendRate rate;
    private final SessionTime time;
    private final Clock clock;
    private RepairQueue repairs = new RepairQueue(new RepairGate(1, new TokenBucket(0, 1, 0)));
    private long sent;
    private long limitDatagram = Long.MAX_VALUE;
    private long neededDatagram = Long.MAX_VALUE;
    private long lastSentNs;
    private long retryNs;
    private boolean isToBeRetried;
    private boolean isPacing;
    private boolean isHeldBack;
    private long told;
    private long acknowledged;

    Transmitter(SessionLog log, Lines lines, SendRate rate, SessionTime time, Clock clock) {
        this.log = log;
        this.lines = lines;
        this.rate = rate;
        this.time = time;
        this.clock = clock;
        this.lastSentNs = time.startNs();
    }

    /** From now on sends again what {@code queue} holds, as it was, before anything new: all within the log and sent. */
    void answerFrom(RepairQueue queue) {
        repairs = queue;
    }

    /**
     * How far receivers let this session go.
     *
     * @param limit  the first datagram that may not be sent yet
     * @param needed the first datagram that may not be given up yet
     */
    void limit(long limit, long needed) {
        limitDatagram = limit;
        neededDatagram = needed;
    }

    /** The first datagram that has not been sent. */
    long sent() {
        return sent;
    }

    /** When something new was last sent. */
    long lastSentNs() {
        return lastSentNs;
    }

    /** The first datagram that may not be given up, since it has not been sent, or somebody needs it. */
    long releasable() {
        return Math.min(sent, neededDatagram);
    }

    /** Whether all that is closed has been sent, and all that was asked for again. */
    boolean isClear() {
        return sent == log.end() && repairs.isEmpty();
    }

    /** Whether something new may leave as far as receivers' credit goes. */
    boolean hasCredit() {
        return sent < Math.min(log.end(), limitDatagram);
    }

    /** Whether reports should be heard soon, since what they allow is half used up. */
    boolean isShortOfCredit() {
        return limitDatagram != Long.MAX_VALUE && limitDatagram - sent < sent - neededDatagram;
    }

    /** Whether nothing new is there that may leave. */
    boolean isNewHeldBack() {
        return isHeldBack || !hasCredit();
    }

    boolean isPaced() {
        return rate.isPaced();
    }

    /** Sends repairs that waited, as many as the rate allows. To be called before {@link #sendNew}. */
    void sendRepairs() {
        isToBeRetried = false;
        isPacing = false;
        isHeldBack = false;
        while (!isToBeRetried && repairs.hasNext(log.trail())) {
            Chunk chunk = log.chunkOf(repairs.from());
            int datagrams = chunk.train(repairs.from(), repairs.end() - repairs.from());
            if (rate.isPaced()) {
                datagrams = paced(chunk, repairs.from(), datagrams, repairs.to().size());
            }
            if (datagrams > 0) {
                sendAgain(chunk, datagrams);
            }
        }
    }

    private void sendAgain(Chunk chunk, int datagrams) {
        long nowNs = clock.nanoTime();
        long bytes = 0;
        for (InetSocketAddress target : repairs.to()) {
            ByteBuffer train = chunk.view(repairs.from(), datagrams);
            bytes += train.remaining();
            lines.send(train, chunk.length(repairs.from()), target);
        }
        repairs.left(datagrams, nowNs);
        rate.repaired(datagrams, bytes, nowNs);
    }

    /** Sends what is new, as much as credit and the rate allow; says whether it was anything. */
    boolean sendNew() {
        long before = sent;
        long end = Math.min(log.end(), limitDatagram);
        while (sent < end && !isToBeRetried && !isHeldBack) {
            Chunk chunk = log.chunkOf(sent);
            int datagrams = chunk.train(sent, end - sent);
            if (rate.isPaced()) {
                datagrams = paced(chunk, sent, inFlight(chunk, datagrams), lines.count());
            }
            if (datagrams > 0) {
                int left = lines.sendTrain(chunk, sent, datagrams);
                isToBeRetried = left < datagrams;
                sent += left;
            }
        }
        if (sent > before) {
            lastSentNs = clock.nanoTime();
            if (rate.isPaced()) {
                tellSent(lastSentNs);
            }
        }
        if (isToBeRetried && !isPacing) {
            retryNs = clock.nanoTime() + RETRY_NS;
        }
        return sent > before;
    }

    /** How many of {@code datagrams} the rate allows now; if none, it is to be tried again when one is. */
    private int paced(Chunk chunk, long sequence, int datagrams, int places) {
        if (datagrams == 0) {
            return 0;
        }
        long nowNs = clock.nanoTime();
        int bytes = chunk.length(sequence) * places;
        int allowed = 0;
        while (allowed < datagrams && rate.take(bytes, nowNs)) {
            allowed++;
        }
        isPacing = allowed == 0;
        if (isPacing) {
            isToBeRetried = true;
            retryNs = nowNs + rate.untilNs(bytes, nowNs);
        }
        return allowed;
    }

    /** How many of {@code datagrams} may be on their way beside those that are; if none, an acknowledgement lets them go on. */
    private int inFlight(Chunk chunk, int datagrams) {
        if (limitDatagram == Long.MAX_VALUE || rate.inFlightBytes() == RateControl.UNLIMITED) {
            return datagrams;
        }
        long room = rate.inFlightBytes() - log.length(neededDatagram, sent);
        int allowed = Math.clamp(room / chunk.length(sent), 0, datagrams);
        isHeldBack = allowed == 0;
        return allowed;
    }

    /** How long until something may leave; forever where nothing is there, or credit has to come first. */
    long untilDueNs(long nowNs) {
        if (isToBeRetried) {
            return Math.max(0, retryNs - nowNs);
        }
        return repairs.isEmpty() && isNewHeldBack() ? Long.MAX_VALUE : 0;
    }

    /**
     * Passes over what has not been sent before {@code end}, which is given up.
     *
     * @return whether the rate was to blame, not receivers' credit
     */
    boolean skipTo(long end) {
        tellSent(clock.nanoTime());
        rate.skipped(sent, (int) (end - sent));
        boolean isForRate = rate.isPaced() && sent < limitDatagram;
        sent = end;
        told = end;
        return isForRate;
    }

    /** Bytes that may leave in a second. */
    long bytesPerSecond() {
        return rate.bytesPerSecond();
    }

    /** What a question and its answer take; 0 as long as it is not known. */
    long roundTripNs() {
        return rate.roundTripNs();
    }

    /** How often congestion was answered with a limit. */
    long congestions() {
        return rate.engagements();
    }

    /** Looks at the time. */
    void onTime(long nowNs) {
        tellSent(nowNs);
        rate.onTime(nowNs);
    }

    /** What has left since the last time is told to who judges the rate; not each time something leaves, which is too often. */
    void tellSent(long nowNs) {
        if (told < sent) {
            rate.sent(told, (int) (sent - told), log.length(told, sent) * lines.count(), nowNs);
            told = sent;
        }
    }

    /** The receiver that stands for the others has reported. */
    void hearReference(Datagram status, long nowNs) {
        tellSent(nowNs);
        if (status.sentEpochNanos() != 0) {
            long sampleNs = time.epochNanos(nowNs) - status.sentEpochNanos() - status.heldNs();
            if (sampleNs >= 0 && sampleNs <= LONGEST_ROUND_TRIP_NS) {
                rate.roundTrip(sampleNs, nowNs);
            }
        }
        hearArrived(status.sequence(), nowNs);
    }

    /** So many datagrams the receiver that stands for the others has or has given up. */
    void hearArrived(long claimed, long nowNs) {
        long arrived = Math.min(claimed, sent);
        if (arrived > acknowledged) {
            // Which ones is not known; they are near the last ones, and about as long.
            long datagrams = arrived - acknowledged;
            rate.acknowledged(log.length(sent - datagrams, sent) * lines.count(), nowNs);
            acknowledged = arrived;
        }
    }

    /** The receiver that stands for the others misses datagrams. */
    void asked(long from, long count, long nowNs) {
        rate.asked(from, count, nowNs);
    }

    /** Repairs that left for the receiver that stands for the others did not arrive. */
    void repairsLost(int datagrams, long nowNs) {
        rate.repairsLost(datagrams, nowNs);
    }
}
