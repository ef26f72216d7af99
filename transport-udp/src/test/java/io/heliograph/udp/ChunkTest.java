package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ChunkTest {

    private final Chunk chunk = new Chunk();
    private final DatagramWriter writer = new DatagramWriter(1_000, chunk);
    private final Stamp stamp = new Stamp(5, 0);
    private final CRC32C crc = new CRC32C();
    private final Datagram datagram = new Datagram();

    private static void write(DatagramWriter into, int bytes) {
        into.begin("a.b");
        into.append("a.b", new byte[bytes], 0, bytes);
        into.sealAsItIs();
    }

    private void stampAll() {
        while (!chunk.isStamped()) {
            stamp.firstEvent += chunk.stamp(stamp, crc);
        }
    }

    @Test
    void whatIsStampedIsADatagramAndWhatIsOnlySealedDoesNotExistYet() {
        chunk.clear(100);
        write(writer, 10);
        write(writer, 20);
        assertThat(chunk.count()).isEqualTo(2);
        assertThat(chunk.endSequence()).isEqualTo(100);
        stampAll();
        assertThat(chunk.endSequence()).isEqualTo(102);
        ByteBuffer second = chunk.view(101, 1);
        assertThat(datagram.wrap(second)).isEmpty();
        assertThat(datagram.sequence()).isEqualTo(101);
        assertThat(datagram.firstEvent()).isEqualTo(1);
    }

    @Test
    void aTrainEndsWithTheFirstShorterDatagramAndBeforeTheFirstLongerOne() {
        for (int bytes : new int[] {100, 100, 100, 50, 50, 200, 10}) {
            write(writer, bytes);
        }
        stampAll();
        assertThat(chunk.train(0, 10)).as("three and the shorter one").isEqualTo(4);
        assertThat(chunk.train(0, 2)).isEqualTo(2);
        assertThat(chunk.train(3, 10)).as("two of fifty, then a longer one").isEqualTo(2);
        assertThat(chunk.train(5, 10)).isEqualTo(2);
        assertThat(chunk.train(6, 10)).isEqualTo(1);
    }

    @Test
    void aTrainHasNoMoreDatagramsThanTheIoTakes() {
        for (int i = 0; i < 300; i++) {
            write(writer, 1);
        }
        stampAll();
        assertThat(chunk.train(0, 1_000)).isEqualTo(DatagramIo.MAX_TRAIN_SEGMENTS);
        assertThat(chunk.train(290, 1_000)).isEqualTo(10);
    }

    @Test
    void aCopyStandsBehindWhatIsThereAndIsStampedLikeTheRest() {
        var other = new Chunk();
        var into = new DatagramWriter(1_000, other);
        write(into, 300);
        write(into, 400);
        write(writer, 10);
        stampAll();
        assertThat(chunk.hasPlaceFor(other)).isTrue();
        chunk.copy(other);
        stampAll();
        for (long sequence = 0; sequence < 3; sequence++) {
            assertThat(datagram.wrap(chunk.view(sequence, 1))).as("datagram %d", sequence).isEmpty();
            assertThat(datagram.sequence()).isEqualTo(sequence);
        }
        assertThat(chunk.length(2)).isEqualTo(other.length(1));
    }

    @Test
    void aPlaceIsThereUpToTheLastByteAndNotBeyond() {
        var largest = new DatagramWriter(Chunk.BYTES / 2, chunk);
        write(largest, Chunk.BYTES / 2 - DatagramLayout.HEADER_BYTES - 4 - 4);
        assertThat(chunk.sealedBytes()).isEqualTo(Chunk.BYTES / 2);
        assertThat(chunk.hasPlace(Chunk.BYTES / 2)).isTrue();
        assertThat(chunk.hasPlace(Chunk.BYTES / 2 + 1)).isFalse();
        write(largest, Chunk.BYTES / 2 - DatagramLayout.HEADER_BYTES - 4 - 4);
        assertThat(chunk.hasPlace(1)).isFalse();
        assertThat(chunk.hasPlaceFor(chunk)).isFalse();
        chunk.clear(0);
        assertThat(chunk.isEmpty()).isTrue();
        assertThat(chunk.hasPlace(Chunk.BYTES)).isTrue();
    }
}
