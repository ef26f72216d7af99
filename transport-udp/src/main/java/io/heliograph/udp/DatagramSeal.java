package io.heliograph.udp;

import static io.heliograph.udp.DatagramLayout.CHECKSUM_AT;
import static io.heliograph.udp.DatagramLayout.FLAGS_AT;
import static io.heliograph.udp.DatagramLayout.HEADER_BYTES;
import static io.heliograph.udp.DatagramLayout.KEYED;
import static io.heliograph.udp.DatagramLayout.LENGTH_AT;
import static io.heliograph.udp.DatagramLayout.SEQUENCE_AT;
import static io.heliograph.udp.DatagramLayout.VERSION_AND_TYPE_AT;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction of keyed mode between those who share a secret: a publisher's datagrams of one session to all, or one
 * receiver's to the publisher of one session. AES-128-GCM hides the body and proves body and header.
 *
 * <pre>
 *   DATA, FRAGMENT    | header 48, flag KEYED, checksum 0 | body, hidden                             | tag 16 |
 *   HEARTBEAT, LOST,
 *   COOKIE            | header 48                         | body, hidden                 | counter 8 | tag 16 |
 *   STATUS, NAK       | header 48          | receiver id 8 | the rest of the body, hidden | counter 8 | tag 16 |
 *                       readable, proven                     hidden, proven                 part of the nonce
 *
 *   key    HKDF-SHA256(secret, salt, purpose with epoch), 16 bytes
 *            salt     the session; from a receiver: its id, then the session
 *            purpose  "heliograph udp 1 publisher" or "heliograph udp 1 receiver", then the epoch (64 bits)
 *            epoch    the number divided by 2^23, so that no key seals more than RFC 9001 (section 6.6) allows AES-GCM
 *   nonce  | type 8 | 0 24 | number 64 |   all big-endian
 *            number   the datagram's sequence for DATA and FRAGMENT, the counter for all others
 * </pre>
 *
 * A datagram is sealed once; a repair is the same bytes again. A number that does not rise is refused, as a nonce used twice
 * would give the key away; so a session or a receiver's part in it has exactly one seal for as long as it lasts, and session
 * and receiver id are random and never used again. What comes with a counter is accepted once ({@link ReplayWindow}); DATA and
 * FRAGMENT may come twice, and their sequences tell.
 *
 * <p>Confined to its owner's lock. Allocates about 1 KiB per datagram, mostly in the JDK's cipher. Buffers are little-endian.
 */
final class DatagramSeal {

    /** The most that a seal adds to a datagram. */
    static final int MAX_OVERHEAD_BYTES = Long.BYTES + AesGcm.TAG_BYTES;
    /** A shorter secret is refused. */
    static final int LEAST_SECRET_BYTES = 16;

    private static final int FRAGMENT = 4;
    private static final int NAK = 5;
    private static final int KEY_BYTES = 16;
    private static final int EPOCH_BITS = 23;

    private record Key(long epoch, SecretKey key) { }

    private final byte[] secret;
    private final byte[] salt;
    private final byte[] purpose;
    private final AesGcm cipher = new AesGcm();
    private final byte[] nonce = new byte[AesGcm.NONCE_BYTES];
    private final ReplayWindow window = new ReplayWindow();
    private Key newest;
    private Key other;
    private long nextSequence;
    private long nextCounter;
    private long opened;
    private long unkeyed;
    private long replayed;
    private long forged;

