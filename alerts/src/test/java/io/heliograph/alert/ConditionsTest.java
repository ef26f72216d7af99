package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What matches give no alert at once, by a clock that is moved by hand. */
class ConditionsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private int next;

    private AlertsFixture open() {
        return AlertsFixture.in(folder).on(clock).open();
    }

    /** Publishes an event of a number that counts up, and waits until it is matched. */
    private void happens(AlertsFixture fixture, String city, String status) {
        next++;
        fixture.publish(Event.json("jobs", "{\"city\": \"" + city + "\", \"status\": \"" + status + "\"}").toBuilder().id("e-" + next).build());
        fixture.awaitMatched();
    }

    private Instant in(Duration time) {
        return Instant.ofEpochSecond(0, clock.epochNanos()).plus(time);
    }

    private static SearchStatistics statistics(AlertsFixture fixture) {
        return fixture.alerts.searches().statistics("default", "s");
    }

    @Test
    void alertsWithTheLastOfSoManyWithinATimeForEachValueApart() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("status:failed").withWhen(new Condition.Count(3, MINUTE, Optional.of("city"))));
            happens(fixture, "Oslo", "failed");
            happens(fixture, "Rome", "failed");
            happens(fixture, "Oslo", "done");
            happens(fixture, "Oslo", "failed");
            clock.advance(Duration.ofSeconds(59));
            happens(fixture, "Rome", "failed");
            happens(fixture, "Oslo", "failed");
            assertThat(fixture.given()).containsExactly("s e-6");
            clock.advance(Duration.ofSeconds(1));
            happens(fixture, "Rome", "failed");
            assertThat(fixture.given()).as("the first of three is a minute old").hasSize(1);
            happens(fixture, "Oslo", "failed");
            assertThat(fixture.given()).as("it counts anew").hasSize(1);
            happens(fixture, "Rome", "failed");
            assertThat(fixture.given()).containsExactly("s e-6", "s e-9");
            assertThat(statistics(fixture)).satisfies(one -> {
                assertThat(one.alerts()).isEqualTo(2);
                assertThat(one.held()).isEqualTo(6);
            });
            fixture.assertLaw();
        }
    }

    @Test
    void alertsWhenEventsComeInOrder() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("city:*").withWhen(new Condition.Sequence(List.of(QueryText.of("status:failed"),
                    QueryText.of("status:retried"), QueryText.of("status:done")), MINUTE, Optional.of("city"))));
            happens(fixture, "Oslo", "done");
            happens(fixture, "Oslo", "failed");
            happens(fixture, "Rome", "retried");
            happens(fixture, "Oslo", "done");
            happens(fixture, "Oslo", "retried");
            happens(fixture, "Rome", "done");
            assertThat(fixture.given()).isEmpty();
            happens(fixture, "Oslo", "done");
            assertThat(fixture.given()).containsExactly("s e-7");
            happens(fixture, "Rome", "failed");
            happens(fixture, "Rome", "retried");
            clock.advance(MINUTE);
            happens(fixture, "Rome", "done");
            assertThat(fixture.given()).as("too late").hasSize(1);
            fixture.assertLaw();
        }
    }

    @Test
    void alertsWhenSomethingStaysAway() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("status:begun").withWhen(new Condition.Absent(QueryText.of("status:done"), MINUTE, Optional.of("city"))));
            happens(fixture, "Oslo", "begun");
            happens(fixture, "Rome", "begun");
            happens(fixture, "Oslo", "done");
            clock.advance(Duration.ofSeconds(30));
            happens(fixture, "Bonn", "begun");
            assertThat(fixture.given()).isEmpty();
            clock.advance(Duration.ofSeconds(30));
            AlertsFixture.until(() -> !fixture.alerts().isEmpty());
            assertThat(fixture.given()).containsExactly("s e-2");
            clock.advance(MINUTE);
            AlertsFixture.until(() -> fixture.alerts().size() == 2);
            assertThat(fixture.given()).containsExactly("s e-2", "s e-4");
            assertThat(statistics(fixture)).satisfies(one -> {
                assertThat(one.held()).isEqualTo(3);
                assertThat(one.late()).isEqualTo(2);
            });
            fixture.assertLaw();
        }
    }

    @Test
    void tellsThatConditionsBeginToCountAnew() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("status:failed").withWhen(new Condition.Count(2, MINUTE, Optional.empty())));
            happens(fixture, "Oslo", "failed");
        }
        List<Notice> notices = new CopyOnWriteArrayList<>();
        try (AlertsFixture fixture = AlertsFixture.in(folder).on(clock).telling(notices::add).open()) {
            assertThat(notices).singleElement().asString().contains("1 searches with a condition (when) begin to count anew");
            happens(fixture, "Oslo", "failed");
            assertThat(fixture.given()).isEmpty();
        }
    }

    @Test
    void givesUpTheWindowsLongestUnusedWhenThereAreTooMany() {
        List<Notice> notices = new CopyOnWriteArrayList<>();
        try (AlertsFixture fixture = AlertsFixture.in(folder).on(clock).telling(notices::add)
                .with(AlertsConfig.defaults().withWindowEntries(10)).open()) {
            fixture.put("s", SearchSpec.of("status:failed").withWhen(new Condition.Count(2, MINUTE, Optional.of("city"))));
            for (int i = 0; i < 11; i++) {
                happens(fixture, "c" + i, "failed");
            }
            assertThat(fixture.alerts.windowsGivenUp()).isEqualTo(2);
            assertThat(notices).singleElement().asString().contains("windowEntries");
            happens(fixture, "c0", "failed");
            assertThat(fixture.given()).isEmpty();
            happens(fixture, "c10", "failed");
            assertThat(fixture.given()).containsExactly("s e-13");
        }
    }

    @Test
    void givesNoMoreAlertsThanItsThrottleLetsThrough() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("status:failed").withThrottle(new Throttle(2, MINUTE)));
            for (int i = 0; i < 5; i++) {
                happens(fixture, "Oslo", "failed");
            }
            assertThat(fixture.given()).containsExactly("s e-1", "s e-2");
            clock.advance(MINUTE);
            happens(fixture, "Oslo", "failed");
            assertThat(fixture.given()).containsExactly("s e-1", "s e-2", "s e-6");
            assertThat(statistics(fixture).throttled()).isEqualTo(3);
            assertThat(fixture.alerts.given().dropped()).isEqualTo(3);
            fixture.assertLaw();
        }
    }

    @Test
    void givesNoneWhileItIsMutedAndFindsNothingOnceItHasExpired() {
        try (AlertsFixture fixture = open()) {
            fixture.put("s", SearchSpec.of("status:failed").withMuteUntil(in(MINUTE)).withExpiresAt(in(MINUTE.multipliedBy(2))));
            fixture.put("off", SearchSpec.of("status:failed").withState(SearchSpec.State.DISABLED));
            happens(fixture, "Oslo", "failed");
            clock.advance(MINUTE);
            happens(fixture, "Oslo", "failed");
            clock.advance(MINUTE);
            happens(fixture, "Oslo", "failed");
            assertThat(fixture.given()).containsExactly("s e-2");
            assertThat(statistics(fixture)).satisfies(one -> {
                assertThat(one.muted()).isEqualTo(1);
                assertThat(one.matches()).isEqualTo(2);
            });
            fixture.assertLaw();
        }
    }

    @Test
    void gathersMatchesToOneAlertAlsoOverARestart() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).on(clock).with(AlertsConfig.defaults().withDigestEvents(3)).open()) {
            fixture.put("s", SearchSpec.of("status:failed").withDigest(MINUTE));
            for (int i = 0; i < 4; i++) {
                happens(fixture, "Oslo", "failed");
            }
            clock.advance(Duration.ofSeconds(59));
            happens(fixture, "Rome", "failed");
            assertThat(fixture.given()).isEmpty();
            assertThat(statistics(fixture).gathered()).isEqualTo(5);
        }
        clock.advance(MINUTE);
        try (AlertsFixture fixture = AlertsFixture.in(folder).on(clock).with(AlertsConfig.defaults().withDigestEvents(3)).open()) {
            AlertsFixture.until(() -> fixture.alerts().size() == 1);
            assertThat(fixture.alerts().getFirst().event().text()).contains("\"matches\":5,\"left_out\":2}", "e-1", "e-2", "e-3",
                    "\"clauses\":[\"status:failed\"]").doesNotContain("e-4");
            assertThat(fixture.count("SELECT count(*) FROM alerts_gathered")).isZero();
            happens(fixture, "Bonn", "failed");
            clock.advance(MINUTE);
            AlertsFixture.until(() -> fixture.alerts().size() == 2);
            assertThat(fixture.alerts().getLast().event().text()).contains("\"matches\":1,\"left_out\":0}", "e-6");
            assertThat(statistics(fixture).late()).isEqualTo(2);
            fixture.assertLaw();
        }
    }
}
