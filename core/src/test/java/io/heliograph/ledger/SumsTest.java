package io.heliograph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SumsTest {

    @Test
    void writesThePublisherLineAsItIsPromised() {
        assertThat(new PublisherSums(10, 7, 2, 1, 5).toJson()).isEqualTo(
                "{\"role\":\"publisher\",\"offered\":10,\"accepted\":7,\"dropped\":2,\"refused\":1,\"difference\":0}");
        assertThat(new PublisherSums(10, 7, 2, 0, 0).toJson()).endsWith("\"difference\":1}");
    }

    @Test
    void writesTheSubscriberLineAsItIsPromised() {
        var sums = new SubscriberSums(20, 10, 3, Map.of(LossReason.OVERFLOW, 4L, LossReason.NETWORK, 2L), 1, 8, 9, 7);
        assertThat(sums.toJson()).isEqualTo("{\"role\":\"subscriber\",\"known\":20,\"delivered\":10,\"filtered\":3,"
                + "\"lost\":{\"network\":2,\"overflow\":4},\"in_flight\":1,\"duplicates\":8,\"gaps\":9,\"difference\":0}");
        assertThat(SubscriberSums.ZERO.toJson()).isEqualTo("{\"role\":\"subscriber\",\"known\":0,\"delivered\":0,\"filtered\":0,"
                + "\"lost\":{},\"in_flight\":0,\"duplicates\":0,\"gaps\":0,\"difference\":0}");
    }

    @Test
    void namesEveryReasonInLowerCase() {
        assertThat(LossReason.values()).extracting(LossReason::label).containsExactly(
                "network", "overflow", "conflated", "expired", "failed", "left", "evicted", "closed", "unreadable", "rate",
                "dead_letter");
    }

    @Test
    void differsByWhateverNoTermExplains() {
        assertThat(new SubscriberSums(5, 1, 1, Map.of(LossReason.LEFT, 1L), 1, 0, 0, 0).difference()).isOne();
        assertThat(new SubscriberSums(3, 1, 1, Map.of(LossReason.LEFT, 1L), 1, 0, 0, 0).difference()).isEqualTo(-1);
    }

    @Test
    void addsTermByTerm() {
        var one = new SubscriberSums(1, 2, 3, Map.of(LossReason.LEFT, 4L), 5, 6, 7, 8);
        var two = new SubscriberSums(10, 20, 30, Map.of(LossReason.LEFT, 40L, LossReason.FAILED, 1L), 50, 60, 70, 80);
        assertThat(one.plus(two)).isEqualTo(two.plus(one)).isEqualTo(
                new SubscriberSums(11, 22, 33, Map.of(LossReason.LEFT, 44L, LossReason.FAILED, 1L), 55, 66, 77, 88));
        assertThat(one.plus(SubscriberSums.ZERO)).isEqualTo(one);
        assertThat(two.lostTotal()).isEqualTo(41);
    }

    @Test
    void keepsItsOwnCopyOfTheLosses() {
        var lost = new HashMap<>(Map.of(LossReason.LEFT, 4L));
        var sums = new SubscriberSums(4, 0, 0, lost, 0, 0, 0, 0);
        lost.clear();
        assertThat(sums.lostTotal()).isEqualTo(4);
    }

    @Test
    void countsEachResultUnderItsTerm() {
        var ledger = new PublisherLedger();
        for (PublishResult result : PublishResult.values()) {
            assertThat(ledger.count(result)).isSameAs(result);
        }
        ledger.countUnheard();
        assertThat(ledger.sums()).isEqualTo(new PublisherSums(6, 1, 1, 4, 1));
    }

    @Test
    void countsEachTermByItself() {
        var ledger = new SubscriberLedger();
        ledger.known(9);
        ledger.entered();
        ledger.entered();
        ledger.left();
        ledger.delivered();
        ledger.filtered();
        ledger.lost(LossReason.EXPIRED, 3);
        ledger.duplicates(1);
        ledger.gap();
        ledger.failure();
        assertThat(ledger.sums()).isEqualTo(new SubscriberSums(9, 1, 1, Map.of(LossReason.EXPIRED, 3L), 1, 1, 1, 1));
        assertThat(ledger.sums().difference()).isEqualTo(3);
    }
}
