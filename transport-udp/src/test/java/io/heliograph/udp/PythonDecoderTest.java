package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                    events.add(event(random));
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
            assertThat(read.get(i).fields()).as("seed %d, event %d", seed, i).isEqualTo(expected(i, events.get(i)));
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

    private static Event event(Random random) {
        var event = Event.builder(random.nextInt(3) == 0 ? "other.topic-" + random.nextInt(5) : TOPIC);
        byte[] data = new byte[random.nextInt(60)];
        random.nextBytes(data);
        event.data(data);
        if (random.nextBoolean()) {
            event.contentType(List.of("text/plain", "application/json", "x/y").get(random.nextInt(3)));
        }
        if (random.nextInt(4) == 0) {
            event.id("id-" + random.nextInt()).subject("\u03b1\u00e9\ud83d\ude00" + random.nextInt()).source("urn:a:" + random.nextInt(9));
        }
        if (random.nextInt(4) == 0) {
            event.time(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
                    .ttl(Duration.ofNanos(1 + random.nextInt(Integer.MAX_VALUE)));
        }
        if (random.nextInt(4) == 0) {
            event.attribute("flag", new AttributeValue.Bool(random.nextBoolean()))
                    .attribute("number", new AttributeValue.Int(random.nextInt()))
                    .attribute("note", "n" + random.nextInt(9))
                    .attribute("bytes", AttributeValue.Binary.of(data))
                    .attribute("link", AttributeValue.Link.of(URI.create("https://example.org/" + random.nextInt(9))))
                    .attribute("ref", AttributeValue.LinkReference.of(URI.create("../" + random.nextInt(9))))
                    .attribute("seen", new AttributeValue.Timestamp(Instant.ofEpochSecond(-5, 7)));
        }
        return event.build();
    }

    private static Map<String, Object> expected(long sequence, Event event) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("session", "000000000000004d");
        fields.put("sequence", sequence);
        fields.put("sent", 1_000 + sequence / PER_DATAGRAM);
        fields.put("topic", event.topic());
        fields.put("data", base64(event.data()));
        event.contentType().ifPresent(text -> fields.put("contenttype", text));
        event.id().ifPresent(text -> fields.put("id", text));
        event.subject().ifPresent(text -> fields.put("subject", text));
        if (!event.source().equals(Event.DEFAULT_SOURCE)) {
            fields.put("source", event.source());
        }
        event.time().ifPresent(time -> fields.put("time", moment(time)));
        event.ttl().ifPresent(ttl -> fields.put("ttl_ns", ttl.toNanos()));
        if (!event.attributes().isEmpty()) {
            var attributes = new LinkedHashMap<String, Object>();
            event.attributes().forEach((name, value) -> attributes.put(name, expected(value)));
            fields.put("attributes", attributes);
        }
        return fields;
    }

    private static Map<String, Object> expected(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Bool bool -> Map.of("boolean", bool.value());
            case AttributeValue.Int number -> Map.of("integer", (long) number.value());
            case AttributeValue.Text text -> Map.of("string", text.value());
            case AttributeValue.Binary binary -> Map.of("binary", Base64.getEncoder().encodeToString(binary.bytes()));
            case AttributeValue.Link link -> Map.of("uri", link.canonical());
            case AttributeValue.LinkReference link -> Map.of("uri-reference", link.canonical());
            case AttributeValue.Timestamp time -> Map.of("timestamp", moment(time.value()));
        };
    }

    private static Map<String, Object> moment(Instant time) {
        return Map.of("seconds", time.getEpochSecond(), "nanos", (long) time.getNano());
    }

    private static String base64(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
