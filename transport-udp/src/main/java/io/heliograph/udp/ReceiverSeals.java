package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Opens what a keyed publisher hears: statuses and requests, each sealed by the receiver that it names. A receiver's place is
 * kept from the first datagram that proved something, so that none is accepted twice; at most {@code most} places, the one
 * not heard for longest goes first. A forged datagram costs the key it claims, and no place. Guarded by the publisher's lock.
 */
final class ReceiverSeals {

    private static final float FULL = 0.75f;

    private final byte[] secret;
    private final long session;
    private final Map<Long, DatagramSeal> byReceiver;

    ReceiverSeals(PresharedKey key, long session, int most) {
        this.secret = key.bytes();
        this.session = session;
        this.byReceiver = new LinkedHashMap<>(16, FULL, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, DatagramSeal> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Opens the datagram from the buffer's position to its limit, which moves to the end of what was sealed.
     *
     * @return why it cannot be read; empty if {@code into} views it now
     */
    Optional<MalformedDatagram> read(Datagram into, ByteBuffer bytes) {
        Optional<MalformedDatagram> fault = into.wrapHeader(bytes);
        if (fault.isPresent()) {
            return fault;
        }
        if (!into.isFlagged(DatagramLayout.KEYED)) {
            return Optional.of(MalformedDatagram.UNSEALED);
        }
        if (into.type() != DatagramLayout.STATUS && into.type() != DatagramLayout.NAK) {
            return Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        }
        if (bytes.remaining() < DatagramSeal.clearBytes(into.type()) + DatagramSeal.overheadBytes(into.type())) {
            return Optional.of(MalformedDatagram.TOO_SHORT);
        }
        if (into.session() != session) {
            return Optional.of(MalformedDatagram.FORGED);
        }
        long receiver = DatagramSeal.receiver(bytes);
        DatagramSeal known = byReceiver.get(receiver);
        DatagramSeal seal = known == null ? DatagramSeal.ofReceiver(secret, receiver, session) : known;
        Optional<MalformedDatagram> unproven = seal.refuse(bytes);
        if (unproven.isPresent()) {
            return unproven;
        }
        if (known == null) {
            byReceiver.put(receiver, seal);
        }
        return into.wrapOpened(bytes);
    }
}
