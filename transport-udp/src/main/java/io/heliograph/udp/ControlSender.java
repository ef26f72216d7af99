package io.heliograph.udp;

import io.heliograph.LossReason;
import io.heliograph.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sends what a publisher says of its session beside its events: where it stands, what it will never send, and to one receiver
 * what that has to say so that it is believed. Guarded by the publisher's lock; allocates nothing but what is given up.
 */
final class ControlSender {

    /** How the publisher stands, beside the log: how many receivers it knows, and its policy as text. */
    record Standing(int receivers, byte[] policy) {
    }

    private final long session;
    private final SessionLog log;
    private final Transmitter transmitter;
    private final Lines lines;
    private final Optional<DatagramSeal> seal;
    private final SessionTime time;
    private final Clock clock;
    private final Stamp stamp;
    private final ControlWriter control = new ControlWriter();
    private final SkippedDatagrams skipped = new SkippedDatagrams();

    /** @param flags what every datagram of the session says */
    ControlSender(long session, int flags, SessionLog log, Transmitter transmitter, Lines lines, Optional<DatagramSeal> seal,
            SessionTime time, Clock clock) {
        this.session = session;
        this.log = log;
        this.transmitter = transmitter;
        this.lines = lines;
        this.seal = seal;
        this.time = time;
        this.clock = clock;
        this.stamp = new Stamp(session, flags);
    }

    /** Tells everybody where the session stands. */
    void heartbeat(Standing standing, int flags) {
        for (InetSocketAddress target : lines.targets()) {
            lines.sendOrCount(heartbeatOf(standing, flags), target);
        }
    }

    /** Tells one receiver where the session stands. */
    void heartbeatTo(Standing standing, InetSocketAddress target) {
        lines.send(heartbeatOf(standing, 0), target);
    }

    private ByteBuffer heartbeatOf(Standing standing, int flags) {
        dateStamp();
        return sealed(control.heartbeat(stamp, transmitter.sent(), new ControlWriter.Standing(log.trail(), log.trailEvent(),
                standing.receivers(), log.maxDatagramBytes(), standing.policy()), flags));
    }

    /** Tells one receiver what to say so that it is believed. */
    void cookieTo(long receiverId, long cookie, InetSocketAddress target) {
        lines.send(sealed(control.cookie(session, receiverId, cookie)), target);
    }

    /** Datagrams are given up that have not been sent: that is to be said before what follows them. */
    void skip(long from, long end, LossReason reason) {
        skipped.add(from, end, log.firstEvent(end), reason);
    }

    /** Whether what was given up last has not been said at all. */
    boolean isLossUnsaid() {
        return skipped.isUnsaid();
    }

    /** Tells everybody what was given up last, if that has not been said often enough. */
    void sayLoss() {
        Optional<Loss> loss = skipped.toBeSaid();
        if (loss.isPresent()) {
            boolean isSaid = true;
            for (InetSocketAddress target : lines.targets()) {
                isSaid &= lossTo(loss.get(), target);
            }
            if (isSaid) {
                skipped.said();
            }
        }
    }

    /** Tells one receiver what of the datagrams that it asks for was never sent. */
    void lossesTo(long from, long count, InetSocketAddress target) {
        skipped.among(from, count).forEach(loss -> lossTo(loss, target));
    }

    private boolean lossTo(Loss loss, InetSocketAddress target) {
        dateStamp();
        return lines.send(sealed(control.lost(stamp, transmitter.sent(), loss)), target);
    }

    private void dateStamp() {
        time.date(stamp, clock.nanoTime());
        stamp.firstEvent = log.firstEvent(transmitter.sent());
    }

    private ByteBuffer sealed(ByteBuffer datagram) {
        if (seal.isPresent()) {
            seal.get().seal(datagram);
        }
        return datagram;
    }
}
