package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostileEventsTest {

    private final SearchIndex searches = SearchIndex.open();

    @BeforeEach
    void register() {
        searches.register(List.of(Search.of("garden", "title:garden"), Search.of("any", "garden"), Search.of("key", "topic:listings"),
                Search.of("price", "price:[1 TO 5]"), Search.of("deep", "a.a.a:garden"), Search.of("whole", "title:house-b*"),
                Search.of("place", "at:distance(1,2,3km)")));
    }

    /** Whatever came before, an ordinary event is matched. */
    @AfterEach
    void stillMatches() {
        assertThat(ids(Event.json("listings", "{\"title\": \"garden\", \"price\": 3}"))).containsExactly("any", "garden", "key", "price");
        assertThat(searches.counts().quarantined()).isZero();
        searches.close();
    }

    private List<String> ids(Event event) {
        return searches.match(event).stream().map(Match::searchId).toList();
    }

    @Test
    void readsNoDataBeyondItsLimitAndMatchesByTheRest() {
        assertThat(ids(Event.json("listings", "{\"title\": \"garden " + "x".repeat(10 << 20) + "\"}"))).containsExactly("key");
        assertThat(searches.counts().oversized()).isOne();
    }

    @Test
    void readsTheFirstOfTenThousandFields() {
        String fields = IntStream.range(0, 10_000).mapToObj(i -> "\"f" + i + "\": " + i).collect(Collectors.joining(", "));
        assertThat(ids(Event.json("listings", "{\"title\": \"garden\", " + fields + ", \"price\": 3}"))).containsExactly("any", "garden", "key");
        assertThat(searches.counts().valuesLeftOut()).isEqualTo(8002);
        assertThat(searches.schema().fields()).hasSizeLessThanOrEqualTo(2006);
    }

    @Test
    void leavesOutWordsThatLuceneWouldRefuse() {
        assertThat(ids(Event.json("listings", "{\"title\": \"" + "x".repeat(40_000) + " garden\"}"))).containsExactly("any", "garden", "key");
        assertThat(searches.counts().valuesLeftOut()).isOne();
        assertThat(ids(Event.json("listings", "{\"title\": \"" + "\u4e2d\ud83d\ude00".repeat(20_000) + " garden\"}"))).contains("key");
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void bearsWordsOfFortyThousandLettersInEachLanguage(Language language) {
        searches.register(Search.of("other", "note:garden").in(language));
        for (String letter : List.of("x", "9", "ж", "한", "漢", "ア", "ก", "-", "\u0301")) {
            assertThat(ids(Event.json("listings", "{\"note\": \"" + letter.repeat(40_000) + "\"}"))).as(letter).doesNotContain("other");
        }
        assertThat(ids(Event.json("listings", "{\"note\": \"garden\"}"))).contains("other");
    }

    @Test
    void cutsTextsThatAreTooLong() {
        assertThat(ids(Event.json("listings", "{\"title\": \"" + "wild ".repeat(100_000) + "garden\"}"))).containsExactly("key");
        assertThat(searches.counts().textsCut()).isOne();
    }

    @Test
    void leavesOutWhatIsTooDeep() {
        assertThat(ids(Event.json("listings", "{\"a\":".repeat(1000) + "1" + "}".repeat(1000)))).containsExactly("key");
        assertThat(ids(Event.json("listings", "{\"title\": \"garden\", \"b\": " + "[".repeat(500_000) + "]".repeat(500_000) + "}")))
                .containsExactly("any", "garden", "key");
        assertThat(ids(Event.json("listings", "[".repeat(900_000)))).containsExactly("key");
        assertThat(ids(Event.json("listings", "{\"a\":{\"a\":{\"a\":\"garden\"}}}"))).containsExactly("any", "deep", "key");
        assertThat(searches.counts().tooDeep()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void takesMalformedJsonForText() {
        assertThat(ids(Event.json("listings", "{\"title\": \"garden\", "))).containsExactly("any", "key");
        assertThat(ids(Event.json("listings", "{\"title\": \"garden\"} {"))).containsExactly("any", "key");
        assertThat(ids(Event.of("listings", new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0}))).containsExactly("key");
        assertThat(searches.counts().malformed()).isEqualTo(2);
    }

    @Test
    void countsValuesThatAreNotOfTheirType() {
        for (String value : List.of("\"dear\"", "true", "{\"x\": 1}", "\"\"", "1e400", "\"NaN\"")) {
            assertThat(ids(Event.json("listings", "{\"price\": " + value + "}"))).as(value).containsExactly("key");
        }
        assertThat(ids(Event.json("listings", "{\"price\": [\"dear\", 3, null, {\"x\": []}]}"))).containsExactly("key", "price");
        assertThat(searches.counts().conflicts()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void bearsPlacesThatAreNowhere() {
        for (String value : List.of("{\"lat\": 91, \"lon\": 2}", "{\"lat\": 1}", "[1]", "[1, 2, 3]", "\"1,2,3\"", "\"north\"", "{\"lat\": \"x\", \"lon\": 2}",
                "[[1, 200]]", "{\"coordinates\": [999, 999]}", "{\"lat\": 1e400, \"lon\": 2}")) {
            assertThat(ids(Event.json("listings", "{\"at\": " + value + "}"))).as(value).containsExactly("key");
        }
        for (String value : List.of("{\"lat\": 1, \"lon\": 2}", "\"1,2\"", "[2, 1]", "[[50, 50], [2, 1]]", "{\"type\": \"Point\", \"coordinates\": [2, 1]}",
                "[{\"lat\": 50, \"lon\": 50}, {\"lat\": 1, \"lon\": 2}]", "{\"latitude\": 1, \"longitude\": 2}")) {
            assertThat(ids(Event.json("listings", "{\"at\": " + value + "}"))).as(value).containsExactly("key", "place");
        }
    }

    @Test
    void bearsNamesThatAreStrange() {
        for (String name : Arrays.asList("", ".", "..", "data", "data.", "topic", "attributes.x", "t.ru:title", "x".repeat(100_000), "\\u0000", "a\\nb")) {
            assertThat(ids(Event.json("listings", "{\"" + name + "\": \"garden\"}"))).as(name).contains("key");
        }
    }
}
