package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RetainedLogTest {

    private static final long ALL = Long.MAX_VALUE;
    private static final int CHUNKS = 4;
    private static final int MOST_BYTES = 3_000;

    private final RetainedLog log = new RetainedLog((long) CHUNKS * Chunk.BYTES);
    private final DatagramWriter writer = new DatagramWriter(MOST_BYTES, log.open());
    private final Stamp stamp = new Stamp(5, 0);
    private final CRC32C crc = new CRC32C();
    private final Map<Long, Integer> lengths = new HashMap<>();

    /** Appends a datagram with one event of so many bytes, in another chunk if there is no place. */
    private boolean append(int bytes, long needed) {
        if (!log.open().hasPlace(MOST_BYTES)) {
            if (!log.canOpen(1, needed)) {
                return false;
            }
            log.openNext(needed);
            writer.continueIn(log.open());
        }
        int before = log.open().sealedBytes();
        writer.begin("a.b");
        writer.append("a.b", new byte[bytes], 0, bytes);
        writer.sealAsItIs();
        stamp.firstEvent = log.end();
        lengths.put(log.end(), log.open().sealedBytes() - before);
        log.open().stamp(stamp, crc);
        return true;
    }

    @Test
    void everyDatagramFromTheTrailToTheEndIsFoundWhileTheRingIsWrittenAnewManyTimes() {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            assertThat(append(500 + random.nextInt(2_000), ALL)).isTrue();
            assertThat(log.end()).isEqualTo(i + 1);
            if (i % 97 == 0) {
                verifyAll();
            }
        }
        verifyAll();
        assertThat(log.trail()).isPositive();
    }

    private void verifyAll() {
        long bytes = 0;
        for (long sequence = log.trail(); sequence < log.end(); sequence++) {
            Chunk chunk = log.chunkOf(sequence);
            assertThat(chunk.firstSequence()).isLessThanOrEqualTo(sequence);
            assertThat(chunk.endSequence()).isGreaterThan(sequence);
            assertThat(chunk.length(sequence)).isEqualTo(lengths.get(sequence));
            assertThat(chunk.firstEvent(sequence)).isEqualTo(sequence);
            assertThat(chunk.view(sequence, 1).getLong(chunk.view(sequence, 1).position() + DatagramLayout.SEQUENCE_AT)).isEqualTo(sequence);
            bytes += chunk.length(sequence);
        }
        assertThat(bytes).as("bytes retained").isLessThanOrEqualTo((long) CHUNKS * Chunk.BYTES);
        assertThat(log.trailEvent(-1)).isEqualTo(log.trail());
    }

    @Test
    void nothingThatIsNeededIsGivenUp() {
        while (append(1_000, 0)) {
            assertThat(log.trail()).isZero();
        }
        long full = log.end();
        assertThat(full).isGreaterThan((CHUNKS - 1) * 55L);
        assertThat(log.canOpen(1, log.endOfOldest() - 1)).isFalse();
        assertThat(log.canOpen(1, log.endOfOldest())).isTrue();
        assertThat(append(1_000, log.endOfOldest())).isTrue();
        assertThat(log.trail()).isPositive();
        verifyAll();
    }

    @Test
    void aLargeEventMakesTheLogGrowAndItShrinksAgainWhenThatIsNotNeeded() {
        while (append(1_000, 0)) {
            // Until it is full.
        }
        assertThat(log.canOpen(20, 0)).as("all is needed").isFalse();
        assertThat(log.canOpen(20, log.end())).as("all but the open chunk may go").isTrue();
        for (int chunk = 0; chunk < 20; chunk++) {
            log.openNext(log.trail());
            writer.continueIn(log.open());
            assertThat(append(1_000, 0)).isTrue();
        }
        long before = log.end() - log.trail();
        assertThat(log.canOpen(1, log.trail())).as("more than is retained").isFalse();
        log.openNext(log.end());
        writer.continueIn(log.open());
        append(1_000, 0);
        assertThat(log.end() - log.trail()).isLessThan(before / 2);
        verifyAll();
    }

    @Test
    void theOldestIsGivenUpWhoeverNeedsIt() {
        while (append(1_000, 0)) {
            // Until it is full.
        }
        long end = log.endOfOldest();
        log.giveUpOldest();
        assertThat(log.trail()).isEqualTo(end);
        assertThat(log.canOpen(1, 0)).isTrue();
        while (!log.hasOneChunk()) {
            log.giveUpOldest();
        }
        verifyAll();
    }

    @Test
    void anEmptyLogHasNoTrailEventOfItsOwn() {
        assertThat(log.trail()).isZero();
        assertThat(log.end()).isZero();
        assertThat(log.trailEvent(7)).isEqualTo(7);
    }

    @Test
    void aChunkThatAnAppenderWroteTakesTheOpenOnesPlaceAndSequence() {
        append(1_000, ALL);
        log.openNext(ALL);
        var written = new Chunk();
        var appender = new DatagramWriter(MOST_BYTES, written);
        for (int i = 0; i < 5; i++) {
            appender.begin("a.b");
            appender.append("a.b", new byte[100], 0, 100);
            appender.sealAsItIs();
        }
        Chunk empty = log.exchange(written);
        assertThat(empty.isEmpty()).isTrue();
        assertThat(log.open()).isSameAs(written);
        assertThat(log.end()).isEqualTo(1);
        while (!written.isStamped()) {
            written.stamp(stamp, crc);
        }
        assertThat(log.end()).isEqualTo(6);
        assertThat(log.chunkOf(0)).isNotSameAs(written);
        assertThat(log.chunkOf(1)).isSameAs(written);
        assertThat(written.train(1, ALL)).isEqualTo(5);
        assertThat(written.train(1, 3)).isEqualTo(3);
        assertThat(written.train(5, ALL)).isEqualTo(1);
    }
}
