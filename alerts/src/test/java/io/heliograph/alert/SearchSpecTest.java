package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.TopicFilter;
import io.heliograph.search.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSpecTest {

    private static final Duration FIVE = Duration.ofMinutes(5);

    @Test
    void readsWhatItWrites() {
        SearchSpec plain = SearchSpec.of("title:\"a \\\"b\\\"\"");
        SearchSpec full = SearchSpec.of(QueryText.json("{\"match\": {\"title\": \"garden\"}}"))
                .withTopics(List.of(TopicFilter.of("a.>"), TopicFilter.of("b.*")))
                .withDeliver(List.of(Recipient.parse("endpoint:ep_1"), Recipient.parse("address:desk")))
                .withLanguage(Language.of("ru")).withThrottle(new Throttle(10, Duration.ofHours(1))).withDigest(Duration.ofHours(2))
                .withWhen(new Condition.Count(5, FIVE, Optional.of("city"))).withMuteUntil(Instant.parse("2027-01-01T00:00:00Z"))
                .withExpiresAt(Instant.parse("2028-01-01T00:00:00Z")).withTags(List.of("x", "y")).withState(SearchSpec.State.DISABLED);
        SearchSpec sequence = plain.withWhen(new Condition.Sequence(List.of(QueryText.of("a:1"), QueryText.json("{\"exists\":{\"field\":\"b\"}}")),
                FIVE, Optional.empty()));
        SearchSpec absent = plain.withWhen(new Condition.Absent(QueryText.of("a:1"), FIVE, Optional.empty()));
        for (SearchSpec spec : List.of(plain, full, sequence, absent)) {
            assertThat(SearchSpec.parse(spec.toJson())).isEqualTo(spec);
        }
    }

    @Test
    void takesAQueryInJsonAsItStandsSoThatPlacesInItHold() {
        String query = "{ \"bool\":\n {\"must\": [] } }";
        assertThat(SearchSpec.parse("{\"tags\": [\"ä\"], \"query\" : " + query + ", \"enabled\": true}").query()).isEqualTo(QueryText.json(query));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "{}|/query",
        "{\"query\": 3}|/query",
        "[]|''",
        "{\"query\": \"a\", \"query\": \"b\"}|/query",
        "{\"query\": \"a\", \"nothing\": 1}|/nothing",
        "{\"query\": \"a\", \"topics\": [\"a.b\", \"..\"]}|/topics/1",
        "{\"query\": \"a\", \"topics\": []}|/topics",
        "{\"query\": \"a\", \"deliver\": [\"mailto:x\"]}|/deliver/0",
        "{\"query\": \"a\", \"language\": \"xx\"}|/language",
        "{\"query\": \"a\", \"throttle\": {\"max\": 0, \"per\": \"PT1H\"}}|/throttle/max",
        "{\"query\": \"a\", \"throttle\": {\"max\": 99999999999999, \"per\": \"PT1H\"}}|/throttle/max",
        "{\"query\": \"a\", \"throttle\": {\"max\": 1}}|/throttle",
        "{\"query\": \"a\", \"throttle\": {\"max\": 1, \"per\": \"1h\"}}|/throttle/per",
        "{\"query\": \"a\", \"digest\": \"PT0S\"}|/digest",
        "{\"query\": \"a\", \"when\": {\"count\": 5}}|/when",
        "{\"query\": \"a\", \"when\": {\"count\": 5, \"absent\": \"b\", \"within\": \"PT1M\"}}|/when",
        "{\"query\": \"a\", \"when\": {\"count\": 1, \"within\": \"PT1M\"}}|/when/count",
        "{\"query\": \"a\", \"when\": {\"sequence\": [\"b\"], \"within\": \"PT1M\"}}|/when/sequence",
        "{\"query\": \"a\", \"when\": {\"sequence\": [\"b\", 1], \"within\": \"PT1M\"}}|/when/sequence/1",
        "{\"query\": \"a\", \"when\": {\"count\": 5, \"within\": \"P2D\"}}|/when/within",
        "{\"query\": \"a\", \"mute_until\": \"tomorrow\"}|/mute_until",
        "{\"query\": \"a\", \"tags\": [\"\"]}|/tags/0",
        "{\"query\": \"a\", \"tags\": [\"t\", \"t\"]}|/tags",
        "{\"query\": \"a\", \"enabled\": \"yes\"}|/enabled",
        "{\"query\": \"a\"} x|''",
    })
    void saysWhereSomethingIsWrong(String json, String pointer) {
        assertThatThrownBy(() -> SearchSpec.parse(json)).isInstanceOfSatisfying(SearchSpecException.class,
                e -> assertThat(e.pointer()).as("%s", e.getMessage()).isEqualTo(pointer));
    }
}
