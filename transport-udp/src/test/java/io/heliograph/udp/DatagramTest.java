package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.Event;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatagramTest {

    private static final DatagramWriter.Stamp STAMP = new DatagramWriter.Stamp(0x1234_5678_9abc_def0L, 7, 42, 3_000_000, 99);

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
        assertThat(bytes.get(0)).isEqualTo((byte) 'H');
        assertThat(bytes.get(1)).isEqualTo((byte) 'G');
        assertThat(bytes.get(2)).isEqualTo((byte) 0x11);
        assertThat(bytes.getShort(4)).isEqualTo((short) bytes.remaining());
        assertThat(bytes.getShort(6)).isEqualTo((short) 2);
        assertThat(bytes.getInt(12)).isEqualTo(3_000);
        assertThat(bytes.get(48)).isEqualTo((byte) "prices.eurusd".length());
    }

    @Test
    void anAgeAboveSeventyMinutesSaturates() {
        var writer = new DatagramWriter(600, 1);
        var old = new DatagramWriter.Stamp(1, 0, 0, 5_000_000_000_000L, 0);
        assertThat(datagram.wrap(writer.heartbeat(0, old))).isEmpty();
        assertThat(datagram.isAgeKnown()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(MalformedDatagram.class)
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
        ByteBuffer valid = copy(data());
        for (int i = 0; i < 100_000; i++) {
            ByteBuffer bytes = mutated(valid, random);
            int position = bytes.position();
            int limit = bytes.limit();
            Optional<MalformedDatagram> fault = datagram.wrap(bytes);
            fault.ifPresent(seen::add);
            boolean isUnmoved = bytes.position() == position && bytes.limit() == limit;
            assertTrue(isUnmoved, () -> "the buffer has moved; seed " + seed);
        }
        assertThat(seen).as("seed %d", seed).contains(MalformedDatagram.TOO_SHORT, MalformedDatagram.BAD_LENGTH,
                MalformedDatagram.BAD_CHECKSUM, MalformedDatagram.BAD_TILING, MalformedDatagram.BAD_TOPIC);
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
            case BAD_MAGIC -> bytes.put(0, (byte) 'X');
            case BAD_VERSION -> bytes.put(2, (byte) 0x21);
            case BAD_LENGTH -> bytes.limit(bytes.limit() - 1);
            case BAD_CHECKSUM -> bytes.put(60, (byte) ~bytes.get(60));
            case BAD_SEQUENCE -> seal(bytes.putLong(DatagramLayout.SEQUENCE_AT, -1));
            case BAD_TOPIC -> seal(bytes.put(49, (byte) '!'));
            case BAD_TILING -> seal(bytes.putShort(DatagramLayout.EVENTS_AT, (short) 3));
            case UNKNOWN_TYPE -> seal(bytes.put(2, (byte) 0x1f));
            case BAD_STATUS -> seal(status().put(DatagramLayout.HEADER_BYTES + DatagramLayout.STATUS_FIXED_BYTES - 1, (byte) 9));
        };
    }

    private static ByteBuffer data() {
        var writer = new DatagramWriter(600, 1);
        writer.begin("prices.eurusd");
        writer.append(Event.of("prices.eurusd", "1.0842"));
        writer.append(Event.builder("prices.gbpusd").subject("spot").data(new byte[] {1, 2, 3}).build());
        writer.sealLast(STAMP);
        return writer.takeTrain();
    }

    private static ByteBuffer status() {
        return copy(new DatagramWriter(600, 1).status(0, 1, new DatagramWriter.Report(2, 3, 1), new byte[] {'a'}, STAMP));
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
