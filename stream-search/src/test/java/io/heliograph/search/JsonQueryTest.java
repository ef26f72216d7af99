package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heliograph.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonQueryTest {

    private static final Event HOUSE = Event.json("listings", """
            {"title": "Sunny house with a wild garden", "price": 249000, "city": "Berlin", "new": true, "built": "1998-05-17",
             "tags": ["red", "green"], "location": {"lat": 52.52, "lon": 13.405}}
            """);

    private final SearchIndex searches = SearchIndex.open();

    @AfterEach
    void close() {
        searches.close();
    }

    private boolean matches(String query) {
        searches.register(Search.json("s", query));
        return !searches.match(HOUSE).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"match_all\": {}}",
        "{\"match\": {\"title\": \"snow garden\"}}",
        "{\"match\": {\"title\": {\"query\": \"house garden\", \"operator\": \"and\"}}}",
        "{\"match_phrase\": {\"title\": \"wild garden\"}}",
        "{\"match_phrase\": {\"title\": {\"query\": \"house garden\", \"slop\": 3}}}",
        "{\"term\": {\"city\": \"Berlin\"}}",
        "{\"term\": {\"city\": {\"value\": \"Berlin\", \"boost\": 2}}}",
        "{\"term\": {\"new\": true}}",
        "{\"term\": {\"price\": 249000}}",
        "{\"terms\": {\"tags\": [\"blue\", \"green\"]}}",
        "{\"range\": {\"price\": {\"gte\": 249000, \"lt\": 249001}}}",
        "{\"range\": {\"built\": {\"gte\": \"1998-01-01\", \"lte\": \"1998-12\"}}}",
        "{\"range\": {\"built\": {\"lt\": \"now-1y/d\"}}}",
        "{\"range\": {\"price\": {\"from\": 1, \"to\": null}}}",
        "{\"prefix\": {\"title\": \"gard\"}}",
        "{\"wildcard\": {\"title\": {\"value\": \"g?rd*n\"}}}",
        "{\"wildcard\": {\"title\": {\"wildcard\": \"gar*\"}}}",
        "{\"exists\": {\"field\": \"tags\"}}",
        "{\"exists\": {\"field\": \"location\"}}",
        "{\"geo_distance\": {\"distance\": \"5km\", \"location\": {\"lat\": 52.5, \"lon\": 13.4}}}",
        "{\"geo_distance\": {\"distance\": \"5km\", \"location\": \"52.5,13.4\"}}",
        "{\"geo_distance\": {\"distance\": \"5km\", \"location\": [13.4, 52.5]}}",
        "{\"geo_bounding_box\": {\"location\": {\"top_left\": {\"lat\": 53, \"lon\": 13}, \"bottom_right\": {\"lat\": 52, \"lon\": 14}}}}",
        "{\"geo_bounding_box\": {\"location\": {\"top\": 53, \"left\": 13, \"bottom\": 52, \"right\": 14}}}",
        "{\"bool\": {\"must\": {\"match\": {\"title\": \"house\"}}, \"must_not\": [{\"term\": {\"city\": \"Bern\"}}]}}",
        "{\"bool\": {\"should\": [{\"match\": {\"title\": \"snow\"}}, {\"match\": {\"title\": \"house\"}}]}}",
        "{\"bool\": {\"should\": [{\"match\": {\"title\": \"snow\"}}, {\"match\": {\"title\": \"house\"}}, {\"term\": {\"city\": \"Berlin\"}}],"
                + " \"minimum_should_match\": \"67%\"}}",
        "{\"bool\": {\"filter\": [{\"term\": {\"city\": \"Berlin\"}}], \"should\": [{\"match\": {\"title\": \"snow\"}}]}}",
        "{\"bool\": {\"must_not\": {\"match\": {\"title\": \"snow\"}}}}",
        "{\"bool\": {}}",
        "{\"query\": {\"match\": {\"title\": \"garden\"}}}"})
    void matchesAsElasticsearchDoes(String query) {
        assertThat(matches(query)).as(query).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"match\": {\"title\": {\"query\": \"house snow\", \"operator\": \"and\"}}}",
        "{\"match_phrase\": {\"title\": \"house garden\"}}",
        "{\"term\": {\"city\": \"berlin\"}}",
        "{\"term\": {\"new\": false}}",
        "{\"terms\": {\"tags\": [\"blue\"]}}",
        "{\"range\": {\"price\": {\"gt\": 249000}}}",
        "{\"range\": {\"built\": {\"gt\": \"1998-05\"}}}",
        "{\"prefix\": {\"title\": \"snow\"}}",
        "{\"exists\": {\"field\": \"absent\"}}",
        "{\"geo_distance\": {\"distance\": \"500m\", \"location\": [13.5, 52.5]}}",
        "{\"geo_bounding_box\": {\"location\": {\"top\": 51, \"left\": 13, \"bottom\": 50, \"right\": 14}}}",
        "{\"bool\": {\"must\": [{\"match\": {\"title\": \"house\"}}, {\"match\": {\"title\": \"snow\"}}]}}",
        "{\"bool\": {\"should\": [{\"match\": {\"title\": \"snow\"}}, {\"match\": {\"title\": \"house\"}}], \"minimum_should_match\": 2}}",
        "{\"bool\": {\"must_not\": {\"match\": {\"title\": \"house\"}}}}"})
    void doesNotMatchAsElasticsearchDoesNot(String query) {
        assertThat(matches(query)).as(query).isFalse();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "`{\"matsh\": {\"title\": \"x\"}}`, 1, `did you mean 'match'`",
        "`{\"match\": {\"title\": \"x\"}, \"term\": {}}`, 1, `one member`",
        "`{\"match\":\n {\"title\":\n  {\"query\": [1]}}}`, 3, `'query' is a text`",
        "`{\"bool\": {\"must\": [\n{\"range\": {\"price\": {}}}]}}`, 2, `gte, gt, lte or lt`",
        "`{\"bool\": {\"musst\": []}}`, 1, `'musst' is not known in bool`",
        "`{\"match\": {\"title\": \"a\", \"text\": \"b\"}}`, 1, `one field`",
        "`{\"terms\": {\"tags\": \"a\"}}`, 1, `array`",
        "`{\"geo_distance\": {\"distance\": \"5 parsecs\", \"at\": [1, 2]}}`, 1, `500m`",
        "`{\"geo_distance\": {\"distance\": \"5km\", \"at\": [1, 99]}}`, 1, `latitudes`",
        "`{\"term\": {\"a\": {\"value\": 1, \"case_insensitive\": true}}}`, 1, `case_insensitive`",
    })
    void tellsWhereAQueryIsWrong(String query, int line, String message) {
        QueryException told = catchThrowableOfType(QueryException.class, () -> searches.register(Search.json("s", query)));
        assertThat(told).as(query).isNotNull().hasMessageContaining(message);
        assertThat(told.line()).as(query).isEqualTo(line);
    }

    @Test
    void meansTheSameAsLucenesSyntax() {
        searches.register(Search.json("json", "{\"bool\": {\"must\": [{\"match\": {\"title\": \"garden\"}}, {\"range\": {\"price\": {\"lte\": 250000}}}]}}"));
        searches.register(Search.of("lucene", "title:garden AND price:[* TO 250000]"));
        assertThat(searches.match(HOUSE)).extracting(Match::searchId).containsExactly("json", "lucene");
    }
}
