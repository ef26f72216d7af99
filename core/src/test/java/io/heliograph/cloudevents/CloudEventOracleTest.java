package io.heliograph.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.RandomEvents;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Our JSON read by the SDK of the specification, and the SDK's JSON read by us. */
final class CloudEventOracleTest {

    private static final int EVENTS = 5_000;
    private static final int EVENTS_FOR_THE_SDK = 2_000;

    private final JsonFormat sdk = new JsonFormat();
    private final ObjectMapper mapper = new ObjectMapper();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** What JSON cannot tell apart comes back as text: the four types that it has no literal for. */
    private static Event asJsonCarriesIt(Event event, String id) {
        EventBuilder carried = event.toBuilder().id(event.id().orElse(id));
        event.attributes().forEach((name, value) -> carried.attribute(name, switch (value) {
            case AttributeValue.Bool bool -> bool;
            case AttributeValue.Int integer -> integer;
            default -> new AttributeValue.Text(value.canonical());
        }));
        return carried.build();
    }

    @Test
    void readsBackEveryEventThatItWrites() {
        var events = new RandomEvents(random);
        for (int i = 0; i < EVENTS; i++) {
            Event event = events.next("t");
            String json = CloudEventJson.write(event, "else");
            assertThat(CloudEventJson.read(json)).as("event %d, seed %d, %s", i, seed, json).isEqualTo(asJsonCarriesIt(event, "else"));
        }
    }

    @Test
    void theSdkReadsWhatWeWrite() throws IOException {
        var events = new RandomEvents(random);
        int compared = 0;
        for (int i = 0; i < EVENTS_FOR_THE_SDK; i++) {
            Event event = sourced(events.next("t"));
            String json = CloudEventJson.write(event, "else");
            CloudEvent read = sdk.deserialize(json.getBytes(StandardCharsets.UTF_8));
            String what = "event " + i + ", seed " + seed + ", " + json;
            assertThat(read.getId()).as(what).isEqualTo(event.id().orElse("else"));
            assertThat(read.getType()).as(what).isEqualTo(event.topic());
            assertThat(read.getSource()).as(what).hasToString(event.source());
            assertThat(Optional.ofNullable(read.getSubject())).as(what).isEqualTo(event.subject());
            assertThat(Optional.ofNullable(read.getDataContentType())).as(what).isEqualTo(event.contentType());
            assertThat(Optional.ofNullable(read.getTime()).map(OffsetDateTime::toInstant)).as(what).isEqualTo(event.time());
            assertThat(extensions(read)).as(what).isEqualTo(expectedExtensions(event));
            compared += compareData(event, json, read.getData(), what);
        }
        assertThat(compared).as("events with data compared, seed %d", seed).isGreaterThan(EVENTS_FOR_THE_SDK / 2);
    }

    /** The same event as the SDK can take it: its source is a URI reference, and a +json type has no dot in its subtype. */
    private Event sourced(Event event) {
        EventBuilder sourced = event.toBuilder().source("/s/" + random.nextInt(10));
        event.contentType().filter("application/vnd.x+json"::equals).ifPresent(dotted -> sourced.contentType("application/x+json"));
        return sourced.build();
    }

    /** The same event with the type of its data taken away if that is JSON and the data is not: the SDK writes it unchecked. */
    private Event honest(Event event) {
        boolean saysJson = event.contentType().map(MediaTypes::isJson).orElse(true);
        return saysJson && !JsonText.isOneValue(event.text()) ? event.toBuilder().contentType("image/x").build() : event;
    }

    private static Map<String, Object> extensions(CloudEvent event) {
        var extensions = new LinkedHashMap<String, Object>();
        event.getExtensionNames().forEach(name -> extensions.put(name, event.getExtension(name)));
        return extensions;
    }

