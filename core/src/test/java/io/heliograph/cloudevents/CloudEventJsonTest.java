package io.heliograph.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AttributeValue;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CloudEventJsonTest {

    private static String data(String member) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"," + member + "}";
    }

    @Test
    void readsTheExamplesOfTheSpecification() {
        Event xml = CloudEventJson.read("""
                {
                    "specversion" : "1.0",
                    "type" : "com.example.someevent",
                    "source" : "/mycontext",
                    "subject": null,
                    "id" : "C234-1234-1234",
                    "time" : "2018-04-05T17:31:00Z",
                    "comexampleextension1" : "value",
                    "comexampleothervalue" : 5,
                    "datacontenttype" : "application/vnd.apache.thrift.binary",
                    "data_base64" : "AQIDBA=="
                }""");
        assertThat(xml).isEqualTo(Event.builder("com.example.someevent").source("/mycontext").id("C234-1234-1234")
                .time(Instant.parse("2018-04-05T17:31:00Z")).attribute("comexampleextension1", "value")
                .attribute("comexampleothervalue", new AttributeValue.Int(5))
                .data(new byte[] {1, 2, 3, 4}, "application/vnd.apache.thrift.binary").build());
        Event json = CloudEventJson.read("""
                {
                    "specversion" : "1.0",
                    "type" : "com.example.someevent",
                    "source" : "/mycontext",
                    "id" : "D234-1234-1234",
                    "unsetextension" : null,
                    "datacontenttype" : "application/xml",
                    "data" : "<much wow=\\"xml\\"/>"
                }""");
        assertThat(json.text()).isEqualTo("<much wow=\"xml\"/>");
        assertThat(json.attributes()).isEmpty();
        Event object = CloudEventJson.read(data("\"datacontenttype\":\"application/json\",\"data\":{\"appinfoA\" : \"abc\", \"appinfoC\":true}"));
        assertThat(object.text()).isEqualTo("{\"appinfoA\" : \"abc\", \"appinfoC\":true}");
        Event quoted = CloudEventJson.read(data("\"datacontenttype\":\"application/json\",\"data\":\"I'm just a string\""));
        assertThat(quoted.text()).isEqualTo("\"I'm just a string\"");
    }

    @Test
    void writesOneCompactObject() {
        Event event = Event.builder("a.b").source("/s").subject("s\u00e4").id("i").time(Instant.EPOCH).ttl(Duration.ofSeconds(90))
                .attribute("b", new AttributeValue.Bool(false)).attribute("n", new AttributeValue.Int(-5))
                .attribute("t", "x\"y").attribute("w", new AttributeValue.Timestamp(Instant.EPOCH))
                .data("{ \"k\" : 1.50 }".getBytes(StandardCharsets.UTF_8), "application/json").build();
        assertThat(CloudEventJson.write(event, "unused")).isEqualTo("{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"/s\",\"type\":\"a.b\","
                + "\"subject\":\"s\u00e4\",\"time\":\"1970-01-01T00:00:00Z\",\"datacontenttype\":\"application/json\",\"ttl\":\"PT1M30S\","
                + "\"b\":false,\"n\":-5,\"t\":\"x\\\"y\",\"w\":\"1970-01-01T00:00:00Z\",\"data\":{ \"k\" : 1.50 }}");
        assertThat(CloudEventJson.write(Event.of("a", new byte[0]), "given")).isEqualTo(
                "{\"specversion\":\"1.0\",\"id\":\"given\",\"source\":\"heliograph\",\"type\":\"a\"}");
    }

    @Test
    void writesADeliveryWithItsPlaceAndTimes() {
        Event event = Event.builder("a").attribute("sequence", "mine").attribute("other", "kept").build();
        var delivery = new Delivery(event, new Position(0xabc, 7), 1_000_000_000L, 2_000_000_000L);
        assertThat(CloudEventJson.write(delivery)).isEqualTo("{\"specversion\":\"1.0\",\"id\":\"0000000000000abc-7\",\"source\":\"heliograph\","
                + "\"type\":\"a\",\"time\":\"1970-01-01T00:00:01Z\",\"other\":\"kept\",\"sequence\":\"7\","
                + "\"senttime\":\"1970-01-01T00:00:01Z\",\"receivedtime\":\"1970-01-01T00:00:02Z\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "0", "-0.0", "1e400", "123456789012345678901234567890.1230", "\"\"", "\"a\\u00e4\\/\\n\"", "true",
        "{\"a\" : [ 1 ,\t2 ,\r\n3 ] }", "\"\u20ac \ud83d\ude00 \u2028\"", "[[[[[[[[[[]]]]]]]]]]", "{\"data\":{\"data\":1}}",
        "\"\\ud800\""})
    void givesTheBytesOfJsonBackAsTheyWere(String json) {
        Event event = Event.json("t", json);
        String written = CloudEventJson.write(event, "1");
        assertThat(written).contains("\"data\":" + json);
        assertThat(CloudEventJson.read(written).data()).isEqualTo(event.data());
        assertThat(CloudEventJson.read(data("\"data\" : \n " + json + " \n ")).text()).isEqualTo(json);
        assertThat(CloudEventJson.read(data("\"data\":" + json + ",\"subject\":\"s\"")).text()).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " 1", "1 ", "\n{}", "{\"a\":1,\"a\":2}", "", "{", "1 2", "nul", "'a'", "NaN", "01", "{\"a\":1,}", "\ufeff{}", "\"\n\"", "\u00a01"})
    void carriesWhatWouldNotComeBackAsBase64(String notVerbatim) {
        Event event = Event.json("t", notVerbatim).toBuilder().id("1").build();
        String written = CloudEventJson.write(event, "1");
        if (!notVerbatim.isEmpty()) {
            assertThat(written).contains("\"data_base64\":\""
                    + Base64.getEncoder().encodeToString(notVerbatim.getBytes(StandardCharsets.UTF_8)) + "\"");
        }
        assertThat(CloudEventJson.read(written)).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "", "\"quoted\"", "{}", "a\nb\u0000c", "\u20ac\ud83d\ude00", "\ufeffmarked", "\\u00e4", "null"})
    void givesTextBackAsItWas(String text) {
        Event event = Event.of("t", text).toBuilder().id("1").build();
        assertThat(CloudEventJson.read(CloudEventJson.write(event, "1"))).isEqualTo(event);
    }

    @Test
    void takesTheMarkOfReplacementForTextWhereThePublisherWroteIt() {
        Event event = Event.of("t", "a\ufffdb").toBuilder().id("1").build();
        assertThat(CloudEventJson.write(event, "1")).contains("\"data\":\"a\ufffdb\"");
        assertThat(CloudEventJson.read(CloudEventJson.write(event, "1"))).isEqualTo(event);
    }

    @Test
    void carriesBytesAsBase64() {
        byte[] bytes = {0, (byte) 0xff, (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        for (String mediaType : new String[] {"text/plain", "application/json", "image/png", "text/plain; charset=latin1"}) {
            Event event = Event.builder("t").id("1").data(bytes, mediaType).build();
            assertThat(CloudEventJson.write(event, "1")).contains("\"data_base64\":\"AP/toIA=\"");
            assertThat(CloudEventJson.read(CloudEventJson.write(event, "1"))).isEqualTo(event);
        }
        Event untyped = Event.builder("t").id("1").data(bytes).build();
        assertThat(CloudEventJson.read(CloudEventJson.write(untyped, "1"))).isEqualTo(untyped);
    }

    @Test
    void takesDataWithoutAMediaTypeAsJson() {
        assertThat(CloudEventJson.read(data("\"data\":{\"a\":1}"))).isEqualTo(
                Event.builder("t").id("1").source("/s").data("{\"a\":1}".getBytes(StandardCharsets.UTF_8), "application/json").build());
        assertThat(CloudEventJson.read(data("\"data_base64\":\"AQ==\"")).contentType()).isEmpty();
        assertThat(CloudEventJson.read(data("\"data\":null")).dataLength()).isZero();
    }

    @Test
    void takesAMarkedTextAndAnyOrderOfMembers() {
        String text = "{\"data\":[1],\"type\":\"t\",\"source\":\"/s\",\"id\":\"1\",\"specversion\":\"1.0\"}";
        Event expected = CloudEventJson.read(data("\"data\":[1]"));
        assertThat(CloudEventJson.read(text)).isEqualTo(expected);
        assertThat(CloudEventJson.read("\n " + text + "\r\n\t ")).isEqualTo(expected);
        assertThat(CloudEventJson.read(text.replace("\"type\"", "\"\\u0074ype\""))).isEqualTo(expected);
    }

    @Test
    void readsMomentsOfAnyOffset() {
        for (String time : new String[] {"2026-11-20T12:00:00Z", "2026-11-20T14:00:00+02:00", "2026-11-20t12:00:00z", "2026-11-20T12:00:00.000000000Z"}) {
            assertThat(CloudEventJson.read(data("\"time\":\"" + time + "\"")).time()).contains(Instant.parse("2026-11-20T12:00:00Z"));
        }
        assertThat(CloudEventJson.read(data("\"time\":\"2026-11-20T12:00:00.123456789Z\"")).time())
                .contains(Instant.parse("2026-11-20T12:00:00.123456789Z"));
    }

    @Test
    void readsTheBoundsOfIntegers() {
        Event event = CloudEventJson.read(data("\"low\":-2147483648,\"high\":2147483647,\"yes\":true"));
        assertThat(event.attributes()).containsEntry("low", new AttributeValue.Int(Integer.MIN_VALUE))
                .containsEntry("high", new AttributeValue.Int(Integer.MAX_VALUE)).containsEntry("yes", new AttributeValue.Bool(true));
    }

    @Test
    void writesADeliveryOnOneLineHoweverItsDataIsLaidOut() {
        Event event = Event.json("a", "{\n \"text\": \"two\\nlines\"\r\n}");
        String line = CloudEventJson.writeLine(new Delivery(event, new Position(1, 2), 3, 4));
        assertThat(line).doesNotContain("\n", "\r").contains("\"two\\nlines\"");
        assertThat(CloudEventJson.read(line).text()).isEqualTo("{  \"text\": \"two\\nlines\"  }");
    }

    @Test
    void takesTwoMegabytesOfData() {
        String large = "x".repeat(2 << 20);
        assertThat(CloudEventJson.read(data("\"datacontenttype\":\"text/plain\",\"data\":\"" + large + "\"")).dataLength()).isEqualTo(2 << 20);
        assertThat(CloudEventJson.read(data("\"data\":\"" + large + "\"")).dataLength()).isEqualTo((2 << 20) + 2);
        Event event = Event.builder("t").id("1").data(new byte[2 << 20]).build();
        assertThat(CloudEventJson.read(CloudEventJson.write(event, "1"))).isEqualTo(event);
    }
}
