package io.heliograph.discovery;

import io.heliograph.TopicFilter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Beacons as bytes; {@code docs/wire.md} draws them. Stateless and thread-safe.
 *
 * <p>Any bytes decode to a beacon, of which they are the only form, or to one named reason: nothing is thrown, no length
 * is believed before it is checked against the bytes at hand, and no more text is made than they hold.
 */
public final class BeaconCodec {

    /** The longest beacon: what every link carries uncut. */
    public static final int MAX_BYTES = 1_200;

    private static final int MAGIC = 'H' | 'G' << 8 | 'B' << 16;
    private static final int MAGIC_MASK = 0xff_ffff;
    private static final int VERSION = 1;
    private static final int VERSION_SHIFT = 24;
    private static final int HEADER_BYTES = 16;
    private static final int LEAST_BYTES = HEADER_BYTES + 2;

    private BeaconCodec() {
    }

    static int encodedLength(String name, List<String> addresses, List<String> topics) {
        int length = HEADER_BYTES + 1 + name.length();
        for (String address : addresses) {
            length += 1 + address.length();
        }
        for (String topic : topics) {
            length += 1 + topic.length();
        }
        return length;
    }

    /** The beacon's bytes, at most {@value #MAX_BYTES}. */
    public static ByteBuffer encode(Beacon beacon) {
        int length = encodedLength(beacon.name(), beacon.addresses(), beacon.topics());
        ByteBuffer target = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC | VERSION << VERSION_SHIFT)
                .putShort((short) beacon.expiryMs())
                .put((byte) beacon.addresses().size())
                .put((byte) beacon.topics().size())
                .putLong(beacon.peer());
        put(beacon.name(), target);
        beacon.addresses().forEach(address -> put(address, target));
        beacon.topics().forEach(topic -> put(topic, target));
        return target.flip();
    }

    private static void put(String text, ByteBuffer target) {
        target.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads the buffer's remaining bytes, which stay as they are; allocates a view of them beside the beacon. */
    public static DecodedBeacon decode(ByteBuffer datagram) {
        ByteBuffer source = datagram.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (source.remaining() > MAX_BYTES) {
            return MalformedBeacon.TOO_LONG;
        }
        if (source.remaining() < LEAST_BYTES) {
            return MalformedBeacon.TOO_SHORT;
        }
        int first = source.getInt();
        if ((first & MAGIC_MASK) != MAGIC) {
            return MalformedBeacon.FOREIGN;
        }
        return first >>> VERSION_SHIFT == VERSION ? body(source) : MalformedBeacon.UNKNOWN_VERSION;
    }

    private static DecodedBeacon body(ByteBuffer source) {
        int expiryMs = source.getShort() & 0xffff;
        int addressCount = source.get() & 0xff;
        int topicCount = source.get() & 0xff;
        boolean isGoodbye = expiryMs == 0;
        if (expiryMs > Beacon.MAX_EXPIRY_MS || isGoodbye && addressCount + topicCount > 0) {
            return MalformedBeacon.BAD_EXPIRY;
        }
        if (addressCount > Beacon.MAX_ADDRESSES || !isGoodbye && addressCount == 0) {
            return MalformedBeacon.BAD_ADDRESS;
        }
        if (topicCount > Beacon.MAX_TOPICS) {
            return MalformedBeacon.BAD_TOPIC;
        }
        long peer = source.getLong();
        String name = text(source);
        if (!Beacon.isName(name)) {
            return MalformedBeacon.BAD_NAME;
        }
        var addresses = new ArrayList<String>(addressCount);
        for (int i = 0; i < addressCount; i++) {
            String address = text(source);
            if (!Beacon.isAddress(address)) {
                return MalformedBeacon.BAD_ADDRESS;
            }
            addresses.add(address);
        }
        var topics = new ArrayList<String>(topicCount);
        for (int i = 0; i < topicCount; i++) {
            String topic = text(source);
            if (!TopicFilter.isValid(topic)) {
                return MalformedBeacon.BAD_TOPIC;
            }
            topics.add(topic);
        }
        return source.hasRemaining() ? MalformedBeacon.TRAILING_BYTES : new Beacon(peer, name, addresses, topics, expiryMs);
    }

    /** The next text, a character for each byte; empty, as no text of a beacon may be, if it reaches past the end. */
    private static String text(ByteBuffer source) {
        int length = source.hasRemaining() ? source.get() & 0xff : 0;
        if (length > source.remaining()) {
            return "";
        }
        byte[] bytes = new byte[length];
        source.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