    private static Map<String, Object> expectedExtensions(Event event) {
        var extensions = new LinkedHashMap<String, Object>();
        event.ttl().ifPresent(ttl -> extensions.put("ttl", ttl.toString()));
        event.attributes().forEach((name, value) -> extensions.put(name, switch (value) {
            case AttributeValue.Bool(boolean is) -> is;
            case AttributeValue.Int(int number) -> number;
            default -> value.canonical();
        }));
        return extensions;
    }

    private int compareData(Event event, String json, CloudEventData data, String what) throws IOException {
        if (event.dataLength() == 0) {
            assertThat(data == null || data.toBytes().length == 0).as(what).isTrue();
            return 0;
        }
        byte[] expected = new byte[event.dataLength()];
        event.data().get(expected);
        // The SDK keeps JSON data as a tree, so it is compared as one.
        if (data instanceof JsonCloudEventData tree && json.contains("\"data\":")) {
            JsonNode ours = mapper.readTree(expected);
            assertThat(tree.getNode()).as(what).isEqualTo(ours);
        } else {
            assertThat(data.toBytes()).as(what).isEqualTo(expected);
        }
        return 1;
    }

    @Test
    void weReadWhatTheSdkWrites() {
        var events = new RandomEvents(random);
        for (int i = 0; i < EVENTS_FOR_THE_SDK; i++) {
            Event event = honest(sourced(events.next("t")));
            CloudEvent theirs = build(event, "else");
            byte[] json = sdk.serialize(theirs);
            String what = "event " + i + ", seed " + seed + ", " + new String(json, StandardCharsets.UTF_8);
            Event read = CloudEventJson.read(json);
            Event expected = asJsonCarriesIt(event, "else");
            assertThat(withoutData(read)).as(what).isEqualTo(withoutData(expected));
            assertThat(Arrays.equals(bytes(read), bytes(expected))).as(what).isTrue();
        }
    }

    private static Event withoutData(Event event) {
        return event.toBuilder().data(new byte[0]).build();
    }

    private static byte[] bytes(Event event) {
        byte[] bytes = new byte[event.dataLength()];
        event.data().get(bytes);
        return bytes;
    }

    private static CloudEvent build(Event event, String id) {
        CloudEventBuilder theirs = CloudEventBuilder.v1().withId(event.id().orElse(id)).withType(event.topic())
                .withSource(URI.create(event.source()));
        event.subject().ifPresent(theirs::withSubject);
        event.time().ifPresent(time -> theirs.withTime(time.atOffset(ZoneOffset.UTC)));
        event.ttl().ifPresent(ttl -> theirs.withExtension("ttl", ttl.toString()));
        event.attributes().forEach((name, value) -> {
            switch (value) {
                case AttributeValue.Bool(boolean is) -> theirs.withExtension(name, is);
                case AttributeValue.Int(int number) -> theirs.withExtension(name, number);
                default -> theirs.withExtension(name, value.canonical());
            }
        });
        if (event.dataLength() > 0) {
            theirs.withData(bytes(event));
        }
        event.contentType().ifPresent(theirs::withDataContentType);
        return theirs.build();
    }

    @Test
    void bothAgreeOnAnEventWrittenByHand() {
        Event event = Event.builder("com.example.type").source("https://example.com/s?q=1").id("A-1").subject("sub")
                .time(Instant.parse("2026-11-20T12:00:00.123Z")).ttl(Duration.ofSeconds(5)).attribute("flag", new AttributeValue.Bool(true))
                .attribute("count", new AttributeValue.Int(7)).data("{\"k\":[1,2]}".getBytes(StandardCharsets.UTF_8), "application/json")
                .build();
        CloudEvent read = sdk.deserialize(CloudEventJson.write(event, "x").getBytes(StandardCharsets.UTF_8));
        assertThat(read.getAttributeNames()).isEqualTo(Set.of("specversion", "id", "type", "source", "subject", "time", "datacontenttype"));
        assertThat(read.getExtension("flag")).isEqualTo(true);
        assertThat(read.getExtension("count")).isEqualTo(7);
        assertThat(CloudEventJson.read(sdk.serialize(read))).isEqualTo(event);
    }
}
