package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who a subscriber is to one session's publisher, and in keyed mode what proves that and what its datagrams are opened with.
 * Guarded by the subscriber's lock.
 *
 * @param receiverId what the subscriber calls itself
 * @param own        seals what goes to the publisher
 * @param publishers opens what comes from the publisher
 */
record Credentials(long receiverId, Optional<DatagramSeal> own, Optional<DatagramSeal> publishers) {

    static Credentials open(long receiverId) {
        return new Credentials(receiverId, Optional.empty(), Optional.empty());
    }

    /**
     * For a session that is followed from now on: with an id of its own, so that a session which was forgotten and is heard
     * again is not answered with a key and numbers that were used before.
     *
     * @param publishers has opened this session's first datagram
     */
    static Credentials keyed(PresharedKey key, long session, DatagramSeal publishers, RandomGenerator random) {
        long receiverId = random.nextLong();
        return new Credentials(receiverId, Optional.of(DatagramSeal.ofReceiver(key.bytes(), receiverId, session)),
                Optional.of(publishers));
    }

    /** The datagram, which has room for it behind its end, sealed where there is a key. */
    ByteBuffer sealed(ByteBuffer datagram) {
        if (own.isPresent()) {
            own.get().seal(datagram);
        }
        return datagram;
    }
}
