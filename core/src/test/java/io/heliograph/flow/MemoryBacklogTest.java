package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MemoryBacklogTest {

    private static final FlowPolicy OLDEST_3 = FlowPolicy.dropOldest(Limit.events(3));
    private static final FlowPolicy NEWEST_3 = FlowPolicy.dropNewest(Limit.events(3));
    private static final FlowPolicy SAME_KEY_3 = FlowPolicy.dropSameKey(Limit.events(3));
    private static final FlowPolicy PRESSURE_3 = FlowPolicy.backPressure(Limit.events(3), Duration.ofMillis(10));

    private final List<String> losses = new ArrayList<>();
    private final MemoryBacklog backlog =
            new MemoryBacklog((delivery, reason) -> losses.add(reason.label() + " " + delivery.position().sequence()));

    private Verdict offer(Delivery delivery, FlowPolicy policy) {
        return backlog.offer(delivery, policy, 0, 0);
    }

    private void offerNumbered(long from, long to, FlowPolicy policy) {
        for (long i = from; i <= to; i++) {
            assertThat(offer(Deliveries.numbered(i), policy)).isEqualTo(Verdict.ADMIT);
        }
    }

    /** All that can be polled at {@code nowNs}: events as their number, gaps as reason, range and count. */
    private List<String> drain(long nowNs) {
        var out = new ArrayList<String>();
        for (Optional<Inbound> next = backlog.poll(nowNs); next.isPresent(); next = backlog.poll(nowNs)) {
            out.add(switch (next.get()) {
                case Delivery delivery -> "" + delivery.position().sequence();
                case Gap gap -> gap.reason().label() + " " + gap.from() + "-" + gap.to() + " x" + gap.count();
            });
        }
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();
        return out;
    }

    @Test
    void handsOutWhatCameInInItsOrder() {
        assertThat(backlog.isEmpty()).isTrue();
        offerNumbered(0, 2, OLDEST_3);
        assertThat(backlog.events()).isEqualTo(3);
        assertThat(backlog.bytes()).isEqualTo(3 * 17);
        assertThat(drain(0)).containsExactly("0", "1", "2");
        assertThat(losses).isEmpty();
    }

    @Test
    void givesTheOldestUpAndTellsOneGapInItsPlace() {
        offerNumbered(0, 5, OLDEST_3);
        assertThat(losses).containsExactly("overflow 0", "overflow 1", "overflow 2");
        assertThat(drain(0)).containsExactly("overflow 0-2 x3", "3", "4", "5");
    }

    @Test
    void turnsTheNewestAwayAndChangesNothing() {
        offerNumbered(0, 2, NEWEST_3);
        assertThat(offer(Deliveries.numbered(3), NEWEST_3)).isEqualTo(Verdict.DROP);
        assertThat(losses).isEmpty();
        assertThat(drain(0)).containsExactly("0", "1", "2");
    }

    @Test
    void asksItsPublisherToWaitAndThenRefuses() {
        offerNumbered(0, 2, PRESSURE_3);
        assertThat(backlog.offer(Deliveries.numbered(3), PRESSURE_3, 9_999_999, 0)).isEqualTo(Verdict.WAIT);
        assertThat(backlog.offer(Deliveries.numbered(3), PRESSURE_3, 10_000_000, 0)).isEqualTo(Verdict.BACK_PRESSURED);
        assertThat(backlog.poll(0)).isPresent();
        assertThat(backlog.offer(Deliveries.numbered(3), PRESSURE_3, 10_000_000, 0)).isEqualTo(Verdict.ADMIT);
        assertThat(drain(0)).containsExactly("1", "2", "3");
    }

    @Test
    void judgesWithoutChangingAnything() {
        offerNumbered(0, 2, OLDEST_3);
        assertThat(backlog.judge(OLDEST_3, 17, 0)).isEqualTo(Verdict.EVICT_OLDEST);
        assertThat(backlog.judge(SAME_KEY_3, 17, 0)).isEqualTo(Verdict.EVICT_SAME_KEY);
        assertThat(losses).isEmpty();
        assertThat(drain(0)).containsExactly("0", "1", "2");
    }

    @Test
    void givesUpTheOldestOfTheSameKey() {
        offer(Deliveries.keyed(0, "a"), SAME_KEY_3);
        offer(Deliveries.keyed(1, "b"), SAME_KEY_3);
        offer(Deliveries.keyed(2, "b"), SAME_KEY_3);
        offer(Deliveries.keyed(3, "b"), SAME_KEY_3);
        assertThat(losses).containsExactly("conflated 1");
        offer(Deliveries.keyed(4, "b"), SAME_KEY_3);
        assertThat(losses).containsExactly("conflated 1", "conflated 2");
        assertThat(drain(0)).containsExactly("0", "conflated 1-2 x2", "3", "4");
    }

    @Test
    void givesUpTheOldestOfAllIfNoneHasTheKey() {
        offer(Deliveries.keyed(0, "a"), SAME_KEY_3);
        offer(Deliveries.keyed(1, "b"), SAME_KEY_3);
        offer(Deliveries.keyed(2, "c"), SAME_KEY_3);
        offer(Deliveries.keyed(3, "d"), SAME_KEY_3);
        offer(Deliveries.numbered(4), SAME_KEY_3);
        assertThat(losses).containsExactly("overflow 0", "overflow 1");
        assertThat(drain(0)).containsExactly("overflow 0-1 x2", "2", "3", "4");
    }

    @Test
    void forgetsAKeyWithItsLastEvent() {
        offer(Deliveries.keyed(0, "a"), SAME_KEY_3);
        assertThat(backlog.poll(0)).isPresent();
        offer(Deliveries.keyed(1, "b"), SAME_KEY_3);
        offer(Deliveries.keyed(2, "c"), SAME_KEY_3);
        offer(Deliveries.keyed(3, "d"), SAME_KEY_3);
        offer(Deliveries.keyed(4, "a"), SAME_KEY_3);
        assertThat(losses).containsExactly("overflow 1");
        assertThat(drain(0)).containsExactly("overflow 1-1 x1", "2", "3", "4");
    }

    @Test
    void keepsWhatWasPromisedThroughPoliciesThatEvict() {
        offerNumbered(0, 2, PRESSURE_3);
        offerNumbered(3, 5, OLDEST_3);
        assertThat(losses).isEmpty();
        offerNumbered(6, 7, OLDEST_3);
        assertThat(losses).containsExactly("overflow 3", "overflow 4");
        offer(Deliveries.keyed(8, "k"), SAME_KEY_3);
        assertThat(losses).containsExactly("overflow 3", "overflow 4", "overflow 5");
        assertThat(drain(0)).containsExactly("0", "1", "2", "overflow 3-5 x3", "6", "7", "8");
    }

    @Test
    void promisesWhatEntersUnderDropNewest() {
        offerNumbered(0, 2, NEWEST_3);
        offerNumbered(3, 8, OLDEST_3);
        assertThat(drain(0)).containsExactly("0", "1", "2", "overflow 3-5 x3", "6", "7", "8");
    }

    @Test
    void doesNotConflateWhatWasPromised() {
        offer(Deliveries.keyed(0, "k"), PRESSURE_3);
        offer(Deliveries.keyed(1, "x"), PRESSURE_3);
        offer(Deliveries.keyed(2, "k"), PRESSURE_3);
        for (int i = 3; i < 9; i++) {
            offer(Deliveries.keyed(i, "k"), SAME_KEY_3);
        }
        assertThat(losses).containsExactly("conflated 3", "conflated 4", "conflated 5");
        assertThat(drain(0)).containsExactly("0", "1", "2", "conflated 3-5 x3", "6", "7", "8");
    }

    @Test
    void evictsAsManyAsTheBytesOfTheArrivingEventNeed() {
        FlowPolicy hundredBytes = FlowPolicy.dropOldest(new Limit(1000, 100));
        offerNumbered(0, 4, hundredBytes);
        assertThat(backlog.bytes()).isEqualTo(85);
        assertThat(offer(Deliveries.of(5, Event.of("t", new byte[40])), hundredBytes)).isEqualTo(Verdict.ADMIT);
        assertThat(losses).containsExactly("overflow 0", "overflow 1", "overflow 2");
        assertThat(backlog.bytes()).isEqualTo(57 + 34);
        assertThat(offer(Deliveries.of(6, Event.of("t", new byte[84])), hundredBytes)).isEqualTo(Verdict.TOO_LARGE);
        assertThat(offer(Deliveries.of(6, Event.of("t", new byte[83])), hundredBytes)).isEqualTo(Verdict.ADMIT);
        assertThat(drain(0)).containsExactly("overflow 0-5 x6", "6");
    }

    @Test
    void conflatesAsManyAsTheBytesNeedAndThenTheOldest() {
        FlowPolicy hundredBytes = FlowPolicy.dropSameKey(new Limit(1000, 100));
        offer(Deliveries.keyed(0, "a"), hundredBytes);
        offer(Deliveries.keyed(1, "k"), hundredBytes);
        offer(Deliveries.keyed(2, "b"), hundredBytes);
        offer(Deliveries.keyed(3, "k"), hundredBytes);
        Event large = Event.builder("t").subject("k").data(new byte[60]).build();
        offer(Deliveries.of(4, large), hundredBytes);
        assertThat(losses).containsExactly("conflated 1", "conflated 3", "overflow 0");
        assertThat(drain(0)).containsExactly("overflow 0-0 x1", "conflated 1-1 x1", "2", "conflated 3-3 x1", "4");
    }

    @Test
    void dropsEventsWhoseTimeHasEndedWhenTheirTurnComes() {
        Event brief = Event.builder("t").ttl(Duration.ofNanos(10)).build();
        backlog.offer(Deliveries.of(0, brief), OLDEST_3, 0, 100);
        backlog.offer(Deliveries.of(1, brief), OLDEST_3, 0, 105);
        backlog.offer(Deliveries.numbered(2), OLDEST_3, 0, 105);
        assertThat(backlog.poll(109)).get().isInstanceOf(Delivery.class);
        assertThat(drain(115)).containsExactly("expired 1-1 x1", "2");
        assertThat(losses).containsExactly("expired 1");
    }

    @Test
    void livesThroughAClockThatWrapsAround() {
        Event brief = Event.builder("t").ttl(Duration.ofNanos(10)).build();
        backlog.offer(Deliveries.of(0, brief), OLDEST_3, 0, Long.MAX_VALUE - 2);
        backlog.offer(Deliveries.of(1, brief), OLDEST_3, 0, Long.MAX_VALUE - 2);
        assertThat(backlog.poll(Long.MIN_VALUE + 6)).get().isInstanceOf(Delivery.class);
        assertThat(drain(Long.MIN_VALUE + 7)).containsExactly("expired 1-1 x1");
    }

    @Test
    void putsAppendedGapsBehindWhatWaits() {
        offerNumbered(0, 0, OLDEST_3);
        backlog.append(new Gap(Deliveries.SESSION, 1, 4, 4, LossReason.NETWORK));
        offerNumbered(5, 5, OLDEST_3);
        backlog.append(new Gap(Deliveries.SESSION, 6, 6, 1, LossReason.NETWORK));
        backlog.append(new Gap(Deliveries.SESSION, 7, 7, 1, LossReason.NETWORK));
        assertThat(backlog.isEmpty()).isFalse();
        assertThat(drain(0)).containsExactly("0", "network 1-4 x4", "5", "network 6-7 x2");
    }

    @Test
    void abandonsEverythingButTheGaps() {
        offerNumbered(0, 2, PRESSURE_3);
        backlog.append(new Gap(Deliveries.SESSION, 3, 3, 1, LossReason.NETWORK));
        backlog.abandon(LossReason.LEFT);
        assertThat(backlog.events()).isZero();
        assertThat(losses).containsExactly("left 0", "left 1", "left 2");
        assertThat(drain(0)).containsExactly("left 0-2 x3", "network 3-3 x1");
        backlog.abandon(LossReason.LEFT);
        assertThat(losses).hasSize(3);
    }

    @Test
    void hasNoDiskToSpillTo() {
        FlowPolicy spilling = FlowPolicy.parse("buffer:1,spill=1MiB");
        offerNumbered(0, 0, spilling);
        assertThatIllegalStateException().isThrownBy(() -> offer(Deliveries.numbered(1), spilling))
                .withMessageContaining("spill");
    }

    @Test
    void staysBoundedThroughManyPolicyReplacements() {
        List<FlowPolicy> policies = List.of(OLDEST_3, NEWEST_3, SAME_KEY_3, PRESSURE_3,
                FlowPolicy.parse("buffer:3,then=drop-newest"), FlowPolicy.parse("buffer:3,then=drop-same-key"));
        int most = 0;
        offerNumbered(0, 2, PRESSURE_3);
        for (int i = 3; i < 30_000; i++) {
            offer(Deliveries.keyed(i, "k" + i % 5), policies.get(i * 31 % 7 % policies.size()));
            most = Math.max(most, backlog.events());
            assertThat(backlog.events()).isLessThanOrEqualTo(6);
        }
        assertThat(most).isEqualTo(6);
        List<String> rest = drain(0);
        assertThat(rest.stream().filter(line -> !line.contains("x"))).hasSize(6);
        assertThat(rest).hasSizeLessThanOrEqualTo(6 + 7 * 2);
    }
}
