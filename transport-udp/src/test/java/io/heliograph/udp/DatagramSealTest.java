package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatagramSealTest {

    private static final int FRAGMENT = 4;
    private static final int NAK = 5;
    private static final int COOKIE = 6;
    private static final int LOST = 7;
    private static final int[] TYPES = {DatagramLayout.DATA, FRAGMENT, DatagramLayout.HEARTBEAT, DatagramLayout.STATUS, NAK,
            COOKIE, LOST};
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long SESSION = 0x1122_3344_5566_7788L;
    private static final long RECEIVER = 0xcafe_babe_dead_beefL;
    private static final int BODY_BYTES = 40;

    private final DatagramSeal sender = DatagramSeal.ofPublisher(SECRET, SESSION);
    private final DatagramSeal receiver = DatagramSeal.ofPublisher(SECRET, SESSION);

    /** A datagram at 3 in a buffer with more before and behind it. */
    private static ByteBuffer datagram(int type, long sequence) {
        return fill(ByteBuffer.allocate(200), type, sequence);
    }

    private static ByteBuffer fill(ByteBuffer buffer, int type, long sequence) {
        ByteBuffer datagram = buffer.order(ByteOrder.LITTLE_ENDIAN);
        byte[] content = new byte[DatagramLayout.HEADER_BYTES + BODY_BYTES];
        new Random(type).nextBytes(content);
        datagram.put(3, content).position(3).limit(3 + content.length);
        datagram.put(3 + DatagramLayout.VERSION_AND_TYPE_AT, (byte) (0x10 | type));
        datagram.put(3 + DatagramLayout.FLAGS_AT, (byte) 0x01);
        datagram.putLong(3 + DatagramLayout.SEQUENCE_AT, sequence);
        return datagram;
    }

    static byte[] bytes(ByteBuffer datagram) {
        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(datagram.position(), bytes);
        return bytes;
    }

    private static ByteBuffer copy(ByteBuffer datagram) {
        return ByteBuffer.wrap(bytes(datagram)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsSealedOpensAsItWas() {
        for (int type : TYPES) {
            for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(200), ByteBuffer.allocateDirect(200)}) {
                ByteBuffer datagram = fill(buffer, type, buffer.isDirect() ? 10L * type + 1 : 10L * type);
                byte[] body = Arrays.copyOfRange(bytes(datagram), DatagramLayout.HEADER_BYTES, datagram.remaining());
                int length = sender.seal(datagram);
                assertThat(length).isEqualTo(DatagramLayout.HEADER_BYTES + BODY_BYTES + DatagramSeal.overheadBytes(type));
                assertThat(datagram.remaining()).isEqualTo(length);
                assertThat(datagram.getShort(3 + DatagramLayout.LENGTH_AT)).isEqualTo((short) length);
                assertThat(datagram.getInt(3 + DatagramLayout.CHECKSUM_AT)).isZero();
                assertThat(datagram.get(3 + DatagramLayout.FLAGS_AT)).isEqualTo((byte) 0x03);
                assertThat(text(bytes(datagram))).as("hidden").doesNotContain(text(Arrays.copyOfRange(body, 8, 12)));
                assertThat(receiver.open(datagram)).as("type %d", type).isTrue();
                assertThat(datagram.position()).isEqualTo(3);
                byte[] opened = bytes(datagram);
                assertThat(Arrays.copyOfRange(opened, DatagramLayout.HEADER_BYTES, opened.length)).isEqualTo(body);
            }
        }
        assertThat(receiver.opened()).isEqualTo(2L * TYPES.length);
    }

    @Test
    void aDatagramWithAnyBitTurnedIsRefused() {
        for (int type : TYPES) {
            ByteBuffer sealed = datagram(type, 7 + type);
            sender.seal(sealed);
            int bits = sealed.remaining() * Byte.SIZE;
            for (int bit = 0; bit < bits; bit++) {
                ByteBuffer turned = copy(sealed);
                turned.put(bit / 8, (byte) (turned.get(bit / 8) ^ 1 << bit % 8));
                assertThat(receiver.open(turned)).as("type %d, bit %d", type, bit).isFalse();
            }
            assertThat(receiver.open(copy(sealed))).as("type %d, untouched", type).isTrue();
        }
        assertThat(receiver.forged()).isGreaterThan(5_000);
        assertThat(receiver.unkeyed()).as("the flag's bit").isGreaterThanOrEqualTo(TYPES.length);
    }

    @Test
    void aDatagramCutShortOrMadeLongerIsRefused() {
        for (int type : TYPES) {
            ByteBuffer sealed = datagram(type, 7 + type);
            sender.seal(sealed);
            for (int length = 0; length < sealed.remaining(); length++) {
                assertThat(receiver.open(copy(sealed).limit(length))).as("type %d, %d bytes", type, length).isFalse();
            }
            byte[] longer = Arrays.copyOf(bytes(sealed), sealed.remaining() + 1);
            assertThat(receiver.open(ByteBuffer.wrap(longer).order(ByteOrder.LITTLE_ENDIAN))).isFalse();
        }
    }

    @Test
    void anythingElseIsRefusedAndThrowsNothing() {
        var random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(150)];
            random.nextBytes(noise);
            assertThat(receiver.open(ByteBuffer.wrap(noise).order(ByteOrder.LITTLE_ENDIAN))).isFalse();
        }
        assertThat(receiver.opened()).isZero();
        assertThat(receiver.unkeyed() + receiver.replayed() + receiver.forged()).isEqualTo(20_000);
    }

    @Test
    void anUnsealedDatagramIsRefused() {
        assertThat(receiver.open(datagram(DatagramLayout.DATA, 1))).isFalse();
        assertThat(receiver.unkeyed()).isOne();
    }

    @Test
    void otherSecretsSessionsReceiversAndDirectionsDoNotOpen() {
        byte[] otherSecret = SECRET.clone();
        otherSecret[31] ^= 1;
        ByteBuffer data = datagram(DatagramLayout.DATA, 1);
        sender.seal(data);
        assertThat(DatagramSeal.ofPublisher(otherSecret, SESSION).open(copy(data))).isFalse();
        assertThat(DatagramSeal.ofPublisher(SECRET, SESSION + 1).open(copy(data))).isFalse();
        assertThat(DatagramSeal.ofReceiver(SECRET, RECEIVER, SESSION).open(copy(data))).isFalse();
        ByteBuffer status = datagram(DatagramLayout.STATUS, 0);
        DatagramSeal.ofReceiver(SECRET, RECEIVER, SESSION).seal(status);
        assertThat(DatagramSeal.ofReceiver(SECRET, RECEIVER + 1, SESSION).open(copy(status))).isFalse();
        assertThat(DatagramSeal.ofReceiver(SECRET, RECEIVER, SESSION + 1).open(copy(status))).isFalse();
        assertThat(DatagramSeal.ofReceiver(SECRET, RECEIVER, SESSION).open(copy(status))).isTrue();
    }

    @Test
    void aReceiversIdIsReadableAndTheRestOfItsStatusIsNot() {
        ByteBuffer status = datagram(DatagramLayout.STATUS, 0).putLong(3 + DatagramLayout.HEADER_BYTES, RECEIVER);
        DatagramSeal.ofReceiver(SECRET, RECEIVER, SESSION).seal(status);
        assertThat(DatagramSeal.receiver(status)).isEqualTo(RECEIVER);
    }

    @Test
    void whatHasACounterIsAcceptedOnceAndInAnyOrderWithinTheWindow() {
        ByteBuffer[] heartbeats = new ByteBuffer[100];
        for (int i = 0; i < heartbeats.length; i++) {
            heartbeats[i] = datagram(DatagramLayout.HEARTBEAT, 5);
            sender.seal(heartbeats[i]);
        }
        assertThat(receiver.open(copy(heartbeats[1]))).isTrue();
        assertThat(receiver.open(copy(heartbeats[0]))).isTrue();
        assertThat(receiver.open(copy(heartbeats[1]))).as("again").isFalse();
        assertThat(receiver.open(copy(heartbeats[99]))).isTrue();
        assertThat(receiver.open(copy(heartbeats[36]))).isTrue();
        assertThat(receiver.open(copy(heartbeats[35]))).as("too old").isFalse();
        assertThat(receiver.replayed()).isEqualTo(2);
    }

    @Test
    void aForgedCounterDoesNotMoveTheWindow() {
        ByteBuffer heartbeat = datagram(DatagramLayout.HEARTBEAT, 5);
        sender.seal(heartbeat);
        ByteBuffer forged = copy(heartbeat);
        forged.putLong(forged.limit() - DatagramSeal.MAX_OVERHEAD_BYTES, 1_000_000);
        assertThat(receiver.open(forged)).isFalse();
        assertThat(receiver.open(heartbeat)).isTrue();
    }

    @Test
    void aRepairIsTheSameBytesAndOpensAgain() {
        ByteBuffer data = datagram(DatagramLayout.DATA, 1);
        sender.seal(data);
        assertThat(receiver.open(copy(data))).isTrue();
        assertThat(receiver.open(copy(data))).isTrue();
    }

    @Test
    void noSequenceIsSealedTwice() {
        sender.seal(datagram(DatagramLayout.DATA, 1));
        sender.seal(datagram(FRAGMENT, 2));
        assertThatThrownBy(() -> sender.seal(datagram(DatagramLayout.DATA, 2))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("datagram 2").hasMessageContaining("at least 3");
        sender.seal(datagram(DatagramLayout.DATA, 30));
    }

    @Test
    void theSameContentIsNeverSealedToTheSameBytes() {
        Set<String> bodies = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            for (int type : TYPES) {
                ByteBuffer datagram = datagram(type, type == FRAGMENT ? 2L * i + 1 : 2L * i);
                for (int at = DatagramLayout.HEADER_BYTES; at < datagram.remaining(); at++) {
                    datagram.put(3 + at, (byte) 0);
                }
                sender.seal(datagram);
                bodies.add(text(Arrays.copyOfRange(bytes(datagram), DatagramLayout.HEADER_BYTES + 8, 80)));
            }
        }
        assertThat(bodies).hasSize(100 * TYPES.length);
    }

    @Test
    void keysChangeWithTheEpochAndBothSidesFollow() {
        long epoch = 1L << 23;
        ByteBuffer[] sealed = new ByteBuffer[6];
        long[] sequences = {epoch - 1, epoch, epoch + 1, 2 * epoch, 5 * epoch, DatagramLayout.SEQUENCE_END - 1};
        for (int i = 0; i < sealed.length; i++) {
            sealed[i] = datagram(DatagramLayout.DATA, sequences[i]);
            sender.seal(sealed[i]);
        }
        for (int i : new int[] {1, 0, 2, 0, 5, 3, 4, 0}) {
            assertThat(receiver.open(copy(sealed[i]))).as("%d", sequences[i]).isTrue();
        }
    }

    @Test
    void aShortSecretAndABufferWithoutRoomAreRefused() {
        assertThatThrownBy(() -> DatagramSeal.ofPublisher(new byte[15], 1)).hasMessageContaining("15 bytes");
        ByteBuffer full = copy(datagram(DatagramLayout.DATA, 1));
        assertThatThrownBy(() -> sender.seal(full)).hasMessageContaining("room for 16 more; there is 0");
        ByteBuffer shortOne = datagram(DatagramLayout.STATUS, 1);
        assertThatThrownBy(() -> sender.seal(shortOne.limit(3 + DatagramLayout.HEADER_BYTES + 7))).hasMessageContaining("at least 56");
    }
}
