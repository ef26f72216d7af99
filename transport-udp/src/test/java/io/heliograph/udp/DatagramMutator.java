package io.heliograph.udp;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Makes datagrams that are nearly right: valid ones of every type, of which some bytes are changed, cut away, added or
 * taken from another; most of them get the length and checksum that fit them, so that they come past the first checks.
 * The same seed gives the same datagrams.
 */
final class DatagramMutator {

    private static final long[] INTERESTING = {0, 1, 2, 31, 32, 127, 128, 255, 256, 1_000, 0x7fff, 0x8000, 0xffff, 1 << 20, 16 << 20,
            Integer.MAX_VALUE, Integer.MIN_VALUE, -1, DatagramLayout.SEQUENCE_END - 1, DatagramLayout.SEQUENCE_END, Long.MAX_VALUE, Long.MIN_VALUE};

    private final SplittableRandom random;
    private final CRC32C crc = new CRC32C();
    private final List<byte[]> valid = new ArrayList<>();
    private final long session;

    DatagramMutator(long seed, long session) {
        this.random = new SplittableRandom(seed);
        this.session = session;
        addEvents();
        addFragments();
        addControl();
        for (byte[] datagram : valid) {
            seal(datagram);
        }
    }

    /** One valid datagram of each kind. */
    List<byte[]> valid() {
        return List.copyOf(valid);
    }

