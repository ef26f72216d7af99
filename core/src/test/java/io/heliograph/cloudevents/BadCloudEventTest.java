package io.heliograph.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heliograph.Event;
import io.heliograph.RandomEvents;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong, and where. */
final class BadCloudEventTest {

    private static String event(String members) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"," + members + "}";
    }

    private static CloudEventException refusal(byte[] utf8) {
        try {
            Event read = CloudEventJson.read(utf8);
            throw new AssertionError("read: " + read);
        } catch (CloudEventException e) {
            assertThat(e.getMessage()).hasSizeLessThan(1_000);
            return e;
        }
    }

    private static CloudEventException refusal(String json) {
        return refusal(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "/specversion     | {'id':'1','source':'/s','type':'t'}",
        "/specversion     | {'specversion':'0.3','id':'1','source':'/s','type':'t'}",
        "/specversion     | {'specversion':1,'id':'1','source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','id':'','source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','id':5,'source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','id':null,'source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','id':'a\\nb','source':'/s','type':'t'}",
        "/id              | {'specversion':'1.0','id':'\\ud800','source':'/s','type':'t'}",
        "/source          | {'specversion':'1.0','id':'1','type':'t'}",
        "/source          | {'specversion':'1.0','id':'1','source':'','type':'t'}",
        "/type            | {'specversion':'1.0','id':'1','source':'/s'}",
        "/type            | {'specversion':'1.0','id':'1','source':'/s','type':''}",
        "/type            | {'specversion':'1.0','id':'1','source':'/s','type':'a/b'}",
        "/type            | {'specversion':'1.0','id':'1','source':'/s','type':'a..b'}",
        "/type            | {'specversion':'1.0','id':'1','source':'/s','type':true}",
    })
    void pointsAtWhatIsRequired(String pointer, String json) {
        assertThat(refusal(json.replace('\'', '"'))).satisfies(e -> {
            assertThat(e.pointer()).isEqualTo(pointer);
            assertThat(e.getMessage()).startsWith(pointer + ": ").hasLineCount(1);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "/subject         | 'subject':''",
        "/subject         | 'subject':5",
        "/subject         | 'subject':{}",
        "/time            | 'time':'yesterday'",
        "/time            | 'time':'2026-11-20'",
        "/time            | 'time':'2026-11-20T12:00:00'",
        "/time            | 'time':'2026-02-30T12:00:00Z'",
        "/time            | 'time':1700000000",
        "/ttl             | 'ttl':'5 seconds'",
        "/ttl             | 'ttl':'PT0S'",
        "/ttl             | 'ttl':'-PT1S'",
        "/ttl             | 'ttl':'PT9999999999999H'",
        "/ttl             | 'ttl':5",
        "/datacontenttype | 'datacontenttype':''",
        "/datacontenttype | 'datacontenttype':5",
        "/data_base64     | 'data_base64':'A'",
        "/data_base64     | 'data_base64':'AQ=='  ,'data':1",
        "/data_base64     | 'data_base64':'A Q='",
        "/data_base64     | 'data_base64':'-_-_'",
        "/data_base64     | 'data_base64':'AQ==\\n'",
        "/data_base64     | 'data_base64':true",
        "/Upper           | 'Upper':'x'",
        "/a_b             | 'a_b':'x'",
        "/                | '':'x'",
        "/a~1b~0c         | 'a/b~c':'x'",
        "/x               | 'x':1.5",
        "/x               | 'x':1e2",
        "/x               | 'x':2147483648",
        "/x               | 'x':-2147483649",
        "/x               | 'x':9999999999999999999999",
        "/x               | 'x':[]",
        "/x               | 'x':{'y':1}",
        "/x               | 'x':'\\u0000'",
        "/x               | 'x':'\\uffff'",
        "/aaaaaaaaaabbbbbbbbbbc | 'aaaaaaaaaabbbbbbbbbbc':'x'",
    })
    void pointsAtWhatIsNotAllowed(String pointer, String member) {
        assertThat(refusal(event(member.replace('\'', '"')))).satisfies(e -> {
            assertThat(e.pointer()).isEqualTo(pointer);
            assertThat(e.getMessage()).startsWith(pointer + ": ").hasLineCount(1);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "}", "[]", "[{}]", "null", "5", "\"x\"", "{}{}", "{\"a\"}", "{a:1}", "{'a':1}", "{\"id\":\"1\",\"id\":\"1\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"} x", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}{}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",}", "{\"data\":", "{\"data\":[1,2}", "{\"data\":\"", "{\"x\":\"a\tb\"}", "\u0000",
        "{\"x\":\"\\x\"}", "{\"data\":{\"a\":tru}}", "// x\n{}", "{\"x\":NaN}", "{\"x\":01}"})
    void refusesWhatIsNotOneJsonObject(String json) {
        assertThat(refusal(json).pointer()).isIn("", "/specversion");
    }

    @Test
    void refusesDuplicateMembersAtAnyDepth() {
        assertThat(refusal(event("\"subject\":\"a\",\"subject\":\"b\""))).hasMessageContaining("uplicate");
        assertThat(refusal(event("\"data\":{\"a\":1,\"a\":2}"))).hasMessageContaining("uplicate");
        assertThat(refusal(event("\"data\":1,\"data\":2"))).hasMessageContaining("uplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void refusesOtherEncodings(String charset) {
        assertThat(refusal(event("\"data\":{\"a\":1}").getBytes(Charset.forName(charset))).pointer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c0af", "c080", "e08080", "eda080", "edb080", "eda0bdedb880", "f0808080", "f4908080", "f8888080", "ff", "e282", "c3"})
    void refusesWhatIsNotUtf8(String hex) {
        byte[] bad = java.util.HexFormat.of().parseHex(hex);
        for (String member : new String[] {"\"subject\":\"@\"", "\"data\":\"@\"", "\"data\":{\"@\":1}", "\"x\":\"y@z\"",
            "\"datacontenttype\":\"text/plain\",\"data\":\"@\""}) {
            String[] around = event(member).split("@");
            byte[] json = concat(around[0].getBytes(StandardCharsets.UTF_8), bad, around[1].getBytes(StandardCharsets.UTF_8));
            assertThatExceptionOfType(CloudEventException.class).as("%s in %s", hex, member).isThrownBy(() -> CloudEventJson.read(json));
        }
    }

    private static byte[] concat(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void refusesDataTextWithHalfACharacter() {
        assertThat(refusal(event("\"datacontenttype\":\"text/plain\",\"data\":\"a\\ud800b\"")).pointer()).isEqualTo("/data");
    }

    @Test
    void refusesDepthWithoutOverflowingItsStack() {
        for (String[] pair : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            String deep = pair[0].repeat(100_000) + "1" + pair[1].repeat(100_000);
            refusal(deep);
            refusal(event("\"data\":" + deep));
            refusal(event("\"x\":" + deep));
            refusal("{\"data\":" + pair[0].repeat(100_000));
            // As data of a stranger's event it goes out as base64, and comes back.
            Event event = Event.json("t", deep).toBuilder().id("1").build();
            assertThat(CloudEventJson.read(CloudEventJson.write(event, "1"))).isEqualTo(event);
        }
    }

    @Test
    void refusesTextsOfTwoMegabytesInOneShortLine() {
        String large = "x".repeat(2 << 20);
        for (String name : new String[] {"subject", "time", "ttl", "datacontenttype", "x", "data_base64"}) {
            assertThat(refusal(event("\"" + name + "\":\"" + large + "!\"")).pointer()).isEqualTo("/" + name);
        }
        for (String name : new String[] {"id", "source", "type", "specversion"}) {
            String json = event("\"x\":1").replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":\"" + large + "\"");
            assertThat(refusal(json).pointer()).isEqualTo("/" + name);
        }
        refusal(event("\"" + large + "\":\"x\""));
        refusal(event("\"" + "y".repeat(40_000) + "\":\"x\""));
        refusal(event("\"x\":" + "9".repeat(2 << 20)));
        refusal(event("\"x\":1." + "9".repeat(2 << 20)));
    }

    @Test
    void namesWithControlCharactersStayInOneLine() {
        assertThat(refusal(event("\"a\\nb\":\"x\"")).getMessage()).hasLineCount(1);
    }

    @Test
    void refusesMoreThan64Attributes() {
        var members = new StringBuilder("\"n0\":1");
        for (int i = 1; i < 65; i++) {
            members.append(",\"n").append(i).append("\":1");
        }
        assertThat(refusal(event(members.toString()))).hasMessageContaining("at most 64");
    }

    @Test
    void answersMutatedEventsWithAnEventOrARefusal() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var events = new RandomEvents(random);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] json = CloudEventJson.write(events.next("t"), "1").getBytes(StandardCharsets.UTF_8);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                json[random.nextInt(Math.min(json.length, 400))] = (byte) (random.nextBoolean() ? random.nextInt() : "{}[]\",:\\u0 1e-"
                        .charAt(random.nextInt(14)));
            }
            try {
                CloudEventJson.read(json);
                read++;
            } catch (CloudEventException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", " + Base64.getEncoder().encodeToString(json), e);
            }
        }
        assertThat(read).as("read, seed %d", seed).isGreaterThan(300);
        assertThat(refused).as("refused, seed %d", seed).isGreaterThan(300);
    }
}
