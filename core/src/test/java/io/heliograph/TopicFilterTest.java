package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({
        "prices.eurusd, prices.eurusd", "a, a", "*, a", "*, prices", "prices.*, prices.eurusd", "*.eurusd, prices.eurusd",
        "*.*, a.b", "a.*.c, a.b.c", "prices.>, prices.eurusd", "prices.>, prices.eurusd.bid", ">, a", ">, a.b.c",
        "*.>, a.b", "*.>, a.b.c", "a.*.>, a.b.c", "a.*.>, a.b.c.d", ">, heliographs", "*, heliograph-x",
        "heliograph.>, heliograph.alert", "heliograph.*, heliograph.alert", "heliograph, heliograph",
        "heliograph.>, heliograph.a.b", "a.>, a.heliograph",
    })
    void matches(String filter, String topic) {
        assertThat(TopicFilter.of(filter).matches(topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "prices.eurusd, prices.gbpusd", "prices, prices.eurusd", "prices.eurusd, prices", "*, a.b", "*.*, a", "*.*, a.b.c",
        "prices.*, prices", "prices.*, prices.a.b", "prices.*, price.a", "prices.>, prices", "prices.>, pricesx.a",
        "a.*.c, a.b.d", "a.*.c, a.b", "a.*.>, a.b", "a.b.>, a.b", "A, a", "pri.*, prices.a", "prices.*, pri.a",
        ">, heliograph", ">, heliograph.alert", "*, heliograph", "*.alert, heliograph.alert", "*.>, heliograph.alert",
        "heliograph.>, heliograph", "heliograph.*, heliographs.a",
    })
    void doesNotMatch(String filter, String topic) {
        assertThat(TopicFilter.of(filter).matches(topic)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "a*", "*a", "**", ">>", "a>", "a. b", "a/b", "\u00e4", "a\n.b"})
    void refusesWhatIsNoFilter(String filter) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> TopicFilter.of(filter))
                .withMessageStartingWith("topic filter '")
                .withMessageContaining("a whole level may be '*' and the last level may be '>'")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void takesAtMost255Bytes() {
        assertThat(TopicFilter.of("a".repeat(254)).toString()).hasSize(254);
        assertThat(TopicFilter.of("a".repeat(255)).matches("a".repeat(255))).isTrue();
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> TopicFilter.of("a".repeat(256)));
        assertThat(TopicFilter.of("*.".repeat(127) + ">").matches("a.".repeat(127) + "b")).isTrue();
    }

    @Test
    void isEqualByItsText() {
        assertThat(TopicFilter.of("a.*")).isEqualTo(TopicFilter.of("a.*")).hasSameHashCodeAs(TopicFilter.of("a.*"))
                .isNotEqualTo(TopicFilter.of("a.>")).hasToString("a.*");
        assertThat(TopicFilter.of(">")).isEqualTo(TopicFilter.ALL);
    }

    @Test
    void agreesWithTheSameRuleWrittenAsARegularExpression() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String[] levels = {"a", "b", "ab", "heliograph"};
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            var topic = new StringBuilder(levels[random.nextInt(4)]);
            var filter = new StringBuilder(random.nextInt(3) == 0 ? "*" : levels[random.nextInt(4)]);
            for (int n = random.nextInt(3); n > 0; n--) {
                topic.append('.').append(levels[random.nextInt(4)]);
            }
            for (int n = random.nextInt(3); n > 0; n--) {
                filter.append('.').append(random.nextInt(3) == 0 ? "*" : levels[random.nextInt(4)]);
            }
            if (random.nextInt(3) == 0) {
                filter.append(".>");
            }
            boolean expected = byExpression(filter.toString(), topic.toString());
            matched += expected ? 1 : 0;
            assertThat(TopicFilter.of(filter.toString()).matches(topic.toString()))
                    .as("%s on %s, seed %d", filter, topic, seed).isEqualTo(expected);
        }
        assertThat(matched).as("matches, seed %d", seed).isGreaterThan(1_000);
    }

    private static boolean byExpression(String filter, String topic) {
        if (filter.startsWith("*") && (topic + ".").startsWith("heliograph.")) {
            return false;
        }
        String expression = filter.replace(".", "\\.").replace("*", "[^.]+").replace(">", ".+");
        return Pattern.matches(expression, topic);
    }
}
