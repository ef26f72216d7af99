package io.heliograph.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListingsTest {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void areTheSameByTheSameChance() {
        assertThat(offered(7, 50)).isEqualTo(offered(7, 50)).isNotEqualTo(offered(8, 50));
    }

    @Test
    void areOfferedInEightLanguages() {
        assertThat(homes(400).map(home -> home.get("language").stringValue()).distinct())
                .containsExactlyInAnyOrder("en", "de", "fr", "es", "ru", "ja", "ko", "zh");
    }

    @Test
    void bearATitleAPlaceAndAPriceThatSomebodyMightPay() {
        assertThat(homes(1_000)).allSatisfy(home -> {
            assertThat(home.get("title").stringValue()).isNotBlank().doesNotContain("%");
            assertThat(home.get("text").stringValue()).hasSizeGreaterThan(20).doesNotContain("%");
            assertThat(home.get("price").longValue()).isBetween(20_000L, 10_000_000L);
            assertThat(home.get("rooms").intValue()).isBetween(1, 40);
            assertThat(home.get("at").get("lat").doubleValue()).isBetween(-90.0, 90.0);
            assertThat(home.get("at").get("lon").doubleValue()).isBetween(-180.0, 180.0);
        });
    }

    @Test
    void areEventsOfTheirCity() {
        assertThat(offered(1, 100)).allSatisfy(event -> {
            assertThat(event.topic()).matches("listings\\.[a-z]+");
            assertThat(event.subject()).isPresent();
        });
    }

    private static Stream<JsonNode> homes(int count) {
        return offered(count, count).stream().map(event -> JSON.readTree(event.text()));
    }

    private static List<Event> offered(long seed, int count) {
        var listings = new Listings(new Random(seed));
        return Stream.generate(listings::next).limit(count).toList();
    }
}
