package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.alert.AlertsConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Saved searches over HTTP: put, shown, listed, imported, refused. */
@Timeout(60)
class ServeSearchesTest {

    private static final int QUOTA = 12;

    @TempDir
    Path folder;

    private ServeFixture house;

    @BeforeEach
    void open() {
        ServeConfig config = ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV);
        house = ServeFixture.of(config.withLimits(config.limits().withAlerts(AlertsConfig.defaults().withSearchesPerTenant(QUOTA))));
    }

    @AfterEach
    void close() {
        house.close();
    }

    private ServeFixture.Reply put(String id, String json, String... headers) {
        var all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return house.send("PUT", "/v1/searches/" + id, Optional.of(json), Optional.empty(), all.toArray(String[]::new));
    }

    private ServeFixture.Reply importLines(String lines) {
        return house.send("POST", "/v1/searches:import", Optional.of(lines), Optional.empty(), "Content-Type", "application/x-ndjson");
    }

    private static String etag(ServeFixture.Reply reply) {
        return reply.raw().headers().firstValue("ETag").orElseThrow();
    }

    @Test
    void onlyAQueryIsNeededAndWhatWasPutIsShown() {
        ServeFixture.Reply made = put("gardens", "{\"query\":\"title:garden AND price:[* TO 500000]\"}").expect(201);

        assertThat(made.raw().headers().firstValue("Location")).hasValue("/v1/searches/gardens");
        ServeFixture.Reply shown = house.get("/v1/searches/gardens").expect(200);
        assertThat(shown.text("/id")).isEqualTo("gardens");
        assertThat(shown.text("/query")).isEqualTo("title:garden AND price:[* TO 500000]");
        assertThat(shown.text("/topics/0")).isEqualTo(">");
        assertThat(shown.json().at("/enabled").asBoolean()).isTrue();
        assertThat(shown.json().at("/statistics/matches").asLong()).isZero();
        assertThat(shown.json().at("/statistics/difference").asLong(-1)).isZero();
        assertThat(etag(shown)).isEqualTo(etag(made));
        house.send("GET", "/v1/searches/gardens", Optional.empty(), Optional.empty(), "If-None-Match", etag(made)).expect(304);
    }

    @Test
    void everythingThatASearchMaySayComesBackAsItWasSaid() {
        String all = "{\"query\":{\"match\":{\"title\":\"garden\"}},\"topics\":[\"listings.>\"],\"language\":\"ru\",\"tags\":[\"a\",\"b\"],"
                + "\"throttle\":{\"max\":10,\"per\":\"PT1H\"},\"digest\":\"PT2H\",\"when\":{\"count\":5,\"within\":\"PT5M\",\"by\":\"city\"},"
                + "\"mute_until\":\"2027-01-01T00:00:00Z\",\"expires_at\":\"2028-01-01T00:00:00Z\",\"enabled\":false}";
        put("all", all).expect(201);

        ServeFixture.Reply shown = house.get("/v1/searches/all").expect(200);

        ServeFixture.JSON.readTree(all).properties()
                .forEach(member -> assertThat(shown.json().get(member.getKey())).as(member.getKey()).isEqualTo(member.getValue()));
    }

    @Test
    void twoWhoChangeTheSameSearchDoNotUndoEachOther() {
        ServeFixture.Reply first = put("s", "{\"query\":\"a\"}", "If-None-Match", "*").expect(201);
        put("s", "{\"query\":\"b\"}", "If-None-Match", "*").expectProblem(412, "revision");
        ServeFixture.Reply second = put("s", "{\"query\":\"c\"}", "If-Match", etag(first)).expect(200);
        assertThat(etag(second)).isNotEqualTo(etag(first));

        put("s", "{\"query\":\"d\"}", "If-Match", etag(first)).expectProblem(412, "revision");
        put("none", "{\"query\":\"d\"}", "If-Match", "*").expectProblem(412, "revision");
        put("s", "{\"query\":\"d\"}", "If-Match", "\"x\"").expectProblem(412, "revision");
        put("s", "{\"query\":\"d\"}", "If-None-Match", "\"1\"").expectProblem(400, "bad-etag");
        house.send("DELETE", "/v1/searches/s", Optional.empty(), Optional.empty(), "If-Match", etag(first)).expectProblem(412, "revision");

        assertThat(house.get("/v1/searches/s").text("/query")).isEqualTo("c");
        house.send("DELETE", "/v1/searches/s", Optional.empty(), Optional.empty(), "If-Match", etag(second)).expect(204);
        house.get("/v1/searches/s").expectProblem(404, "no-search");
        house.delete("/v1/searches/s").expectProblem(404, "no-search");
    }

    @Test
    void theListComesInPagesAndByTag() {
        for (int i = 0; i < 7; i++) {
            put("s" + i, "{\"query\":\"a\",\"tags\":[\"" + (i % 2 == 0 ? "even" : "odd") + "\"]}").expect(201);
        }

        var ids = new ArrayList<String>();
        String cursor = "";
        do {
            ServeFixture.Reply page = house.get("/v1/searches?limit=3&cursor=" + cursor).expect(200);
            page.json().at("/items").forEach(item -> ids.add(item.at("/id").asString()));
            cursor = page.text("/next");
        } while (!cursor.isEmpty());

        assertThat(ids).containsExactly("s0", "s1", "s2", "s3", "s4", "s5", "s6");
        assertThat(house.get("/v1/searches?tag=odd").json().at("/items").size()).isEqualTo(3);
        house.get("/v1/searches?limit=0").expectProblem(400, "bad-limit");
        house.get("/v1/searches?cursor=%20").expectProblem(400, "bad-cursor");
        house.get("/v1/searches:export?cursor=%20").expectProblem(400, "bad-cursor");
    }

    @Test
    void oneBadLineOfAnImportIsOneErrorAndTheOthersAreSaved() {
        ServeFixture.Reply imported = importLines("{\"id\":\"a\",\"query\":\"x\"}\n\n{\"id\":\"b\",\"query\":\"((\"}\nnonsense\n{\"query\":\"x\"}\n"
                + "{\"id\":\"c\",\"query\":\"y\",\"tags\":1}\n{\"id\":\"d\",\"query\":\"z\"}").expect(200);

        assertThat(imported.json().at("/saved").asInt()).isEqualTo(2);
        assertThat(imported.json().at("/failed").asInt()).isEqualTo(4);
        assertThat(imported.json().at("/errors").valueStream().map(error -> error.at("/line").asInt())).containsExactly(3, 4, 5, 6);
        assertThat(imported.text("/errors/0/problem/code")).isEqualTo("bad-query");
        assertThat(imported.text("/errors/3/problem/pointer")).isEqualTo("/tags");
        assertThat(house.get("/v1/searches").json().at("/items").size()).isEqualTo(2);
        house.post("/v1/searches:import", "{}").expectProblem(415, "media-type");
    }

    @Test
    void whatIsExportedCanBeImported() {
        for (int i = 0; i < 5; i++) {
            put("s" + i, "{\"query\":\"a" + i + "\",\"tags\":[\"t\"]}").expect(201);
        }
        ServeFixture.Reply first = house.get("/v1/searches:export?limit=3&tag=t").expect(200);
        String next = first.raw().headers().firstValue("Link").orElseThrow();
        ServeFixture.Reply second = house.get(next.substring(1, next.indexOf('>'))).expect(200);
        assertThat(second.raw().headers().firstValue("Link")).isEmpty();
        for (int i = 0; i < 5; i++) {
            house.delete("/v1/searches/s" + i).expect(204);
        }

        importLines(first.raw().body() + second.raw().body()).expect(200);

        assertThat(house.get("/v1/searches").json().at("/items").valueStream().map(item -> item.at("/query").asString()))
                .containsExactly("a0", "a1", "a2", "a3", "a4");
    }

    @Test
    void moreThanTheQuotaAreRefusedWithItsSetting() {
        for (int i = 0; i < QUOTA; i++) {
            put("s" + i, "{\"query\":\"a\"}").expect(201);
        }

        ServeFixture.Reply refused = put("more", "{\"query\":\"a\"}").expectProblem(409, "quota");

        assertThat(refused.text("/detail")).contains(Integer.toString(QUOTA), "searchesPerTenant");
        put("s0", "{\"query\":\"b\"}").expect(200);
        house.delete("/v1/searches/s1").expect(204);
        put("more", "{\"query\":\"a\"}").expect(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                             | /query        | bad-search",
        "{\"query\":\"a\",\"more\":1}                   | /more         | bad-search",
        "{\"query\":7}                                  | /query        | bad-search",
        "{\"query\":\"a\",\"topics\":[\"a\",\"b..c\"]}  | /topics/1     | bad-search",
        "{\"query\":\"a\",\"deliver\":[\"endpoint:ep_none\"]} | /deliver/0 | bad-search",
        "{\"query\":\"a\",\"deliver\":[\"address:desk\"]} | /deliver/0  | bad-search",
        "{\"query\":\"a\",\"deliver\":[\"http://127.0.0.1/\"]} | /deliver/0 | bad-search",
        "{\"query\":\"a\",\"language\":\"xx\"}          | /language     | bad-search",
        "{\"query\":\"a\",\"throttle\":{\"max\":0,\"per\":\"PT1H\"}} | /throttle/max | bad-search",
        "{\"query\":\"a\",\"digest\":\"1h\"}            | /digest       | bad-search",
        "{\"query\":\"a\",\"when\":{\"count\":5}}       | /when         | bad-search",
        "{\"query\":\"a\",\"when\":{\"sequence\":[\"b\",\"(\"],\"within\":\"PT5M\"}} | /when/sequence/1 | bad-query",
        "{\"query\":\"a\",\"when\":{\"absent\":\"b:[1\",\"within\":\"PT5M\"}} | /when/absent | bad-query",
        "{\"query\":\"a\",\"expires_at\":\"soon\"}      | /expires_at   | bad-search",
        "{\"query\":\"title:(garden\"}                  | /query        | bad-query",
    })
    void whatIsWrongHasItsPlace(String json, String pointer, String code) {
        ServeFixture.Reply refused = put("s", json).expectProblem(400, code);

        assertThat(refused.text("/pointer")).isEqualTo(pointer);
        house.get("/v1/searches/s").expectProblem(404, "no-search");
    }

    @Test
    void aQuerysFaultHasLineColumnTokenAndWhatWasMeant() {
        put("s", "{\"query\":\"title:garden\"}").expect(201);
        house.send("POST", "/v1/events", Optional.of("{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"listings\","
                + "\"data\":{\"title\":\"garden\"}}"), Optional.empty(), "Content-Type", "application/cloudevents+json").expect(202);
        ServeFixture.until(() -> house.get("/v1/searches/s").json().at("/statistics/matches").asLong() == 1);

        ServeFixture.Reply refused = put("t", "{\"query\":\"house AND\\ntitel:garden\"}").expectProblem(400, "bad-query");

        assertThat(refused.json().at("/line").asInt()).isEqualTo(2);
        assertThat(refused.json().at("/column").asInt()).isEqualTo(1);
        assertThat(refused.text("/token")).startsWith("titel");
        assertThat(refused.text("/suggestion")).isEqualTo("title");
        assertThat(refused.text("/detail")).contains("did you mean 'title'");
    }

    static Stream<String> hostile() {
        String nested = "{\"bool\":{\"must\":".repeat(3000) + "{\"match_all\":{}}" + "}}".repeat(3000);
        return Stream.of("(".repeat(4000) + "a" + ")".repeat(4000), "((((".repeat(20) + "a" + "))))".repeat(20), "/[ac]*a[ac]{50,200}/",
                "/a{1,100000}/", "/(a{1,1000}){1,100}/", "/a{2000000}/", "/" + "(".repeat(2000) + "a" + ")".repeat(2000) + "/",
                String.join(" ", Collections.nCopies(1025, "a")), "a".repeat(40_000), "*x1*", "a".repeat(960) + "~2", nested);
    }

    /** Each is refused before Lucene sees it, so that nothing is compiled, stored or tried. */
    @ParameterizedTest
    @MethodSource("hostile")
    void aQueryThatWouldHarmIsRefusedBeforeItDoes(String query) {
        String json = query.startsWith("{") ? query : ServeFixture.JSON.valueToTree(query).toString();

        ServeFixture.Reply refused = put("s", "{\"query\":" + json + "}");

        assertThat(refused.status()).as(refused.raw().body()).isEqualTo(400);
        assertThat(refused.text("/code")).isIn("bad-query", "bad-search");
        assertThat(house.get("/v1/searches").json().at("/items").size()).isZero();
        house.get("/healthz").expect(200);
    }

    @Test
    void fieldsAreDeclaredAndOneThatIsUsedKeepsItsType() {
        ServeFixture.Reply declared = house.send("PUT", "/v1/schema", Optional.of("{\"fields\":[{\"name\":\"city\",\"type\":\"keyword\"},"
                + "{\"name\":\"title\",\"type\":\"text\",\"language\":\"ru\"}]}"), Optional.empty(), "Content-Type", "application/json").expect(200);
        assertThat(declared.json().toString()).contains("{\"name\":\"city\",\"type\":\"keyword\",\"origin\":\"declared\"}",
                "{\"name\":\"title\",\"type\":\"text\",\"language\":\"ru\",\"origin\":\"declared\"}");

        house.send("PUT", "/v1/schema", Optional.of("{\"fields\":[{\"name\":\"city\",\"type\":\"long\"}]}"), Optional.empty(),
                "Content-Type", "application/json").expectProblem(409, "field-in-use");
        assertThat(house.send("PUT", "/v1/schema", Optional.of("{\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}"), Optional.empty(),
                "Content-Type", "application/json").expectProblem(400, "bad-value").text("/pointer")).isEqualTo("/fields/0/type");
        assertThat(house.get("/v1/schema").json().at("/fields")).isEqualTo(declared.json().at("/fields"));
    }

    @Test
    void aSchemaIsClosedAndOpenedAgain() {
        put("s", "{\"query\":\"title:garden\"}").expect(201);
        assertThat(house.get("/v1/schema").json().at("/closed").asBoolean(true)).isFalse();

        ServeFixture.Reply closed = schema("{\"fields\":[{\"name\":\"city\",\"type\":\"keyword\"}],\"closed\":true}").expect(200);

        assertThat(closed.json().at("/closed").asBoolean(false)).isTrue();
        assertThat(house.get("/v1/schema").json()).isEqualTo(closed.json());
        assertThat(schema(closed.json().toString()).expect(200).json().at("/closed").asBoolean(false)).as("what was got, put").isTrue();
        put("t", "{\"query\":\"city:Bonn AND title:garden\"}").expect(201);
        ServeFixture.Reply refused = put("u", "{\"query\":\"rooms:3\"}").expectProblem(400, "bad-query");
        assertThat(refused.text("/detail")).contains("there is no field 'rooms', and the schema is closed");
        schema("{\"fields\":[{\"name\":\"floor\",\"type\":\"long\"}]}").expect(200);
        put("v", "{\"query\":\"floor:3\"}").expect(201);

        assertThat(schema("{\"closed\":false}").expect(200).json().at("/closed").asBoolean(true)).isFalse();
        put("u", "{\"query\":\"rooms:3\"}").expect(201);
        assertThat(schema("{\"closed\":\"yes\"}").expectProblem(400, "bad-value").text("/pointer")).isEqualTo("/closed");
        assertThat(schema("{}").expectProblem(400, "missing-member").text("/pointer")).isEqualTo("/fields");
    }

    private ServeFixture.Reply schema(String json) {
        return house.send("PUT", "/v1/schema", Optional.of(json), Optional.empty(), "Content-Type", "application/json");
    }

    @Test
    void aSearchIsItsTenantsAlone() {
        try (ServeFixture keyed = ServeFixture.of(ServeConfig.of(folder.resolve("keyed")))) {
            String shop = ApiKeys.in(folder.resolve("keyed"), new SecureRandom()).add("shop").key().reveal();
            keyed.send("PUT", "/v1/searches/s", Optional.of("{\"query\":\"a\"}"), Optional.of(shop), "Content-Type", "application/json").expect(201);

            keyed.get("/v1/searches/s").expectProblem(404, "no-search");
            assertThat(keyed.get("/v1/searches").json().at("/items").size()).isZero();
            keyed.send("GET", "/v1/searches/s", Optional.empty(), Optional.of(shop)).expect(200);
            keyed.send("GET", "/v1/searches/s", Optional.empty(), Optional.empty()).expectProblem(401, "no-key");
        }
    }
}
