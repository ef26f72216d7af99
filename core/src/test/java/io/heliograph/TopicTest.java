package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

final class TopicTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "A9_-", "prices.eurusd", "a.b.c.d", "-", "_", "0", "heliograph", "heliograph.alert"})
    void takesLevelsOfLettersDigitsUnderscoreAndDash(String topic) {
        assertThat(Topic.isValid(topic)).isTrue();
        assertThat(Topic.require(topic)).isSameAs(topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".a", "a.", "a..b", "a b", "a/b", "a:b", "a@b", "a[b", "a`b", "a{b", "a*", ">", "\u00e4", "a\u0000",
        "a\n", "\uff41", "\ud83d\ude00"})
    void refusesEverythingElse(String topic) {
        assertThat(Topic.isValid(topic)).isFalse();
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Topic.require(topic))
                .withMessageStartingWith("topic '")
                .withMessageContaining("allowed is dot-separated levels")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void takesAtMost255Bytes() {
        assertThat(Topic.isValid("a".repeat(254))).isTrue();
        assertThat(Topic.isValid("a".repeat(255))).isTrue();
        assertThat(Topic.isValid("a".repeat(256))).isFalse();
        assertThat(Topic.isValid("a.".repeat(127) + "b")).isTrue();
        assertThat(Topic.isValid("a.".repeat(128) + "b")).isFalse();
    }

    @Test
    void reservesTheLevelAndNothingThatOnlyStartsLikeIt() {
        assertThat(Topic.isReserved("heliograph")).isTrue();
        assertThat(Topic.isReserved("heliograph.alert")).isTrue();
        assertThat(Topic.isReserved("heliographs")).isFalse();
        assertThat(Topic.isReserved("heliograph-x.y")).isFalse();
        assertThat(Topic.isReserved("x.heliograph")).isFalse();
    }
}
