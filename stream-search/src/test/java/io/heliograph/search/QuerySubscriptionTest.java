package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class QuerySubscriptionTest {

    @Test
    void handsOutWhatTheQueryMatchesAndCountsTheRestAsFiltered() {
        List<String> cheap = new CopyOnWriteArrayList<>();
        try (SearchIndex searches = SearchIndex.open();
                var subscriber = Heliograph.subscriber("local:search-subscription");
                var publisher = Heliograph.publisher("local:search-subscription")) {
            var subscription = searches.subscribe(subscriber, "price:[* TO 250000]", delivery -> cheap.add(delivery.event().text()));
            for (int price = 100_000; price <= 1_000_000; price += 50_000) {
                assertThat(publisher.publish(Event.json("listings", "{\"price\": " + price + "}"))).isEqualTo(PublishResult.ACCEPTED);
            }
            assertThat(publisher.publish(Event.of("listings", "no price"))).isEqualTo(PublishResult.ACCEPTED);
            await().atMost(Duration.ofSeconds(20)).until(() -> subscription.sums().delivered() + subscription.sums().filtered() == 20);
            assertThat(cheap).containsExactly("{\"price\": 100000}", "{\"price\": 150000}", "{\"price\": 200000}", "{\"price\": 250000}");
            assertThat(subscription.sums().delivered()).isEqualTo(4);
            assertThat(subscription.sums().filtered()).isEqualTo(16);
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(subscription.sums().difference()).isZero();
            assertThat(publisher.sums().accepted()).isEqualTo(20);
        }
    }

    @Test
    void filtersByTopicFirst() {
        try (SearchIndex searches = SearchIndex.open();
                var subscriber = Heliograph.subscriber("local:search-topics");
                var publisher = Heliograph.publisher("local:search-topics")) {
            List<String> found = new CopyOnWriteArrayList<>();
            var subscription = searches.subscribe(subscriber, Search.of("s", "garden"), Interest.in(TopicFilter.of("sale.*")),
                    delivery -> found.add(delivery.event().topic()));
            List.of("sale.house", "rent.house", "sale.flat").forEach(topic -> publisher.publish(Event.of(topic, "a garden")));
            publisher.publish(Event.of("sale.boat", "a sail"));
            await().atMost(Duration.ofSeconds(20)).until(() -> subscription.sums().delivered() + subscription.sums().filtered() == 4);
            assertThat(found).containsExactly("sale.house", "sale.flat");
        }
    }

    @Test
    void refusesABadQueryBeforeItSubscribes() {
        try (SearchIndex searches = SearchIndex.open(); var subscriber = Heliograph.subscriber("local:search-bad")) {
            assertThatThrownBy(() -> searches.subscribe(subscriber, "price:[1 TO", delivery -> { })).isInstanceOf(QueryException.class);
        }
    }
}
