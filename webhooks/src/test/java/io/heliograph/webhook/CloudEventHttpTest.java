package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventHttpTest {

    private static final Event EVENT = Event.builder("orders.created")
            .id("o-1").source("/shop").subject("Euro € 😀").time(Instant.parse("2026-01-02T03:04:05.678Z"))
            .attribute("partitionkey", "a\"b%c").attribute("count", new AttributeValue.Int(-7))
            .attribute("paid", new AttributeValue.Bool(true))
            .data("{\"a\": 1}".getBytes(StandardCharsets.UTF_8), "application/json")
            .build();

    @Test
    void writesStructuredAsJson() {
        HttpContent content = CloudEventHttp.write(EVENT, "unused", ContentMode.STRUCTURED);

        assertThat(content.headers()).containsExactly(new HttpHeader("content-type", "application/cloudevents+json; charset=utf-8"));
        assertThat(content.body()).isEqualTo(CloudEventJson.write(EVENT, "unused").getBytes(StandardCharsets.UTF_8));
        assertThat(text(content)).contains("\"data\":{\"a\": 1}");
    }

    @Test
    void writesBinaryAsFieldsAndTheBareData() {
        HttpContent content = CloudEventHttp.write(EVENT, "unused", ContentMode.BINARY);

        assertThat(content.headers()).containsExactlyInAnyOrder(
                new HttpHeader("content-type", "application/json"),
                new HttpHeader("ce-specversion", "1.0"),
                new HttpHeader("ce-id", "o-1"),
                new HttpHeader("ce-source", "/shop"),
                new HttpHeader("ce-type", "orders.created"),
                new HttpHeader("ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
                new HttpHeader("ce-time", "2026-01-02T03:04:05.678Z"),
                new HttpHeader("ce-partitionkey", "a%22b%25c"),
                new HttpHeader("ce-count", "-7"),
                new HttpHeader("ce-paid", "true"));
        assertThat(text(content)).isEqualTo("{\"a\": 1}");
    }

    @ParameterizedTest
    @EnumSource(ContentMode.class)
    void givesAnEventWithoutIdTheOneItIsGiven(ContentMode mode) {
        HttpContent content = CloudEventHttp.write(Event.of("t", "x"), "made-1", mode);

        assertThat(CloudEventHttp.read(headers(content), content.body()).id()).contains("made-1");
    }

    @ParameterizedTest
    @EnumSource(ContentMode.class)
    void readsBackWhatItWrote(ContentMode mode) {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] data = new byte[random.nextInt(200)];
            random.nextBytes(data);
            Event event = Event.builder("t." + round).id(randomText(random)).source("s").subject(randomText(random))
                    .attribute("x1", randomText(random)).ttl(Duration.ofMillis(1 + round)).data(data, "application/x-" + round).build();

            HttpContent content = CloudEventHttp.write(event, "unused", mode);

            assertThat(CloudEventHttp.read(headers(content), content.body())).as("seed %d", seed).isEqualTo(event);
            content.headers().forEach(header -> assertThat(header.value()).matches("[\\x20-\\x7e]*"));
        }
    }

    /** The library leaves percent-encoding in fields as it is, so these texts need none. */
    @ParameterizedTest
    @EnumSource(ContentMode.class)
    void isReadByThePublishedLibrary(ContentMode mode) {
        Event plain = EVENT.toBuilder().subject("Euro").attribute("partitionkey", "a'b").build();
        HttpContent content = CloudEventHttp.write(plain, "unused", mode);

        CloudEvent read = HttpMessageFactory.createReaderFromMultimap(headers(content), content.body()).toEvent();

        assertThat(read.getId()).isEqualTo("o-1");
        assertThat(read.getSource()).isEqualTo(URI.create("/shop"));
        assertThat(read.getType()).isEqualTo("orders.created");
        assertThat(read.getSubject()).isEqualTo("Euro");
        assertThat(read.getTime().toInstant()).isEqualTo(EVENT.time().orElseThrow());
        assertThat(read.getExtension("partitionkey")).isEqualTo("a'b");
        assertThat(read.getDataContentType()).isEqualTo("application/json");
    }

    @Test
    void readsWhatThePublishedLibraryWrites() {
        CloudEvent event = CloudEventBuilder.v1().withId("1").withSource(URI.create("urn:x")).withType("a.b")
                .withSubject("x/y z").withExtension("k1", "v 1").withData("text/plain", "hi".getBytes(StandardCharsets.UTF_8)).build();
        Map<String, List<String>> headers = new TreeMap<>();
        byte[][] body = new byte[1][];
        HttpMessageFactory.createWriter((name, value) -> headers.put(name, List.of(value)), bytes -> body[0] = bytes).writeBinary(event);

        assertThat(CloudEventHttp.read(headers, body[0])).isEqualTo(Event.builder("a.b").id("1").source("urn:x")
                .subject("x/y z").attribute("k1", "v 1").data("hi".getBytes(StandardCharsets.UTF_8), "text/plain").build());
    }

    @Test
    void writesABatchThatHoldsEachEvent() {
        HttpContent content = CloudEventHttp.writeBatch(List.of(EVENT, Event.of("t", "x")), List.of("1", "2"));

        assertThat(content.headers()).containsExactly(new HttpHeader("content-type", "application/cloudevents-batch+json; charset=utf-8"));
        assertThat(text(content)).isEqualTo("[" + CloudEventJson.write(EVENT, "1") + "," + CloudEventJson.write(Event.of("t", "x"), "2") + "]");
    }

    @Test
    void readsBackTheBatchThatItWrote() {
        Event other = Event.builder("t").id("2").data("x".getBytes(StandardCharsets.UTF_8), "text/plain").build();

        assertThat(CloudEventHttp.readBatch(CloudEventHttp.writeBatch(List.of(EVENT, other), List.of("", "")).body(), 2))
                .containsExactly(EVENT, other);
        assertThat(CloudEventHttp.readBatch(" [ ] ".getBytes(StandardCharsets.UTF_8), 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}|``|JSON array", "[|``|not JSON", "[]x|``|not JSON", "[] []|``|follows", "[1]|/0|JSON object", "[null]|/0|JSON object",
        "[OK,{}]|/1/specversion|required", "[OK,{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"a b\"}]|/1/type|topic",
        "[OK,OK,OK]|``|at most 2", "[OK,\"é]|``|not JSON"})
    void saysWhatIsWrongWithABatchAndWhere(String batch, String pointer, String message) {
        String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}";
        byte[] body = batch.replace("OK", event).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> CloudEventHttp.readBatch(body, 2)).isInstanceOf(CloudEventException.class).hasMessageContaining(message)
                .satisfies(e -> assertThat(((CloudEventException) e).pointer()).isEqualTo(pointer));
    }

    @Test
    void writesStructuredWhatNoFieldCanCarry() {
        Event event = Event.builder("t").data(new byte[] {1}, "text/plain; title=ü").build();

        assertThat(CloudEventHttp.write(event, "1", ContentMode.BINARY)).usingRecursiveComparison()
                .isEqualTo(CloudEventHttp.write(event, "1", ContentMode.STRUCTURED));
    }

    @Test
    void statesNoTypeWhereThereIsNothing() {
        assertThat(CloudEventHttp.write(Event.of("t", new byte[0]), "1", ContentMode.BINARY).headers())
                .extracting(HttpHeader::name).doesNotContain("content-type");
        assertThat(CloudEventHttp.write(Event.of("t", new byte[1]), "1", ContentMode.BINARY).headers())
                .contains(new HttpHeader("content-type", "application/octet-stream"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Euro%20%E2%82%AC%20%F0%9F%98%80|Euro € 😀", "Euro%20%e2%82%ac|Euro €", "%41bc|Abc", "a b|a b", "\"a \\\"b\\\\\"|a \"b\\",
        "\"Euro%20%E2%82%AC\"|Euro €", "100%|100%", "%G1|%G1", "\"|\""})
    void readsFieldsThatOthersWriteLessStrictly(String field, String text) {
        assertThat(HeaderText.decode(field)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%C0%A0", "%E2%82", "%80", "%ED%A0%80", "%F5%80%80%80", "%FF", "é"})
    void refusesFieldsThatAreNoUtf8(String field) {
        assertThat(HeaderText.decode(field)).isEmpty();
        assertThatThrownBy(() -> CloudEventHttp.read(minimal("ce-subject", field), new byte[0]))
                .isInstanceOf(CloudEventException.class).hasMessageContaining("/subject");
    }

    @ParameterizedTest
    @CsvSource({"ce-specversion,0.3,/specversion", "ce-id,'',/id", "ce-type,no topic,/type", "ce-time,yesterday,/time",
        "ce-ttl,5s,/ttl", "ce-x_y,1,/x_y", "content-type,application/cloudevents+avro,/content-type",
        "content-type,application/cloudevents-batch+json,/content-type"})
    void saysWhatIsWrongAndWhere(String name, String value, String pointer) {
        assertThatThrownBy(() -> CloudEventHttp.read(minimal(name, value), new byte[0]))
                .isInstanceOf(CloudEventException.class).satisfies(e -> assertThat(((CloudEventException) e).pointer()).isEqualTo(pointer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce-id", "ce-source", "ce-type", "ce-specversion"})
    void saysWhichFieldIsMissing(String name) {
        Map<String, List<String>> headers = minimal(name, "x");
        headers.remove(name);

        assertThatThrownBy(() -> CloudEventHttp.read(headers, new byte[0])).isInstanceOf(CloudEventException.class)
                .hasMessageContaining("is required: field " + name);
    }

    private static Map<String, List<String>> minimal(String name, String value) {
        var headers = new TreeMap<String, List<String>>(Map.of("ce-specversion", List.of("1.0"), "ce-id", List.of("1"),
                "ce-source", List.of("s"), "ce-type", List.of("t")));
        headers.put(name, List.of(value));
        return headers;
    }

    private static Map<String, List<String>> headers(HttpContent content) {
        return Vectors.headers(content.headers());
    }

    private static String text(HttpContent content) {
        return new String(content.body(), StandardCharsets.UTF_8);
    }

    private static String randomText(Random random) {
        var text = new StringBuilder("x");
        List<Integer> starts = new ArrayList<>(List.of(0x20, 0xa1, 0x3b1, 0x20ac, 0x1f600));
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(starts.get(random.nextInt(starts.size())) + random.nextInt(0x40));
        }
        return text.append('x').toString();
    }
}
