package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyQueuesTest {

    private static DueDelivery delivery(long id, String key) {
        return new DueDelivery(id, id, new MessageId("msg_" + id), "ep", Optional.of(key), 0, 0, Optional.empty(), Optional.empty(), 0,
                10, 0, new byte[10]);
    }

    @Test
    void letsTheNextOfAKeyGoOnceTheOneBeforeItIsDelivered() {
        var queues = new KeyQueues();
        assertThat(queues.join("a", delivery(1, "a"))).isEqualTo(KeyQueues.Place.FIRST);
        assertThat(queues.join("b", delivery(2, "b"))).isEqualTo(KeyQueues.Place.FIRST);
        assertThat(queues.join("a", delivery(3, "a"))).isEqualTo(KeyQueues.Place.BEHIND);
        assertThat(queues.join("a", delivery(4, "a"))).isEqualTo(KeyQueues.Place.BEHIND);
        assertThat(queues.waiting()).isEqualTo(2);
        assertThat(queues.hasNext("a")).isTrue();
        assertThat(queues.hasNext("b")).isFalse();

        assertThat(queues.delivered("a")).map(DueDelivery::id).contains(3L);
        assertThat(queues.delivered("a")).map(DueDelivery::id).contains(4L);
        assertThat(queues.delivered("a")).isEmpty();
        assertThat(queues.delivered("b")).isEmpty();
        assertThat(queues.isEmpty()).isTrue();
        assertThat(queues.waiting()).isZero();
        assertThat(queues.join("a", delivery(5, "a"))).isEqualTo(KeyQueues.Place.FIRST);
    }

    @Test
    void forgetsWhatIsBehindOneThatIsNotDelivered() {
        var queues = new KeyQueues();
        queues.join("a", delivery(1, "a"));
        queues.join("a", delivery(2, "a"));
        assertThat(queues.ended("a")).extracting(DueDelivery::id).containsExactly(2L);
        assertThat(queues.ended("a")).isEmpty();
        assertThat(queues.isEmpty()).isTrue();
        assertThat(queues.waiting()).isZero();
    }

    @Test
    void sendsBackWhatFollowsOthersThatGoBackUntilTheyAreThere() {
        var queues = new KeyQueues();
        queues.join("a", delivery(1, "a"));
        queues.join("a", delivery(2, "a"));
        assertThat(queues.takeAll()).extracting(DueDelivery::id).containsExactly(2L);
        queues.goBack("a");
        assertThat(queues.join("a", delivery(3, "a"))).as("it would overtake the second").isEqualTo(KeyQueues.Place.BACK);
        queues.goBack("a");
        queues.areBack("a");
        assertThat(queues.join("a", delivery(4, "a"))).as("the third is not back yet").isEqualTo(KeyQueues.Place.BACK);
        queues.areBack("a");
        assertThat(queues.join("a", delivery(5, "a"))).isEqualTo(KeyQueues.Place.BEHIND);
        assertThat(queues.join("b", delivery(6, "b"))).isEqualTo(KeyQueues.Place.FIRST);
    }
}
