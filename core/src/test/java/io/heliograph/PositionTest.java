package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions, sessions and gaps. */
final class PositionTest {

    @Test
    void isWrittenAsSessionAndSequence() {
        assertThat(new Position(0xabcL, 42)).hasToString("0000000000000abc-42");
        assertThat(new Position(-1, 0)).hasToString("ffffffffffffffff-0");
        assertThat(Position.parse("ffffffffffffffff-0")).isEqualTo(new Position(-1, 0));
        assertThat(Position.parse("0000000000000abc-9223372036854775807")).isEqualTo(new Position(0xabcL, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "0000000000000abc", "0000000000000abc-", "abc-1", "0000000000000ABC-1", "0000000000000abc--1",
        "0000000000000abc-9223372036854775808", "0000000000000abc-1\n", "00000000000000abc-1"})
    void refusesWhatIsNoPosition(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Position.parse(text))
                .withMessageStartingWith("position '")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void comparesSessionsUnsignedThenSequences() {
        assertThat(new Position(1, 9)).isLessThan(new Position(2, 0)).isGreaterThan(new Position(1, 8))
                .isEqualByComparingTo(new Position(1, 9));
        assertThat(new Position(-1, 0)).isGreaterThan(new Position(Long.MAX_VALUE, 5));
    }

    @Test
    void aSessionTellsWhenItStarted() {
        long millis = 1_795_000_000_123L;
        long session = Session.start(millis * 1_000_000 + 999_999, new Random(1));
        assertThat(Session.startMillis(session)).isEqualTo(millis);
        assertThat(Session.format(session)).hasSize(16).matches("[0-9a-f]{16}");
        assertThat(Long.parseUnsignedLong(Session.format(session), 16)).isEqualTo(session);
    }

    @Test
    void laterSessionsCompareGreaterAndTwinsDiffer() {
        var random = new Random(7);
        long first = Session.start(1_795_000_000_123_000_000L, random);
        long twin = Session.start(1_795_000_000_123_000_000L, random);
        long later = Session.start(1_795_000_000_124_000_000L, random);
        assertThat(first).isNotEqualTo(twin);
        assertThat(Long.compareUnsigned(later, first)).isPositive();
        assertThat(Long.compareUnsigned(later, twin)).isPositive();
    }

    @Test
    void aGapHoldsNoMoreThanItsRange() {
        assertThat(new Gap(1, 5, 5, 1, LossReason.NETWORK).count()).isOne();
        assertThat(new Gap(1, 5, 9, 2, LossReason.NETWORK).count()).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> new Gap(1, 5, 4, 1, LossReason.NETWORK));
        assertThatIllegalArgumentException().isThrownBy(() -> new Gap(1, 5, 5, 0, LossReason.NETWORK));
        assertThatIllegalArgumentException().isThrownBy(() -> new Gap(1, 5, 6, 3, LossReason.NETWORK));
    }

    @Test
    void gapsOfOneSessionAndReasonMerge() {
        var low = new Gap(1, 2, 3, 2, LossReason.OVERFLOW);
        var high = new Gap(1, 7, 9, 3, LossReason.OVERFLOW);
        assertThat(low.isAlike(high)).isTrue();
        assertThat(low.isAlike(new Gap(2, 7, 9, 3, LossReason.OVERFLOW))).isFalse();
        assertThat(low.isAlike(new Gap(1, 7, 9, 3, LossReason.NETWORK))).isFalse();
        assertThat(low.merge(high)).isEqualTo(high.merge(low)).isEqualTo(new Gap(1, 2, 9, 5, LossReason.OVERFLOW));
    }

    @Test
    void onlyAcceptedAndDroppedAreNotRefused() {
        for (PublishResult result : PublishResult.values()) {
            assertThat(result.isRefused()).isEqualTo(result != PublishResult.ACCEPTED && result != PublishResult.DROPPED);
        }
    }

    @Test
    void aDeliveryFallsBackOnItsPositionAndItsSendTime() {
        Event event = Event.of("a", "x");
        var delivery = new Delivery(event, new Position(0xabc, 3), 1_500_000_000L, -1L);
        assertThat(delivery.id()).isEqualTo("0000000000000abc-3");
        assertThat(delivery.occurredAt()).isEqualTo(delivery.sentAt()).isEqualTo("1970-01-01T00:00:01.500Z");
        assertThat(delivery.receivedAt()).isEqualTo("1969-12-31T23:59:59.999999999Z");
        assertThat(delivery.deliveryCount()).isOne();
        Event named = event.toBuilder().id("mine").time(java.time.Instant.EPOCH).build();
        var explicit = new Delivery(named, new Position(1, 3), 5, 6, 2);
        assertThat(explicit.id()).isEqualTo("mine");
        assertThat(explicit.occurredAt()).isEqualTo(java.time.Instant.EPOCH);
    }
}
