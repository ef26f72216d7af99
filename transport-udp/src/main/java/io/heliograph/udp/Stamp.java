package io.heliograph.udp;

import java.nio.ByteBuffer;

/** What a publisher's header says of the session and the moment. Mutable, so that stamping allocates nothing. */
final class Stamp {

    private final long session;
    private final int flags;
    private long ageNs;
    private long sentEpochNanos;
    long firstEvent;

    Stamp(long session, int flags) {
        this.session = session;
        this.flags = flags;
    }

    /** It is this moment now. */
    void at(long newAgeNs, long newSentEpochNanos) {
        ageNs = newAgeNs;
        sentEpochNanos = newSentEpochNanos;
    }

    /** Writes into the header at the buffer's position what sealing left open. */
    void write(ByteBuffer datagram, long sequence) {
        int start = datagram.position();
        datagram.put(start + DatagramLayout.FLAGS_AT, (byte) flags);
        datagram.putInt(start + DatagramLayout.AGE_AT, (int) Math.min(ageNs / 1_000, 0xffff_ffffL));
        datagram.putLong(start + DatagramLayout.SESSION_AT, session);
        datagram.putLong(start + DatagramLayout.SEQUENCE_AT, sequence);
        datagram.putLong(start + DatagramLayout.FIRST_EVENT_AT, firstEvent);
        datagram.putLong(start + DatagramLayout.SENT_AT, sentEpochNanos);
    }
}
