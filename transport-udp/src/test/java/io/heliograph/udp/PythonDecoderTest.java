package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonDecoderTest {

    private static final String TOPIC = "net.events";
    private static final int EVENTS = 2_000;
    private static final int PER_DATAGRAM = 20;
    private static final int HEADER_BYTES = 48;

    @TempDir
    private Path folder;

    @BeforeEach
    void requirePython() {
        PythonDecoder.requirePython();
    }

    @Test
    void passesItsOwnTests() throws InterruptedException {
        PythonDecoder.Output output = PythonDecoder.run("decode_test.py", List.of());

        assertThat(output.code()).as(String.join("\n", output.errors())).isZero();
        assertThat(output.errors()).last().isEqualTo("OK");
        assertThat(output.errors()).anyMatch(line -> line.matches("Ran [0-9]{2,} tests in .*"));
    }

    @Test
    void readsTheFramesThatTheEncoderWrites() throws IOException, InterruptedException {
        long seed = 11;
        var random = new Random(seed);
        List<Event> events = new ArrayList<>();
        Path file = folder.resolve("capture");
        try (var capture = new CaptureFile(file)) {
            for (int sequence = 0; events.size() < EVENTS; sequence++) {
                int first = events.size();
                for (int i = 0; i < PER_DATAGRAM; i++) {
                    events.add(PythonEvents.event(TOPIC, random));
                }
                capture.add(sequence, datagram(sequence, first, events.subList(first, events.size())));
            }
        }

        PythonDecoder.Output output = PythonDecoder.decode(file, "--from-start");

        assertThat(output.errors()).isEmpty();
        assertThat(output.code()).isZero();
        assertThat(output.gaps()).isEmpty();
        List<NetReport> read = output.events();
        assertThat(read).hasSize(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            assertThat(read.get(i).fields()).as("seed %d, event %d", seed, i).isEqualTo(PythonEvents.printed(77, i, 1_000 + i / PER_DATAGRAM, events.get(i)));
        }
    }

    /** A datagram as docs/wire.md draws it, without help from the code under test. */
    private static ByteBuffer datagram(long sequence, long firstEvent, List<Event> events) {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
        bytes.put((byte) TOPIC.length()).put(TOPIC.getBytes(StandardCharsets.US_ASCII));
        events.forEach(event -> FrameEncoder.encode(event, TOPIC, bytes));
        bytes.flip();
        bytes.putShort(4, (short) 0x4748).put(6, (byte) 0x11).put(7, (byte) 1);
        bytes.putShort(8, (short) bytes.limit()).putShort(10, (short) events.size()).putInt(12, 5);
        bytes.putLong(16, 77).putLong(24, sequence).putLong(32, firstEvent).putLong(40, 1_000 + sequence);
        var crc = new CRC32C();
        crc.update(bytes.slice(4, bytes.limit() - 4));
        return bytes.putInt(0, (int) crc.getValue());
    }
}
