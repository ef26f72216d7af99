package io.heliograph.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.RandomEvents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FrameRoundTripTest {

    private static final String CONTEXT = "prices.1";

    private final FrameDecoder decoder = new FrameDecoder();

    static byte[] encode(Event event, String contextTopic) {
        ByteBuffer target = ByteBuffer.allocate(FrameEncoder.encodedLength(event, contextTopic)).order(ByteOrder.LITTLE_ENDIAN);
        FrameEncoder.encode(event, contextTopic, target);
        assertThat(target.hasRemaining()).as("the announced length of %s", event).isFalse();
        return target.array();
    }

    private Event decode(byte[] frame, String contextTopic) {
        ByteBuffer source = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(decoder.decode(source, contextTopic)).isInstanceOfSatisfying(DecodedEvent.class,
                decoded -> assertThat(source.hasRemaining()).isFalse());
        return ((DecodedEvent) decoder.decode(source.rewind(), contextTopic)).event();
    }

    @Test
    void everyEventComesBackFromTheSameBytes() {
        long seed = System.nanoTime();
        var events = new RandomEvents(new Random(seed));
        Set<Integer> kinds = new HashSet<>();
        Set<Class<?>> types = new HashSet<>();
        for (int i = 0; i < 6_000; i++) {
            Event event = events.next(CONTEXT);
            String context = i % 2 == 0 ? CONTEXT : FrameEncoder.NO_TOPIC;
            byte[] frame = encode(event, context);
            Event decoded = decode(frame, context);
            assertThat(decoded).as("event %d, seed %d", i, seed).isEqualTo(event);
            assertThat(encode(decoded, context)).as("frame %d, seed %d", i, seed).isEqualTo(frame);
            kinds.add(frame[3] >> 4 & 0xf);
            event.attributes().values().forEach(value -> types.add(value.getClass()));
        }
        assertThat(kinds).as("kinds seen, seed %d", seed).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(types).as("types seen, seed %d", seed).hasSize(7);
    }

    @Test
    void oneEventHasOneFormHoweverItWasBuilt() {
        Event one = Event.builder("a").id("i").subject("s").attribute("b", "2").attribute("a", "1").data(new byte[] {1}).build();
        Event other = Event.builder("a").data(new byte[] {1}).attribute("a", "1").subject("s").attribute("b", "2").id("i").build();
        assertThat(encode(one, "")).isEqualTo(encode(other, ""));
    }

    @Test
    void framesStandOneBehindTheOther() {
        long seed = System.nanoTime();
        var events = new RandomEvents(new Random(seed));
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
        var written = new ArrayList<Event>();
        buffer.position(7);
        for (int i = 0; i < 200; i++) {
            written.add(events.next(CONTEXT));
            int before = buffer.position();
            FrameEncoder.encode(written.getLast(), CONTEXT, buffer);
            assertThat(buffer.position() - before).isEqualTo(FrameEncoder.encodedLength(written.getLast(), CONTEXT));
        }
        int end = buffer.position();
        buffer.position(7).limit(end);
        for (Event event : written) {
            assertThat(decoder.decode(buffer, CONTEXT)).as("seed %d", seed).isEqualTo(new DecodedEvent(event));
            assertThat(buffer.limit()).isEqualTo(end);
        }
        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(decoder.decode(buffer, CONTEXT)).isEqualTo(MalformedFrame.TRUNCATED_HEADER);
    }

    @Test
    void compactFramesAreFourBytesAndTheData() {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        assertThat(hex.formatHex(encode(Event.of("t", new byte[] {9, 8}), "t"))).isEqualTo("02 00 00 10 09 08");
        assertThat(hex.formatHex(encode(Event.of("t", "hi"), "t"))).isEqualTo("02 00 00 20 68 69");
        assertThat(hex.formatHex(encode(Event.json("t", "{}"), "t"))).isEqualTo("02 00 00 30 7b 7d");
        assertThat(hex.formatHex(encode(Event.of("t", new byte[0]), "t"))).isEqualTo("00 00 00 10");
    }

    /** These bytes are drawn in docs/wire.md: they change only with the format. */
    @Test
    void aFullFrameIsLaidOutAsItIsDrawn() {
        Event event = Event.builder("a.b").subject("s").time(Instant.ofEpochSecond(1, 2)).ttl(Duration.ofNanos(3))
                .attribute("n", new AttributeValue.Int(-1)).data(new byte[] {0x7f}, "x/y").build();
        assertThat(HexFormat.ofDelimiter(" ").formatHex(encode(event, "t"))).isEqualTo(String.join(" ",
                "35 00 00 40",
                "03 61 2e 62",
                "2e 00",
                "03 01 00 73",
                "04 03 00 78 2f 79",
                "05 0c 00 01 00 00 00 00 00 00 00 02 00 00 00",
                "06 08 00 03 00 00 00 00 00 00 00",
                "10 07 00 01 6e 02 ff ff ff ff",
                "7f"));
    }

    @Test
    void bytesBecomeTheFrameOfTheSameEvent() {
        byte[] bytes = {1, 2, 3, 4, 5};
        for (String contextTopic : List.of("t", "another", FrameEncoder.NO_TOPIC)) {
            int length = FrameEncoder.encodedLength("t", contextTopic, 3);
            ByteBuffer target = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            FrameEncoder.encodeBytes("t", contextTopic, bytes, 1, 3, target);
            assertThat(target.array()).isEqualTo(encode(Event.of("t", new byte[] {2, 3, 4}), contextTopic));
        }
    }

    @Test
    void anEventThatNoFrameHoldsHasNoLength() {
        EventBuilder event = Event.builder("a");
        for (int i = 0; i < 7; i++) {
            event.attribute("n" + i, "x".repeat(8192));
        }
        assertThat(FrameEncoder.encodedLength(event.build(), "")).isLessThan(0x10000);
        assertThat(decode(encode(event.build(), ""), "")).isEqualTo(event.build());
        event.attribute("n7", "x".repeat(8192));
        assertThat(FrameEncoder.encodedLength(event.build(), "")).isEqualTo(Integer.MAX_VALUE);
        assertThat(FrameEncoder.encodedLength("t", "t", FrameEncoder.MAX_BODY_BYTES)).isEqualTo(FrameEncoder.MAX_BODY_BYTES + 4);
        assertThat(FrameEncoder.encodedLength("t", "t", FrameEncoder.MAX_BODY_BYTES + 1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void fieldsFillTheirLengthToTheLastByte() {
        EventBuilder event = Event.builder("a");
        for (int i = 0; i < 7; i++) {
            event.attribute("n" + i, "x".repeat(8192));
        }
        // 7 x (3 + 2 + 2 + 8192) = 57393; the rest of 65535 is one more attribute: 3 + 2 + 2 + 8135.
        Event fits = event.attribute("n7", "x".repeat(8135)).build();
        assertThat(decode(encode(fits, ""), "")).isEqualTo(fits);
        Event above = event.attribute("n7", "x".repeat(8136)).build();
        assertThat(FrameEncoder.encodedLength(above, "")).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void momentsReachAsFarAsAClockCan() {
        for (Instant moment : new Instant[] {Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.ofEpochSecond(-1, 999_999_999)}) {
            Event event = Event.builder("a").time(moment).attribute("x", new AttributeValue.Timestamp(moment)).build();
            assertThat(decode(encode(event, ""), "")).isEqualTo(event);
        }
    }
}
