package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heliograph.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuerySyntaxTest {

    private static final Event HOUSE = Event.builder("listings.sale").subject("h-1").data("""
            {"title": "Sunny house with a wild garden", "price": 249000, "size": 99.5, "city": "Berlin", "isNew": true,
             "built": "1998-05-17", "tags": ["garden", "balcony view"], "code": "AB-12/x", "rooms": [{"m2": 12}, {"m2": 30}],
             "location": {"lat": 52.52, "lon": 13.405}, "name": "shop.api2.latency", "zero": -0.0, "big": 9007199254740993}
            """.getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json").build();

    @ParameterizedTest
    @ValueSource(strings = {
        "title:garden", "garden", "title:GARDEN", "title:(house garden)", "title:\"wild garden\"", "title:\"house garden\"~3",
        "price:[* TO 250000]", "price:[249000 TO 249000]", "price:{248999 TO 249001}", "price:>=249000", "price:<249000.5",
        "price:249000", "size:[99 TO 100]", "size:99.5", "size:>99", "size:{99.4 TO *]", "title:hous*", "title:w?ld", "title:w*d",
        "title:gardem~1", "title:/gar.+/", "title:sunny AND price:[1 TO 250000]", "title:snow OR title:sunny", "+title:sunny -title:snow",
        "title:snow title:sunny", "NOT title:snow", "-title:snow", "title:sunny AND NOT title:snow", "title:sunny AND -title:snow",
        "(title:snow OR title:sunny) AND price:>1", "*:*", "*", "title:*", "_exists_:title", "_exists_:location", "rooms:*", "isNew:true",
        "built:[1998-01-01 TO 1998-12-31]", "built:1998-05-17", "built:[1998-05-17 TO 1998-05-17]", "built:<now", "built:[* TO now-20y/y]",
        "built:{1998-05-16 TO 1998-05]", "tags:garden", "tags:\"balcony view\"", "rooms.m2:30", "rooms.m2:[20 TO *]", "data.title:house",
        "topic:listings.sale", "topic:listings.*", "subject:h-1", "attributes.source:heliograph", "location:distance(52.5, 13.4, 5km)",
        "location:box(53, 13, 52, 14)", "name:shop.*", "name:shop.*latency", "name:SHOP.api*", "zero:[0 TO 0]", "zero:[0 TO 1]",
        "big:[9007199254740993 TO 9007199254740993]", "title:sunny^3 city:nowhere", "code:\"AB-12/x\"", "code:AB\\-12*", "city:[A TO C]",
        "title:house && !title:snow", "title:house || title:snow", "price:(249000 OR 3)", "\u3000title:house", "price:[\"1\" TO \"999999\"]",
        "price:>-5", "price:[-5 TO 300000]"})
    void matches(String query) {
        assertThat(EventQuery.parse(query).test(HOUSE)).as(query).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "title:snow", "snow", "title:\"garden wild\"", "title:\"house garden\"", "title:\"house garden\"~1", "price:[* TO 248999]",
        "price:{249000 TO *]", "price:<249000", "price:-5", "size:100", "size:[99.6 TO *]", "size:{99.5 TO *]", "title:snow*", "title:w?d",
        "title:gxrdxm~1", "title:/gar/", "title:sunny AND price:[250000 TO *]", "title:snow OR title:ice", "+title:sunny -title:house",
        "NOT title:house", "title:sunny AND NOT title:house", "_exists_:absent", "isNew:false", "built:>now", "built:[1999 TO *]",
        "built:{1998-05-17 TO *]", "built:1998-05-18", "tags:\"garden balcony\"", "rooms.m2:[13 TO 29]", "data.topic:listings.sale",
        "topic:listings", "subject:h-2", "location:distance(48.1, 11.5, 50km)", "location:box(51, 13, 50, 14)", "name:shop.web*",
        "big:[9007199254740992 TO 9007199254740992]", "city:[C TO D]", "-title:house", "title:house AND !title:garden"})
    void doesNotMatch(String query) {
        assertThat(EventQuery.parse(query).test(HOUSE)).as(query).isFalse();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "`title:(garden`, 1, 14, ``",
        "`title:garden)`, 1, 13, `)`",
        "`title:\"garden`, 1, 7, `\"`",
        "`price:[1 TO`, 1, 7, `[`",
        "`price:[1 TO 2 3]`, 1, 15, `3`",
        "`price:[1 2]`, 1, 10, `2`",
        "`title:garden AND`, 1, 17, ``",
        "`AND garden`, 1, 1, `AND`",
        "`title:()`, 1, 8, `)`",
        "`title:garden^x`, 1, 14, `x`",
        "`title:garden~7`, 1, 14, `7`",
        "`title:*garden`, 1, 7, `*garden`",
        "`title:a:b`, 1, 8, `:`",
        "`[1 TO 2]`, 1, 1, `[1 TO 2]`",
        "`place:distance(1,2)`, 1, 16, `1,2`",
        "`place:distance(99,2,3km)`, 1, 16, `99`",
        "`garden ]`, 1, 8, `]`",
        "`garden \\`, 1, 8, `\\`",
    })
    void tellsWhereAQueryIsWrong(String query, int line, int column, String token) {
        QueryException told = catchThrowableOfType(QueryException.class, () -> EventQuery.parse(query));
        assertThat(told).as(query).isNotNull();
        assertThat(told.line()).as(told.getMessage()).isEqualTo(line);
        assertThat(told.column()).as(told.getMessage()).isEqualTo(column);
        assertThat(told.token()).as(told.getMessage()).isEqualTo(token);
    }

    @Test
    void countsLinesAndColumns() {
        assertThatThrownBy(() -> EventQuery.parse("title:garden\n  AND (price:[1 TO 2] OR\n    title:/a{9999}/)"))
                .isInstanceOfSatisfying(QueryException.class, told -> {
                    assertThat(told.line()).isEqualTo(3);
                    assertThat(told.column()).isEqualTo(11);
                });
    }

    @Test
    void refusesAnEmptyQuery() {
        assertThatThrownBy(() -> EventQuery.parse("  ")).isInstanceOf(QueryException.class).hasMessageContaining("empty");
    }

    @Test
    void bindsAndStrongerThanOrAndOrStrongerThanNeighbourhood() {
        assertThat(EventQuery.parse("title:sunny OR title:snow AND title:ice").test(HOUSE)).isTrue();
        assertThat(EventQuery.parse("(title:sunny OR title:snow) AND title:ice").test(HOUSE)).isFalse();
        assertThat(EventQuery.parse("title:ice title:sunny OR title:snow").test(HOUSE)).isTrue();
        assertThat(EventQuery.parse("+title:ice title:sunny OR title:snow").test(HOUSE)).isFalse();
    }
}
