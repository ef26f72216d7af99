package io.heliograph.udp;

import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Takes in what arrives at a subscriber: cuts trains into datagrams, checks each, opens it where it is sealed, and gives it to
 * its session.
 *
 * <pre>
 *   train   | datagram | datagram | last |    one turn of the lock
 *                 |
 *                 v
 *   check, or open and check  -->  FollowedSessions  -->  SessionReceiver
 *        `-> malformed                  `-> foreign source, table full
 * </pre>
 *
 * <p>For the thread that receives; takes the subscriber's lock. Allocates nothing per datagram.
 */
final class DatagramDispatcher implements DatagramIo.Receiver {

    private static final long EPOCH_PERIOD_NS = 10_000_000;

    private final Optional<PresharedKey> key;
    private final FollowedSessions sessions;
    private final TellingLock lock;
    private final Environment environment;
    private final UdpCounters.Tally tally;
    private final Datagram datagram = new Datagram();
    private Optional<DatagramSeal> opener = Optional.empty();
    private long epochReadNs;
    private long epochNanos;

    /** @param key what datagrams are sealed with; empty for open ones */
    DatagramDispatcher(Optional<PresharedKey> key, FollowedSessions sessions, TellingLock lock, Environment environment,
            UdpCounters.Tally tally) {
        this.key = key;
        this.sessions = sessions;
        this.lock = lock;
        this.environment = environment;
        this.tally = tally;
        this.epochReadNs = environment.clock().nanoTime();
        this.epochNanos = environment.wallClock().epochNanos();
    }

    @Override
    public void onDatagram(ByteBuffer bytes, InetSocketAddress source) {
        onDatagrams(bytes, Math.max(1, bytes.remaining()), source);
    }

    @Override
    public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
        lock.lock();
        try {
            long nowNs = environment.clock().nanoTime();
            long receivedEpochNanos = epochNanosAt(nowNs);
            int end = train.limit();
            int at = train.position();
            do {
                int next = Math.min(at + segmentBytes, end);
                take(train.limit(next).position(at), source, receivedEpochNanos, nowNs);
                at = next;
            } while (at < end);
        } finally {
            lock.unlock();
        }
    }

    /** The wall clock, asked a hundred times a second and gone on with by the other: asking costs and allocates. */
    private long epochNanosAt(long nowNs) {
        if (nowNs - epochReadNs >= EPOCH_PERIOD_NS) {
            epochReadNs = nowNs;
            epochNanos = environment.wallClock().epochNanos();
        }
        return epochNanos + (nowNs - epochReadNs);
    }

    private void take(ByteBuffer bytes, InetSocketAddress source, long receivedEpochNanos, long nowNs) {
        tally.datagrams++;
        tally.bytes += bytes.remaining();
        Optional<MalformedDatagram> fault = key.isEmpty() ? datagram.wrap(bytes) : wrapSealed(key.get(), bytes);
        if (fault.isEmpty() && !isForSubscribers(datagram.type())) {
            fault = Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        }
        if (fault.isPresent()) {
            tally.malformed.merge(fault.get(), 1L, Long::sum);
            return;
        }
        Optional<SessionReceiver> session = sessions.of(datagram, source, opener, nowNs);
        if (session.isPresent()) {
            session.get().onDatagram(datagram, receivedEpochNanos, nowNs);
        }
    }

    /** Opens a sealed datagram with its session's key, which is kept only if it proves something. */
    private Optional<MalformedDatagram> wrapSealed(PresharedKey secret, ByteBuffer bytes) {
        Optional<MalformedDatagram> fault = datagram.wrapHeader(bytes);
        if (fault.isPresent()) {
            return fault;
        }
        if (!datagram.isFlagged(DatagramLayout.KEYED)) {
            return Optional.of(MalformedDatagram.UNSEALED);
        }
        if (!isForSubscribers(datagram.type())) {
            return Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        }
        if (bytes.remaining() < DatagramLayout.HEADER_BYTES + DatagramSeal.overheadBytes(datagram.type())) {
            return Optional.of(MalformedDatagram.TOO_SHORT);
        }
        Optional<SessionReceiver> known = sessions.find(datagram.session());
        opener = known.isPresent() ? known.get().credentials().publishers()
                : Optional.of(DatagramSeal.ofPublisher(secret.bytes(), datagram.session()));
        Optional<MalformedDatagram> unproven = opener.orElseThrow().refuse(bytes);
        return unproven.isPresent() ? unproven : datagram.wrapOpened(bytes);
    }

    private static boolean isForSubscribers(int type) {
        return type != DatagramLayout.STATUS && type != DatagramLayout.NAK;
    }
}
