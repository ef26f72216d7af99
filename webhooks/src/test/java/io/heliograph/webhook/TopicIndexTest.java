package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicIndexTest {

    private static final List<String> LEVELS = List.of("a", "b", "heliograph", "aa");

    private static String topic(Random random) {
        var topic = new StringBuilder(LEVELS.get(random.nextInt(LEVELS.size())));
        for (int more = random.nextInt(3); more > 0; more--) {
            topic.append('.').append(LEVELS.get(random.nextInt(LEVELS.size())));
        }
        return topic.toString();
    }

    private static TopicFilter filter(Random random) {
        String[] levels = topic(random).split("\\.");
        for (int i = 0; i < levels.length; i++) {
            levels[i] = random.nextInt(3) == 0 ? "*" : levels[i];
        }
        if (random.nextInt(3) == 0) {
            levels[levels.length - 1] = ">";
        }
        return TopicFilter.of(String.join(".", levels));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsAllWhoseFiltersMatchWhileTheyComeAndGo(long seed) {
        var random = new Random(seed);
        var index = new TopicIndex();
        var filters = new TreeMap<String, List<TopicFilter>>();
        for (int round = 0; round < 500; round++) {
            String id = "e" + random.nextInt(40);
            List<TopicFilter> before = filters.remove(id);
            if (before != null) {
                index.remove("t", before, id);
            }
            if (random.nextInt(3) > 0) {
                List<TopicFilter> some = List.of(filter(random), filter(random));
                filters.put(id, some);
                index.add("t", some, id);
            }
            String topic = topic(random);
            var matching = new TreeSet<String>();
            filters.forEach((name, its) -> {
                if (its.stream().anyMatch(one -> one.matches(topic))) {
                    matching.add(name);
                }
            });
            assertThat(index.candidates("t", topic)).as("seed %d, topic %s, filters %s", seed, topic, filters).containsAll(matching);
            assertThat(index.candidates("other", topic)).isEmpty();
        }
        filters.forEach((id, its) -> index.remove("t", its, id));
        assertThat(index.size()).as("seed %d", seed).isZero();
    }

    @Test
    void looksAtNoneOfTenThousandThatWantSomethingElse() {
        var index = new TopicIndex();
        for (int i = 0; i < 10_000; i++) {
            index.add("t", List.of(TopicFilter.of("shop." + i + ".orders"), TopicFilter.of("shop." + i + ".refunds.*")), "e" + i);
        }
        assertThat(new ArrayList<>(index.candidates("t", "shop.77.orders"))).containsExactly("e77");
        assertThat(index.candidates("t", "shop.77.refunds.late")).containsExactly("e77");
        assertThat(index.candidates("t", "shop.77.returns")).isEmpty();
        assertThat(index.size()).isEqualTo(20_000);
    }
}
