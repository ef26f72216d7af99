package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HourlyRemovalTest {

    @Test
    void removesOnceAnHourAndAgainAfterOneThatFailed() {
        var clock = new ManualClock();
        var notices = new CollectedNotices();
        var begun = new AtomicInteger();
        var environment = new Environment(clock, clock, new Random(1), notices);
        try (var _ = HourlyRemoval.start("alerts", () -> removed(begun.incrementAndGet()), environment)) {
            ServeFixture.until(() -> clock.waiting() == 1);
            clock.advance(Duration.ofMinutes(59));
            assertThat(begun).hasValue(0);

            for (int hour = 1; hour <= 4; hour++) {
                int wanted = hour;
                clock.advance(Duration.ofHours(1));
                ServeFixture.until(() -> begun.get() == wanted && clock.waiting() == 1);
            }

            assertThat(notices.all()).hasSize(2).allSatisfy(notice -> assertThat(notice.toString()).contains("alerts").contains("disk"));
        }
        ServeFixture.until(() -> clock.waiting() == 0);
        clock.advance(Duration.ofHours(2));
        assertThat(begun).hasValue(4);
    }

    /** The first fails later, the second at once. */
    private static CompletableFuture<Long> removed(int time) {
        return switch (time) {
            case 1 -> CompletableFuture.failedFuture(new IllegalStateException("the disk is gone"));
            case 2 -> throw new IllegalStateException("the disk is gone");
            default -> CompletableFuture.completedFuture(7L);
        };
    }
}
