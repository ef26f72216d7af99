package io.heliograph.udp;

import io.heliograph.flow.TellingLock;
import io.heliograph.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * Reads what arrives at a publisher: subscribers' reports, which say who listens and how far the session may go, and their
 * requests for repair. Anything else is counted.
 *
 * <p>Takes the publisher's lock, and is guarded by it. Allocates nothing per report.
 */
final class ReportReader implements DatagramIo.Receiver {

    private final TellingLock lock;
    private final Condition changed;
    private final Clock clock;
    private final Optional<ReceiverSeals> seals;
    private final SessionSender sender;
    private final Receivers receivers;
    private final Repairs repairs;
    private final Credit credit;
    private final Datagram datagram = new Datagram();
    private final Map<MalformedDatagram, Long> malformed = new EnumMap<>(MalformedDatagram.class);
    private long strayDatagrams;

    /**
     * @param changed signalled when receivers or their credit have changed
     * @param seals   opens what receivers have sealed; empty for open reports
     */
    ReportReader(TellingLock lock, Condition changed, Clock clock, Optional<ReceiverSeals> seals, SessionSender sender,
            Receivers receivers, Repairs repairs, Credit credit) {
        this.lock = lock;
        this.changed = changed;
        this.clock = clock;
        this.seals = seals;
        this.sender = sender;
        this.receivers = receivers;
        this.repairs = repairs;
        this.credit = credit;
    }

    @Override
    public void onDatagram(ByteBuffer bytes, InetSocketAddress source) {
        lock.lock();
        try {
            Optional<MalformedDatagram> fault = seals.isEmpty() ? datagram.wrap(bytes) : seals.get().read(datagram, bytes);
            if (fault.isPresent()) {
                malformed.merge(fault.get(), 1L, Long::sum);
            }
            boolean isOwn = fault.isEmpty() && datagram.session() == sender.session();
            if (isOwn && datagram.type() == DatagramLayout.STATUS) {
                onStatus(source, clock.nanoTime());
            } else if (isOwn && datagram.type() == DatagramLayout.NAK && sender.isReliable()) {
                onNak(source, clock.nanoTime());
            } else {
                strayDatagrams++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void onNak(InetSocketAddress source, long nowNs) {
        if (repairs.onNak(datagram, source, credit.standing(), nowNs)) {
            receivers.hearOf(datagram.control().receiverId(), nowNs);
            // On a long way that loses much nobody may come further for a while, and be on its way all the same.
            sender.schedule().lingerOn(nowNs);
        }
    }

    private void onStatus(InetSocketAddress source, long nowNs) {
        if (sender.isReliable() && !repairs.isProven(datagram, source, nowNs)) {
            return;
        }
        int before = receivers.subscriptions();
        if (datagram.isFlagged(DatagramLayout.LEAVING)) {
            receivers.leave(datagram.control().receiverId());
        } else if (receivers.hear(datagram, source, nowNs)) {
            sender.schedule().lingerOn(nowNs);
        }
        if (sender.isReliable() && receivers.isReference(datagram.control().receiverId())) {
            sender.transmitter().hearReference(datagram, nowNs);
        }
        if (receivers.subscriptions() != before && !sender.isClosed()) {
            if (sender.isReliable()) {
                // It may want history, and has to know the policy.
                sender.control().heartbeatTo(credit.standing(), source);
            }
            sender.schedule().beFrequent(nowNs);
        }
        credit.apply();
        changed.signalAll();
    }

    /** Datagrams that are no report to this session. */
    long strayDatagrams() {
        return strayDatagrams;
    }

    /** Those of {@link #strayDatagrams} that could not be read, by reason. */
    Map<MalformedDatagram, Long> malformed() {
        return Map.copyOf(malformed);
    }
}
