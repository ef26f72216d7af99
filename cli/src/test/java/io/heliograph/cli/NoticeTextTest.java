package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import org.junit.jupiter.api.Test;

class NoticeTextTest {

    @Test
    void tellsAGapInOneLine() {
        assertThat(NoticeText.of(new Notice.GapTold("> at local:x", new Gap(255, 10, 14, 5, LossReason.NETWORK))))
                .isEqualTo("gap: 5 events lost (network), 00000000000000ff 10 to 14, > at local:x");
        assertThat(NoticeText.of(new Notice.GapTold("> at local:x", new Gap(255, 10, 10, 1, LossReason.OVERFLOW))))
                .isEqualTo("gap: 1 event lost (overflow), 00000000000000ff 10, > at local:x");
    }

    @Test
    void tellsEveryOtherNotice() {
        assertThat(NoticeText.of(new Notice.SlowConsumer("s", LossReason.CONFLATED)))
                .isEqualTo("notice: slow consumer, events are lost (conflated), s");
        assertThat(NoticeText.of(new Notice.TailUnknown("s", 255, 7)))
                .isEqualTo("notice: session 00000000000000ff ended without its end of stream, tail unknown after 7, s");
        assertThat(NoticeText.of(new Notice.SubscriberEvicted("p", "s")))
                .isEqualTo("notice: subscriber s was silent too long and is cut off, p");
        assertThat(NoticeText.of(new Notice.DeadLettered("zmq://h:1", "workers", new Position(1, 7), 5, "its handler threw")))
                .isEqualTo("notice: 0000000000000001-7 is a dead letter of group workers after 5 deliveries (its handler threw), zmq://h:1");
        assertThat(NoticeText.of(new Notice.TransportFailed("udp://h:1", "gone"))).isEqualTo("notice: udp://h:1 failed: gone");
        assertThat(NoticeText.of(new Notice.Degraded("udp://h:1", "small buffer")))
                .isEqualTo("notice: small buffer, udp://h:1");
    }
}