    /** The next one, nearly right or, seldom, quite. */
    byte[] next() {
        byte[] bytes = valid.get(random.nextInt(valid.size())).clone();
        if (random.nextInt(3) > 0) {
            place(bytes);
        }
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            bytes = changed(bytes);
        }
        return random.nextInt(16) > 0 ? seal(bytes) : bytes;
    }

    /** Gives it a sequence near the session's beginning, so that it meets others. */
    private void place(byte[] bytes) {
        ByteBuffer buffer = wrap(bytes);
        long sequence = random.nextInt(64);
        buffer.putLong(DatagramLayout.SEQUENCE_AT, sequence);
        buffer.putLong(DatagramLayout.FIRST_EVENT_AT, sequence * 2 + random.nextInt(2));
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length < 2) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2, 3 -> {
                ByteBuffer buffer = wrap(bytes);
                long value = INTERESTING[random.nextInt(INTERESTING.length)];
                int width = 1 << random.nextInt(4);
                int from = Math.max(0, Math.min(at, bytes.length - width));
                for (int i = 0; i < width && from + i < bytes.length; i++) {
                    buffer.put(from + i, (byte) (value >>> 8 * i));
                }
            }
            case 4 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 5 -> {
                return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(64));
            }
            case 6 -> {
                byte[] other = valid.get(random.nextInt(valid.size()));
                int length = Math.min(bytes.length, other.length) - Math.min(at, Math.min(bytes.length, other.length));
                System.arraycopy(other, other.length - length, bytes, bytes.length - length, length);
            }
            default -> wrap(bytes).put(Math.min(DatagramLayout.VERSION_AND_TYPE_AT, bytes.length - 1), (byte) (0x10 | random.nextInt(16)));
        }
        return bytes;
    }

    private byte[] seal(byte[] bytes) {
        if (bytes.length >= DatagramLayout.HEADER_BYTES) {
            ByteBuffer buffer = wrap(bytes);
            buffer.putShort(DatagramLayout.LENGTH_AT, (short) bytes.length);
            buffer.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, buffer));
        }
        return bytes;
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] header(int type, int events, int flags, ByteBuffer body) {
        byte[] bytes = new byte[DatagramLayout.HEADER_BYTES + body.remaining()];
        ByteBuffer buffer = wrap(bytes);
        buffer.putShort(DatagramLayout.MAGIC_AT, DatagramLayout.MAGIC);
        buffer.put(DatagramLayout.VERSION_AND_TYPE_AT, (byte) (DatagramLayout.VERSION << 4 | type));
        buffer.put(DatagramLayout.FLAGS_AT, (byte) flags);
        buffer.putShort(DatagramLayout.EVENTS_AT, (short) events);
        buffer.putLong(DatagramLayout.SESSION_AT, session);
        buffer.position(DatagramLayout.HEADER_BYTES);
        buffer.put(body);
        return bytes;
    }

    private static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void addEvents() {
        Event plain = Event.builder("a.b").data(new byte[] {1, 2, 3}).build();
        Event text = Event.of("a.b", "text");
        Event json = Event.builder("a.b").data("{}".getBytes(StandardCharsets.US_ASCII), "application/json").build();
        Event elsewhere = Event.builder("c.d").data(new byte[5]).build();
        Event full = Event.builder("a.b").data(new byte[7]).id("id-1").source("/s").subject("key").contentType("text/csv")
                .time(Instant.ofEpochSecond(1_700_000_000L, 5)).ttl(Duration.ofSeconds(3)).attribute("aa", new AttributeValue.Bool(true))
                .attribute("bb", new AttributeValue.Int(-7)).attribute("cc", "é€😀")
                .attribute("dd", AttributeValue.Binary.of(new byte[] {9, 8}))
                .attribute("ee", AttributeValue.Link.of(URI.create("http://a.b/c")))
                .attribute("ff", AttributeValue.LinkReference.of(URI.create("../x")))
                .attribute("gg", new AttributeValue.Timestamp(Instant.ofEpochSecond(5))).build();
        addData(0, plain, text);
        addData(8, json);
        addData(3, full);
        addData(0, full, elsewhere, plain);
        addData(0, Event.builder("a.b").data(new byte[2]).subject("s").build());
        addData(0, Event.builder("a.b").data(new byte[2]).id("é").ttl(Duration.ofNanos(1)).build());
    }

    private void addData(int zeros, Event... events) {
        ByteBuffer body = body(4_000);
        body.put((byte) 3).put("a.b".getBytes(StandardCharsets.US_ASCII));
        for (Event event : events) {
            FrameEncoder.encode(event, "a.b", body);
        }
        valid.add(header(DatagramLayout.DATA, events.length, DatagramLayout.RELIABLE, body.put(new byte[zeros]).flip()));
    }

    private void addFragments() {
        ByteBuffer frame = body(4_000);
        FrameEncoder.encode(Event.builder("a.b").data(new byte[900]).build(), FrameEncoder.NO_TOPIC, frame);
        frame.flip();
        for (int offset = 0; offset < frame.limit(); offset += 300) {
            int length = Math.min(300, frame.limit() - offset);
            ByteBuffer body = body(8 + length).putInt(frame.limit()).putInt(offset).put(8, frame, offset, length);
            valid.add(header(DatagramLayout.FRAGMENT, offset == 0 ? 1 : 0, DatagramLayout.RELIABLE, body.clear()));
        }
        // Says that it is the beginning of the largest event there is.
        valid.add(header(DatagramLayout.FRAGMENT, 1, DatagramLayout.RELIABLE,
                body(108).putInt(DatagramLayout.MAX_FRAME_BYTES).putInt(0).clear()));
    }

    private void addControl() {
        byte[] policy = "backpressure:100,wait=1ms".getBytes(StandardCharsets.US_ASCII);
        for (int flags : new int[] {0, DatagramLayout.END_OF_STREAM}) {
            valid.add(header(DatagramLayout.HEARTBEAT, 0, DatagramLayout.RELIABLE | flags, body(25 + policy.length).putLong(1).putLong(2)
                    .putInt(3).putInt(1_400).put((byte) policy.length).put(policy).flip()));
        }
        for (int flags : new int[] {0, DatagramLayout.BLOCKING, DatagramLayout.LEAVING}) {
            valid.add(header(DatagramLayout.STATUS, 0, flags, body(65).putLong(1).putLong(0).putLong(3).putLong(4).putLong(5).putLong(100)
                    .putLong(200).putInt(1).put((byte) 4).put("name".getBytes(StandardCharsets.US_ASCII)).flip()));
        }
        ByteBuffer nak = body(16 + 5 * 12).putLong(1).putLong(0);
        for (int i = 0; i < 5; i++) {
            nak.putLong(i * 3L).putInt(2);
        }
        valid.add(header(DatagramLayout.NAK, 0, 0, nak.flip()));
        valid.add(header(DatagramLayout.COOKIE, 0, 0, body(16).putLong(1).putLong(77).flip()));
        valid.add(header(DatagramLayout.LOST, 0, 0, body(DatagramLayout.LOST_BYTES).putLong(1).putLong(2).putLong(9)
                .put((byte) DatagramLayout.LOST_TO_RATE).flip()));
    }
}
