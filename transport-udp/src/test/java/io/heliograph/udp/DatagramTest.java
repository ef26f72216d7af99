package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatagramTest {

    private static final long SESSION = 0x1234_5678_9abc_def0L;

    private final Datagram datagram = new Datagram();

    @Test
    void readsWhatTheWriterWrote() {
        ByteBuffer bytes = data();
        assertThat(datagram.wrap(bytes)).isEmpty();
        assertThat(datagram.type()).isEqualTo(DatagramLayout.DATA);
        assertThat(datagram.session()).isEqualTo(0x1234_5678_9abc_def0L);
        assertThat(datagram.sequence()).isEqualTo(7);
        assertThat(datagram.firstEvent()).isEqualTo(42);
        assertThat(datagram.ageNs()).isEqualTo(3_000_000);
        assertThat(datagram.sentEpochNanos()).isEqualTo(99);
        assertThat(datagram.events()).isEqualTo(2);
        assertThat(datagram.topic()).isEqualTo("prices.eurusd");
    }

    @Test
    void laysTheHeaderOutAsDrawn() {
        ByteBuffer bytes = data();
        assertThat(bytes.get(4)).isEqualTo((byte) 'H');
        assertThat(bytes.get(5)).isEqualTo((byte) 'G');
        assertThat(bytes.get(6)).isEqualTo((byte) 0x11);
        assertThat(bytes.get(7)).isEqualTo((byte) DatagramLayout.RELIABLE);
        assertThat(bytes.getShort(8)).isEqualTo((short) bytes.remaining());
        assertThat(bytes.getShort(10)).isEqualTo((short) 2);
        assertThat(bytes.getInt(12)).isEqualTo(3_000);
        assertThat(bytes.get(48)).isEqualTo((byte) "prices.eurusd".length());
    }

    @Test
    void anAgeAboveSeventyMinutesSaturates() {
        assertThat(datagram.wrap(heartbeat(5_000_000_000_000L))).isEmpty();
        assertThat(datagram.isAgeKnown()).isFalse();
    }

    @Test
    void readsAHeartbeat() {
        assertThat(datagram.wrap(heartbeat(1))).isEmpty();
        assertThat(datagram.sequence()).isEqualTo(9);
        assertThat(datagram.firstEvent()).isEqualTo(50);
        assertThat(datagram.control().trail()).isEqualTo(3);
        assertThat(datagram.control().trailEvent()).isEqualTo(11);
        assertThat(datagram.control().receivers()).isEqualTo(2);
        assertThat(datagram.control().policy()).isEqualTo("drop-oldest:10");
    }

    @Test
    void readsAStatus() {
        assertThat(datagram.wrap(status())).isEmpty();
        assertThat(datagram.session()).isEqualTo(SESSION);
        assertThat(datagram.control().receiverId()).isEqualTo(1);
        assertThat(datagram.control().cookie()).isEqualTo(77);
        assertThat(datagram.control().lost()).isEqualTo(3);
        assertThat(datagram.control().acknowledged()).isEqualTo(4);
        assertThat(datagram.control().limitDatagram()).isEqualTo(5);
        assertThat(datagram.control().limitEvent()).isEqualTo(6);
        assertThat(datagram.control().subscriptions()).isEqualTo(7);
        assertThat(datagram.control().name()).isEqualTo("a");
        assertThat(datagram.isFlagged(DatagramLayout.BLOCKING)).isTrue();
    }

    @Test
    void readsARequestForRepair() {
        assertThat(datagram.wrap(nak())).isEmpty();
        assertThat(datagram.control().ranges()).isEqualTo(2);
        assertThat(datagram.control().rangeStart(1)).isEqualTo(20);
        assertThat(datagram.control().rangeLength(1)).isEqualTo(5);
    }

    @Test
    void readsANoticeOfLoss() {
        for (LossReason reason : List.of(LossReason.RATE, LossReason.OVERFLOW, LossReason.NETWORK)) {
            var loss = new Loss(10, 20, 50, reason);
            assertThat(datagram.wrap(copy(new ControlWriter().lost(stamp(1, 50), 20, loss)))).isEmpty();
            assertThat(datagram.control().loss()).isEqualTo(loss);
        }
    }

    @Test
    void cutsALargeEventIntoPartsThatMakeItWholeAgain() {
        ByteBuffer frame = frame(2_000);
        var chunk = new Chunk();
        var writer = new DatagramWriter(600, chunk);
        var reassembly = new Reassembly();
        Optional<ByteBuffer> whole = Optional.empty();
        int offset = 0;
        for (int i = 0; offset < frame.limit(); i++) {
            offset += writer.fragment(frame, offset);
            chunk.stamp(stamp(1, 42 + (i == 0 ? 0 : 1)), new CRC32C());
            assertThat(datagram.wrap(chunk.view(i, 1))).isEmpty();
            assertThat(whole).isEmpty();
            whole = reassembly.add(datagram);
        }
        assertThat(whole).contains(frame);
        assertThat(reassembly.event()).isEqualTo(42);
        assertThat(chunk.count()).isEqualTo(4);
    }

    @Test
    void anEventOfWhichAPartIsMissingIsNotMadeWhole() {
        ByteBuffer frame = frame(2_000);
        var chunk = new Chunk();
        var writer = new DatagramWriter(600, chunk);
        var reassembly = new Reassembly();
        int offset = 0;
        for (int i = 0; offset < frame.limit(); i++) {
            offset += writer.fragment(frame, offset);
            chunk.stamp(stamp(1, 42 + (i == 0 ? 0 : 1)), new CRC32C());
            datagram.wrap(chunk.view(i, 1));
            if (i != 1) {
                assertThat(reassembly.add(datagram)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = MalformedDatagram.class, mode = EnumSource.Mode.EXCLUDE, names = {"UNSEALED", "FORGED", "REPLAYED"})
    void namesWhatIsWrong(MalformedDatagram reason) {
        assertThat(datagram.wrap(broken(reason))).contains(reason);
    }

    @Test
    void dataWithoutABodyIsNoDatagram() {
        ByteBuffer bytes = copy(data());
        assertThat(datagram.wrap(seal(bytes.limit(DatagramLayout.HEADER_BYTES)))).contains(MalformedDatagram.BAD_TOPIC);
    }

    @Test
    void survivesAnyMutationOfAValidDatagram() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var seen = EnumSet.noneOf(MalformedDatagram.class);
        var valid = List.of(copy(data()), copy(heartbeat(1)), status(), nak(), cookie(), fragment(), lost());
        for (int i = 0; i < 100_000; i++) {
            ByteBuffer bytes = mutated(valid.get(i % valid.size()), random);
            int position = bytes.position();
            int limit = bytes.limit();
            Optional<MalformedDatagram> fault = datagram.wrap(bytes);
            fault.ifPresent(seen::add);
            boolean isUnmoved = bytes.position() == position && bytes.limit() == limit;
            assertTrue(isUnmoved, () -> "the buffer has moved; seed " + seed);
        }
        assertThat(seen).as("seed %d", seed).contains(MalformedDatagram.TOO_SHORT, MalformedDatagram.BAD_LENGTH,
                MalformedDatagram.BAD_CHECKSUM, MalformedDatagram.BAD_TILING, MalformedDatagram.BAD_TOPIC,
                MalformedDatagram.BAD_FRAGMENT, MalformedDatagram.BAD_HEARTBEAT, MalformedDatagram.BAD_STATUS,
                MalformedDatagram.BAD_NAK, MalformedDatagram.BAD_COOKIE, MalformedDatagram.BAD_LOST);
    }

    private static ByteBuffer mutated(ByteBuffer valid, Random random) {
        ByteBuffer bytes = copy(valid);
        int flips = random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            int at = random.nextInt(bytes.limit());
            bytes.put(at, (byte) random.nextInt());
        }
        if (random.nextInt(4) == 0) {
            bytes.limit(random.nextInt(bytes.limit() + 1));
        }
        boolean isResealed = random.nextBoolean() && bytes.limit() >= DatagramLayout.HEADER_BYTES;
        return isResealed ? seal(bytes) : bytes;
    }

    private static ByteBuffer broken(MalformedDatagram reason) {
        ByteBuffer bytes = copy(data());
        return switch (reason) {
            case TOO_SHORT -> bytes.limit(DatagramLayout.HEADER_BYTES - 1);
            case BAD_MAGIC -> bytes.put(4, (byte) 'X');
            case BAD_VERSION -> bytes.put(6, (byte) 0x21);
            case BAD_LENGTH -> bytes.limit(bytes.limit() - 1);
            case BAD_CHECKSUM -> bytes.put(60, (byte) ~bytes.get(60));
            case BAD_SEQUENCE -> seal(bytes.putLong(DatagramLayout.SEQUENCE_AT, -1));
            case BAD_TOPIC -> seal(bytes.put(49, (byte) '!'));
            case BAD_TILING -> seal(bytes.putShort(DatagramLayout.EVENTS_AT, (short) 3));
            case UNKNOWN_TYPE -> seal(bytes.put(6, (byte) 0x1f));
            case BAD_STATUS -> seal(status().put(DatagramLayout.HEADER_BYTES + DatagramLayout.STATUS_FIXED_BYTES - 1, (byte) 9));
            case BAD_FRAGMENT -> seal(fragment().putInt(DatagramLayout.HEADER_BYTES + 4, 1 << 20));
            case BAD_HEARTBEAT -> seal(copy(heartbeat(1)).putLong(DatagramLayout.HEADER_BYTES, -1));
            case BAD_NAK -> seal(shortened(nak()));
            case BAD_COOKIE -> seal(shortened(cookie()));
            case BAD_LOST -> seal(lost().putLong(DatagramLayout.HEADER_BYTES, 20));
            case NO_KEY -> seal(bytes.put(DatagramLayout.FLAGS_AT, (byte) DatagramLayout.KEYED));
            case UNSEALED, FORGED, REPLAYED -> throw new AssertionError("not without a key");
        };
    }

    private static ByteBuffer shortened(ByteBuffer bytes) {
        return bytes.limit(bytes.limit() - 1);
    }

    private static Stamp stamp(long ageNs, long firstEvent) {
        var stamp = new Stamp(SESSION, DatagramLayout.RELIABLE);
        stamp.at(ageNs, 99);
        stamp.firstEvent = firstEvent;
        return stamp;
    }

    private static ByteBuffer data() {
        var chunk = new Chunk();
        chunk.clear(7);
        var writer = new DatagramWriter(600, chunk);
        writer.begin("prices.eurusd");
        writer.append(Event.of("prices.eurusd", "1.0842"));
        writer.append(Event.builder("prices.gbpusd").subject("spot").data(new byte[] {1, 2, 3}).build());
        writer.sealAsItIs();
        chunk.stamp(stamp(3_000_000, 42), new CRC32C());
        return copy(chunk.view(7, 1));
    }

    private static ByteBuffer frame(int dataBytes) {
        Event event = Event.builder("a.b").data(new byte[dataBytes]).build();
        ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC)).order(ByteOrder.LITTLE_ENDIAN);
        FrameEncoder.encode(event, FrameEncoder.NO_TOPIC, frame);
        return frame.flip();
    }

    private static ByteBuffer fragment() {
        var chunk = new Chunk();
        new DatagramWriter(600, chunk).fragment(frame(2_000), 0);
        chunk.stamp(stamp(1, 42), new CRC32C());
        return copy(chunk.view(0, 1));
    }

    private static ByteBuffer heartbeat(long ageNs) {
        byte[] policy = "drop-oldest:10".getBytes(StandardCharsets.US_ASCII);
        return copy(new ControlWriter().heartbeat(stamp(ageNs, 50), 9, new ControlWriter.Standing(3, 11, 2, 1_400, policy), 0));
    }

    private static ByteBuffer status() {
        return copy(new ControlWriter().status(SESSION, 1, 77, new ControlWriter.Report().set(2, 3, 4, 5, 6, 7),
                new ControlWriter.Echo(), new byte[] {'a'}, DatagramLayout.BLOCKING));
    }

    private static ByteBuffer nak() {
        var writer = new ControlWriter();
        writer.beginNak(1, 77);
        writer.range(10, 1);
        writer.range(20, 5);
        return copy(writer.endNak(SESSION, 0));
    }

    private static ByteBuffer cookie() {
        return copy(new ControlWriter().cookie(SESSION, 1, 77));
    }

    private static ByteBuffer lost() {
        return copy(new ControlWriter().lost(stamp(1, 50), 20, new Loss(10, 20, 50, LossReason.RATE)));
    }

    static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN).put(bytes.duplicate()).flip();
    }

    /** Makes length and checksum true again. */
    static ByteBuffer seal(ByteBuffer bytes) {
        bytes.putShort(DatagramLayout.LENGTH_AT, (short) bytes.limit());
        return bytes.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(new CRC32C(), bytes));
    }
}
