package io.heliograph.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason, from frames written by hand. */
final class FrameDecoderTest {

    private static final Set<MalformedFrame> SEEN = EnumSet.noneOf(MalformedFrame.class);
    private static final String CONTEXT = "t";

    private final FrameDecoder decoder = new FrameDecoder();

    @AfterAll
    static void everyReasonHasBeenGiven() {
        assertThat(SEEN).containsExactlyInAnyOrder(MalformedFrame.values());
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("[^0-9a-f]", ""));
    }

    /** A frame of {@code kind} around {@code body}. */
    private static byte[] frame(int kind, byte[] body) {
        return ByteBuffer.allocate(4 + body.length).order(ByteOrder.LITTLE_ENDIAN).putInt(kind << 28 | body.length).put(body).array();
    }

    /** A full frame on topic {@code a} with these fields, and no data. */
    private static byte[] fields(byte[]... fields) {
        return full("a", fields);
    }

    private static byte[] full(String topic, byte[]... fields) {
        byte[] all = join(fields);
        return frame(4, join(new byte[] {(byte) topic.length()}, topic.getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {(byte) all.length, (byte) (all.length >> 8)}, all));
    }

    private static byte[] field(int tag, byte[] value) {
        return join(new byte[] {(byte) tag, (byte) value.length, (byte) (value.length >> 8)}, value);
    }

    private static byte[] text(int tag, String text) {
        return field(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] attribute(String name, int type, byte[] value) {
        return field(16, join(new byte[] {(byte) name.length()}, name.getBytes(StandardCharsets.UTF_8), new byte[] {(byte) type}, value));
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] attributes(int count) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(attribute("n" + (char) ('a' + i / 26) + (char) ('a' + i % 26), 1, new byte[1]));
        }
        return all.toByteArray();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                bad(MalformedFrame.TRUNCATED_HEADER, new byte[0]),
                bad(MalformedFrame.TRUNCATED_HEADER, hex("00 00 00")),
                bad(MalformedFrame.TRUNCATED_BODY, hex("01 00 00 10")),
                bad(MalformedFrame.TRUNCATED_BODY, hex("ff ff ff 1f 00")),
                bad(MalformedFrame.TRUNCATED_BODY, hex("ff ff ff ff 00")),
                bad(MalformedFrame.UNKNOWN_KIND, frame(0, new byte[0])),
                bad(MalformedFrame.UNKNOWN_KIND, frame(5, new byte[3])),
                bad(MalformedFrame.UNKNOWN_KIND, frame(15, new byte[0])),
                bad(MalformedFrame.BAD_TOPIC, frame(4, new byte[0])),
                bad(MalformedFrame.BAD_TOPIC, frame(4, hex("02 61"))),
                bad(MalformedFrame.BAD_TOPIC, frame(4, hex("ff 61 00 00"))),
                bad(MalformedFrame.BAD_TOPIC, full("a b")),
                bad(MalformedFrame.BAD_TOPIC, full("a.")),
                bad(MalformedFrame.BAD_TOPIC, full("\u00ff")),
                bad(MalformedFrame.BAD_TOPIC, full(CONTEXT, text(Field.ID, "i"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, frame(4, hex("01 61"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, frame(4, hex("01 61 00"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, frame(4, hex("01 61 01 00"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, frame(4, hex("01 61 ff ff 01"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(hex("01 01"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(hex("01 02 00 61"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(hex("01 ff ff 61"))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(field(Field.TIME, new byte[11]))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(field(Field.TIME, new byte[13]))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(field(Field.TTL, new byte[7]))),
                bad(MalformedFrame.BAD_FIELD_LENGTH, fields(field(Field.TTL, new byte[9]))),
                bad(MalformedFrame.UNKNOWN_FIELD, fields(field(7, new byte[0]))),
                bad(MalformedFrame.UNKNOWN_FIELD, fields(field(15, new byte[1]))),
                bad(MalformedFrame.UNKNOWN_FIELD, fields(field(17, new byte[1]))),
                bad(MalformedFrame.UNKNOWN_FIELD, fields(field(255, new byte[1]))),
                bad(MalformedFrame.FIELD_ORDER, fields(text(Field.SUBJECT, "s"), text(Field.ID, "i"))),
                bad(MalformedFrame.FIELD_ORDER, fields(text(Field.ID, "i"), text(Field.ID, "i"))),
                bad(MalformedFrame.FIELD_ORDER, fields(attribute("b", 1, new byte[1]), attribute("a", 1, new byte[1]))),
                bad(MalformedFrame.FIELD_ORDER, fields(attribute("a", 1, new byte[1]), attribute("a", 1, new byte[1]))),
                bad(MalformedFrame.FIELD_ORDER, fields(attribute("a", 1, new byte[1]), text(Field.ID, "i"))),
                bad(MalformedFrame.FIELD_ORDER, fields(text(Field.SOURCE, Event.DEFAULT_SOURCE))),
                bad(MalformedFrame.FIELD_ORDER, full("")),
                bad(MalformedFrame.FIELD_ORDER, full("", text(Field.CONTENT_TYPE, "text/plain"))),
                bad(MalformedFrame.FIELD_ORDER, full("", text(Field.CONTENT_TYPE, "application/json"))),
                bad(MalformedFrame.BAD_TEXT, fields(text(Field.ID, ""))),
                bad(MalformedFrame.BAD_TEXT, fields(text(Field.SOURCE, "a\nb"))),
                bad(MalformedFrame.BAD_TEXT, fields(text(Field.SUBJECT, "\ufffe"))),
                bad(MalformedFrame.BAD_TEXT, fields(text(Field.SUBJECT, "x".repeat(8193)))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.CONTENT_TYPE, hex("80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("c0 80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("e0 80 80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("ed a0 80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("ed a0 bd ed b8 80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("f4 90 80 80")))),
                bad(MalformedFrame.BAD_TEXT, fields(field(Field.ID, hex("61 e2 82")))),
                bad(MalformedFrame.BAD_TIME, fields(field(Field.TIME, hex("00 00 00 00 00 00 00 00  00 ca 9a 3b")))),
                bad(MalformedFrame.BAD_TIME, fields(field(Field.TIME, hex("00 00 00 00 00 00 00 00  ff ff ff ff")))),
                bad(MalformedFrame.BAD_TIME, fields(field(Field.TIME, hex("ff ff ff ff ff ff ff 7f  00 00 00 00")))),
                bad(MalformedFrame.BAD_TIME, fields(field(Field.TIME, hex("00 00 00 00 00 00 00 80  00 00 00 00")))),
                bad(MalformedFrame.BAD_TTL, fields(field(Field.TTL, new byte[8]))),
                bad(MalformedFrame.BAD_TTL, fields(field(Field.TTL, hex("ff ff ff ff ff ff ff ff")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(field(16, new byte[0]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(field(16, hex("00 01")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(field(16, hex("01 61")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(field(16, hex("ff 61 01 00")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("A", 1, new byte[1]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("type", 3, utf8("x")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a".repeat(21), 1, new byte[1]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 0, new byte[1]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 8, new byte[1]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 1, new byte[0]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 1, new byte[] {2}))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 2, new byte[3]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 2, new byte[5]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 3, utf8("x".repeat(8193))))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 3, utf8("\u0000")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 3, hex("ff")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 4, new byte[4097]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 5, utf8("relative")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 5, utf8("http://a b")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 6, utf8("%zz")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 7, new byte[11]))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attribute("a", 7, hex("ff ff ff ff ff ff ff 7f  00 00 00 00")))),
                bad(MalformedFrame.BAD_ATTRIBUTE, fields(attributes(65))));
    }

    private static Arguments bad(MalformedFrame reason, byte[] frame) {
        return Arguments.of(reason, HexFormat.of().formatHex(frame, 0, Math.min(frame.length, 24)), frame);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("malformed")
    void namesTheReason(MalformedFrame reason, String beginning, byte[] frame) {
        ByteBuffer source = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(decoder.decode(source, CONTEXT)).isEqualTo(reason);
        boolean truncated = reason == MalformedFrame.TRUNCATED_HEADER || reason == MalformedFrame.TRUNCATED_BODY;
        assertThat(source.position()).isEqualTo(truncated ? 0 : frame.length);
        assertThat(source.limit()).isEqualTo(frame.length);
        SEEN.add(reason);
    }

    @Test
    void needsATopicFromSomewhere() {
        for (byte[] frame : new byte[][] {frame(1, new byte[0]), frame(2, utf8("x")), frame(3, utf8("{}")), full("", text(Field.ID, "i"))}) {
            assertThat(decoder.decode(ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN), FrameEncoder.NO_TOPIC))
                    .isEqualTo(MalformedFrame.NO_TOPIC);
        }
        SEEN.add(MalformedFrame.NO_TOPIC);
    }

    @Test
    void goesOnBehindAMalformedFrame() {
        byte[] good = FrameRoundTripTest.encode(Event.of("t", "good"), CONTEXT);
        ByteBuffer source = ByteBuffer.wrap(join(frame(9, new byte[50]), fields(field(7, new byte[9])), good)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(decoder.decode(source, CONTEXT)).isEqualTo(MalformedFrame.UNKNOWN_KIND);
        assertThat(decoder.decode(source, CONTEXT)).isEqualTo(MalformedFrame.UNKNOWN_FIELD);
        assertThat(decoder.decode(source, CONTEXT)).isEqualTo(new DecodedEvent(Event.of("t", "good")));
        assertThat(source.hasRemaining()).isFalse();
    }

    @Test
    void readsNothingBehindTheLimit() {
        byte[] frame = FrameRoundTripTest.encode(Event.of("t", "0123456789"), CONTEXT);
        for (int limit = 0; limit < frame.length; limit++) {
            ByteBuffer source = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).limit(limit);
            assertThat(decoder.decode(source, CONTEXT))
                    .isEqualTo(limit < 4 ? MalformedFrame.TRUNCATED_HEADER : MalformedFrame.TRUNCATED_BODY);
            assertThat(FrameDecoder.frameLength(source)).isEqualTo(limit < 4 ? Integer.MAX_VALUE : frame.length);
            assertThat(source.position()).isZero();
        }
    }

    @Test
    void takesTheLimitsThemselves() {
        for (byte[] frame : new byte[][] {fields(attributes(64)), fields(text(Field.SUBJECT, "x".repeat(8192))),
            fields(attribute("a".repeat(20), 3, utf8("x".repeat(8192)))), fields(attribute("a", 4, new byte[4096])),
            fields(attribute("a", 3, new byte[0])), fields(attribute("a", 6, new byte[0])), full("a".repeat(255))}) {
            assertThat(decoder.decode(ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN), CONTEXT))
                    .isInstanceOfSatisfying(DecodedEvent.class, decoded ->
                            assertThat(FrameRoundTripTest.encode(decoded.event(), CONTEXT)).isEqualTo(frame));
        }
    }
}
