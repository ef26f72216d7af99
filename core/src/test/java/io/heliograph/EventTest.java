package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EventTest {

    private static EventBuilder full() {
        return Event.builder("a.b").data(new byte[] {1, 2, 3}, "application/x").source("/s").subject("sub").id("id-1")
                .time(Instant.EPOCH).ttl(Duration.ofSeconds(2)).attribute("x", "y");
    }

    static List<Function<EventBuilder, EventBuilder>> changes() {
        return List.of(
                b -> b.data(new byte[] {1, 2, 4}, "application/x"), b -> b.contentType("application/y"),
                b -> b.source("/t"), b -> b.subject("sub2"), b -> b.id("id-2"), b -> b.time(Instant.EPOCH.plusNanos(1)),
                b -> b.ttl(Duration.ofNanos(1)), b -> b.attribute("x", "z"), b -> b.attribute("y", "y"),
                b -> b.attribute("x", new AttributeValue.LinkReference("y")));
    }

    @Test
    void isEqualByContent() {
        Event event = full().build();
        assertThat(event).isEqualTo(full().build()).hasSameHashCodeAs(full().build()).isNotEqualTo("a.b");
        assertThat(event.toBuilder().build()).isEqualTo(event);
        assertThat(Event.of("a", "x")).isNotEqualTo(Event.of("b", "x")).isNotEqualTo(Event.json("a", "x"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void differsInEveryField(Function<EventBuilder, EventBuilder> change) {
        assertThat(change.apply(full()).build()).isNotEqualTo(full().build());
    }

    @Test
    void copiesWhatItIsGiven() {
        byte[] bytes = {1, 2, 3};
        Event event = Event.builder("a").data(bytes).build();
        Event typed = Event.builder("a").data(bytes, "x/y").build();
        Event buffered = Event.builder("a").dataFrom(ByteBuffer.wrap(bytes)).build();
        bytes[0] = 9;
        for (Event each : List.of(event, typed, buffered)) {
            assertThat(each.data().get(0)).isEqualTo((byte) 1);
        }
        assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> event.data().put(0, (byte) 9));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> full().build().attributes().clear());
    }

    @Test
    void isNotChangedByTheBuilderItCameFrom() {
        EventBuilder builder = full();
        Event first = builder.build();
        builder.attribute("x", "changed").subject("changed");
        assertThat(first).isEqualTo(full().build());
        EventBuilder second = first.toBuilder();
        second.attribute("new", "one");
        assertThat(first.attributes()).containsOnlyKeys("x");
    }

    @Test
    void handsOutItsDataFromItsFirstByteEachTime() {
        Event event = Event.of("a", "hello");
        event.data().get();
        assertThat(event.data().remaining()).isEqualTo(5).isEqualTo(event.dataLength());
        assertThat(StandardCharsets.UTF_8.decode(event.data()).toString()).isEqualTo("hello").isEqualTo(event.text());
        var target = ByteBuffer.allocate(5);
        event.putData(target);
        assertThat(target.array()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    }

    @Test
    void takesOnlyTheRemainingBytesOfABuffer() {
        ByteBuffer buffer = ByteBuffer.wrap("0123456789".getBytes(StandardCharsets.US_ASCII)).position(2).limit(5);
        assertThat(Event.builder("a").contentType("text/plain").dataFrom(buffer).build()).isEqualTo(Event.of("a", "234"));
        assertThat(buffer.position()).isEqualTo(2);
    }

    @Test
    void saysWhatItCarries() {
        assertThat(Event.of("a", "t").contentType()).contains("text/plain");
        assertThat(Event.of("a", new byte[0]).contentType()).isEmpty();
        assertThat(Event.json("a", "{}").contentType()).contains("application/json");
        assertThat(Event.of("a", "t").source()).isEqualTo("heliograph");
        assertThat(full().build()).hasToString("Event[a.b, id id-1, subject sub, 3 bytes]");
    }

    @Test
    void goesByItsPartitionKeyThenItsSubject() {
        assertThat(Event.of("a", "t").key()).isEmpty();
        assertThat(full().build().key()).contains("sub");
        assertThat(full().attribute("partitionkey", "p").build().key()).contains("p");
        assertThat(full().attribute("partitionkey", new AttributeValue.Int(7)).build().key()).contains("7");
    }

    @Test
    void countsItsDataItsTextAnd16() {
        assertThat(Event.of("a", new byte[0]).size()).isEqualTo(17);
        assertThat(Event.of("abc", new byte[100]).size()).isEqualTo(16 + 3 + 100);
        assertThat(full().build().size()).isEqualTo(16 + 3 + 3 + "application/x".length() + 2 + 3 + 4 + 2);
        assertThat(Event.builder("a").attribute("n", new AttributeValue.Int(-10)).build().size()).isEqualTo(17 + 1 + 3);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                bad("topic", () -> Event.builder("a b")),
                bad("datacontenttype", () -> Event.builder("a").contentType("")),
                bad("datacontenttype", () -> Event.builder("a").data(new byte[1], "x\ny")),
                bad("source", () -> Event.builder("a").source("")),
                bad("source", () -> Event.builder("a").source("\u0007")),
                bad("subject", () -> Event.builder("a").subject("")),
                bad("subject", () -> Event.builder("a").subject("x\u0085y")),
                bad("subject", () -> Event.builder("a").subject("\ud800x")),
                bad("subject", () -> Event.builder("a").subject("x\udc00")),
                bad("subject", () -> Event.builder("a").subject("\ufffe")),
                bad("subject", () -> Event.builder("a").subject("\ufdd0")),
                bad("subject", () -> Event.builder("a").subject("\ud83f\udfff")),
                bad("id", () -> Event.builder("a").id("")),
                bad("ttl", () -> Event.builder("a").ttl(Duration.ZERO)),
                bad("ttl", () -> Event.builder("a").ttl(Duration.ofNanos(-1))),
                bad("ttl", () -> Event.builder("a").ttl(Duration.ofNanos(Long.MAX_VALUE).plusNanos(1))),
                bad("attribute name", () -> Event.builder("a").attribute("", "x")),
                bad("attribute name", () -> Event.builder("a").attribute("Upper", "x")),
                bad("attribute name", () -> Event.builder("a").attribute("a_b", "x")),
                bad("attribute name", () -> Event.builder("a").attribute("ttl", "x")),
                bad("attribute name", () -> Event.builder("a").attribute("data", "x")),
                bad("attribute name", () -> Event.builder("a").attribute("a".repeat(21), "x")),
                bad("attribute value", () -> Event.builder("a").attribute("x", "a\nb")));
    }

    private static Arguments bad(String what, Runnable act) {
        return Arguments.of(what, act);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void namesTheValueThatIsNotAllowedInOneLine(String what, Runnable act) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(act::run)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(what + " '").contains("': allowed is ").hasLineCount(1));
    }

    @Test
    void showsOnlyTheBeginningOfALongValue() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Event.builder("x ".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).contains("..."));
    }

    @Test
    void takesTextUpTo8192BytesOfUtf8() {
        String euro = "\u20ac";
        assertThat(Event.builder("a").subject("x".repeat(8191)).subject("x".repeat(8192)).build().subject().get()).hasSize(8192);
        assertThat(Event.builder("a").subject(euro.repeat(2730) + "xx").build().subject().get()).hasSize(2732);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Event.builder("a").subject("x".repeat(8193)));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Event.builder("a").subject(euro.repeat(2730) + "xxx"));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Event.builder("a").attribute("x", "x".repeat(8193)));
        assertThat(Event.builder("a").attribute("x", "x".repeat(8192)).build().attributes()).hasSize(1);
    }

    @Test
    void takesUpTo64AttributesOfUpTo20Characters() {
        EventBuilder builder = Event.builder("a").attribute("a".repeat(19), "x").attribute("a".repeat(20), "x");
        for (int i = 0; i < 62; i++) {
            builder.attribute("n" + i, "x");
        }
        assertThat(builder.build().attributes()).hasSize(64);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> builder.attribute("n62", "x"))
                .withMessageContaining("at most 64");
    }

    @Test
    void takesTheLongestTimeToLive() {
        Duration longest = Duration.ofNanos(Long.MAX_VALUE);
        assertThat(Event.builder("a").ttl(longest).build().ttl()).contains(longest);
        assertThat(Event.builder("a").ttl(Duration.ofNanos(1)).build().ttl()).contains(Duration.ofNanos(1));
    }

    @Test
    void writesAttributesAsCloudEventsDoes() {
        Map<AttributeValue, String> canonical = Map.of(
                new AttributeValue.Bool(true), "true",
                new AttributeValue.Int(-5), "-5",
                new AttributeValue.Text("t"), "t",
                AttributeValue.Binary.of(new byte[] {1, 2, (byte) 0xff}), "AQL/",
                new AttributeValue.Link("http://a/b"), "http://a/b",
                new AttributeValue.LinkReference("b?c"), "b?c",
                new AttributeValue.Timestamp(Instant.EPOCH), "1970-01-01T00:00:00Z");
        assertThat(canonical).allSatisfy((value, text) -> assertThat(value.canonical()).isEqualTo(text));
    }

    @Test
    void comparesBinaryAttributesByTheirBytes() {
        assertThat(new AttributeValue.Binary("AB")).isEqualTo(AttributeValue.Binary.of(new byte[] {(byte) 0xab}));
        assertThat(AttributeValue.Binary.of(new byte[] {5, 6}).bytes()).containsExactly(5, 6);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new AttributeValue.Binary("xy"));
    }

    @Test
    void comparesLinksByTheirText() {
        assertThat(new AttributeValue.Link("HTTP://a/%ab"))
                .isNotEqualTo(new AttributeValue.Link("http://a/%ab"))
                .isNotEqualTo(new AttributeValue.Link("HTTP://a/%AB"))
                .isEqualTo(AttributeValue.Link.of(URI.create("HTTP://a/%ab")));
        assertThat(AttributeValue.LinkReference.of(URI.create("b?c")).value()).isEqualTo(URI.create("b?c"));
        assertThat(new AttributeValue.Link("http://a").value()).isEqualTo(URI.create("http://a"));
    }

    @Test
    void refusesLinksThatNoTextMayHold() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new AttributeValue.Link("relative"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new AttributeValue.LinkReference("a\ud800b"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new AttributeValue.Link("http://a/\ufffe"));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new AttributeValue.LinkReference("a b"));
        var tooLong = new AttributeValue.LinkReference("x".repeat(8193));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Event.builder("a").attribute("x", tooLong));
    }
}