    private DatagramSeal(byte[] secret, byte[] salt, String purpose) {
        if (secret.length < LEAST_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "a secret of " + secret.length + " bytes is shorter than " + LEAST_SECRET_BYTES);
        }
        this.secret = secret.clone();
        this.salt = salt;
        this.purpose = purpose.getBytes(StandardCharsets.US_ASCII);
        this.newest = derive(0);
        this.other = newest;
    }

    /**
     * For what a publisher sends in a session.
     *
     * @throws IllegalArgumentException for a secret of less than {@link #LEAST_SECRET_BYTES}
     */
    static DatagramSeal ofPublisher(byte[] secret, long session) {
        return new DatagramSeal(secret, ByteBuffer.allocate(Long.BYTES).putLong(session).array(),
                "heliograph udp 1 publisher");
    }

    /**
     * For what a receiver sends to the publisher of a session.
     *
     * @param receiver random, another one each time the receiver starts
     * @throws IllegalArgumentException for a secret of less than {@link #LEAST_SECRET_BYTES}
     */
    static DatagramSeal ofReceiver(byte[] secret, long receiver, long session) {
        return new DatagramSeal(secret, ByteBuffer.allocate(2 * Long.BYTES).putLong(receiver).putLong(session).array(),
                "heliograph udp 1 receiver");
    }

    /** How many bytes a seal adds to a datagram of this type. */
    static int overheadBytes(int type) {
        return isNumberedBySequence(type) ? AesGcm.TAG_BYTES : MAX_OVERHEAD_BYTES;
    }

    /** How many bytes from the start of a datagram of this type stay readable. */
    static int clearBytes(int type) {
        return type == DatagramLayout.STATUS || type == NAK ? HEADER_BYTES + Long.BYTES : HEADER_BYTES;
    }

    private static boolean isNumberedBySequence(int type) {
        return type == DatagramLayout.DATA || type == FRAGMENT;
    }

    /**
     * Seals the datagram from the buffer's position to its limit, whose header is complete but for flag, length and checksum.
     * The limit moves to its new end, for which the buffer must have room.
     *
     * @return its new length
     * @throws IllegalStateException    if its sequence is not above those sealed before
     * @throws IllegalArgumentException if it is shorter than its readable part, or there is no room
     */
    int seal(ByteBuffer datagram) {
        int start = datagram.position();
        int end = datagram.limit();
        int type = type(datagram, start);
        int length = end - start + overheadBytes(type);
        if (end - start < clearBytes(type) || start + length > datagram.capacity() || length > 0xffff) {
            throw new IllegalArgumentException("a datagram of " + (end - start) + " bytes and type " + type + " needs at least "
                    + clearBytes(type) + ", and room for " + overheadBytes(type) + " more; there is "
                    + (datagram.capacity() - end));
        }
        long number = isNumberedBySequence(type) ? takeSequence(datagram.getLong(start + SEQUENCE_AT)) : nextCounter++;
        datagram.limit(start + length);
        datagram.put(start + FLAGS_AT, (byte) (datagram.get(start + FLAGS_AT) | KEYED));
        datagram.putShort(start + LENGTH_AT, (short) length);
        datagram.putInt(start + CHECKSUM_AT, 0);
        Key key = key(number >>> EPOCH_BITS);
        keep(key);
        cipher.seal(key.key(), nonce(type, number), datagram, start, start + clearBytes(type), end);
        if (!isNumberedBySequence(type)) {
            moveTag(datagram, end, end + Long.BYTES);
            datagram.putLong(end, number);
        }
        return length;
    }

    private long takeSequence(long sequence) {
        if (sequence < nextSequence) {
            throw new IllegalStateException("datagram " + sequence + " is not above those sealed before, the next is at least "
                    + nextSequence + ": its nonce would be used twice");
        }
        nextSequence = sequence + 1;
        return sequence;
    }

    /**
     * Opens the datagram from the buffer's position to its limit, whatever it holds. The limit moves to the end of what was
     * sealed; the header stays as it is, with the length that it had on the wire.
     *
     * @return whether it is proven and new. If not, what follows its readable part is undefined, and it must be dropped
     */
    boolean open(ByteBuffer datagram) {
        int start = datagram.position();
        int type = datagram.remaining() < HEADER_BYTES ? 0 : type(datagram, start);
        int end = datagram.limit() - overheadBytes(type);
        if (end - start < clearBytes(type) || (datagram.get(start + FLAGS_AT) & KEYED) == 0) {
            unkeyed++;
            return false;
        }
        boolean isCounted = !isNumberedBySequence(type);
        long number = datagram.getLong(isCounted ? end : start + SEQUENCE_AT);
        if (number < 0 || isCounted && !window.isFresh(number)) {
            replayed++;
            return false;
        }
        if (isCounted) {
            moveTag(datagram, end + Long.BYTES, end);
        }
        Key key = key(number >>> EPOCH_BITS);
        if (!cipher.open(key.key(), nonce(type, number), datagram, start, start + clearBytes(type), end)) {
            forged++;
            return false;
        }
        keep(key);
        if (isCounted) {
            window.see(number);
        }
        datagram.limit(end);
        opened++;
        return true;
    }

    /**
     * Opens a datagram that says it is sealed.
     *
     * @return why it is to be dropped; empty if it is open
     */
    Optional<MalformedDatagram> refuse(ByteBuffer datagram) {
        long replayedBefore = replayed;
        if (open(datagram)) {
            return Optional.empty();
        }
        return Optional.of(replayed > replayedBefore ? MalformedDatagram.REPLAYED : MalformedDatagram.FORGED);
    }

    private static void moveTag(ByteBuffer datagram, int from, int to) {
        long first = datagram.getLong(from);
        long second = datagram.getLong(from + Long.BYTES);
        datagram.putLong(to, first);
        datagram.putLong(to + Long.BYTES, second);
    }

    private static int type(ByteBuffer datagram, int start) {
        return datagram.get(start + VERSION_AND_TYPE_AT) & 0x0f;
    }

    /** The id of the receiver that says it sent this sealed or open status or NAK of at least 56 bytes. */
    static long receiver(ByteBuffer datagram) {
        return datagram.getLong(datagram.position() + HEADER_BYTES);
    }

    private byte[] nonce(int type, long number) {
        nonce[0] = (byte) type;
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[AesGcm.NONCE_BYTES - 1 - i] = (byte) (number >>> i * Byte.SIZE);
        }
        return nonce;
    }

    private Key key(long epoch) {
        if (newest.epoch() == epoch) {
            return newest;
        }
        return other.epoch() == epoch ? other : derive(epoch);
    }

    /** Only a key that proved something takes another's place: forged numbers cost a derivation each, and no more. */
    private void keep(Key key) {
        if (key != newest) {
            other = newest;
            newest = key;
        }
    }

    private Key derive(long epoch) {
        byte[] info = ByteBuffer.allocate(purpose.length + Long.BYTES).put(purpose).putLong(epoch).array();
        return new Key(epoch, new SecretKeySpec(Hkdf.derive(secret, salt, info, KEY_BYTES), "AES"));
    }

    /** Datagrams opened. */
    long opened() {
        return opened;
    }

    /** Datagrams refused because they are not sealed, or too short to be. */
    long unkeyed() {
        return unkeyed;
    }

    /** Datagrams refused because their counter was seen, or is too old to tell. */
    long replayed() {
        return replayed;
    }

    /** Datagrams refused because they are not proven. */
    long forged() {
        return forged;
    }
}
