package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache of the index is never believed: what the store says is found, and nothing else. */
class CacheTest {

    @TempDir
    private Path folder;

    private AlertsFixture open() {
        return AlertsFixture.in(folder.resolve("data")).with(AlertsConfig.defaults().withCache(folder.resolve("cache"))).open();
    }

    private AlertsFixture openWithoutCache() {
        return AlertsFixture.in(folder.resolve("data")).open();
    }

    @BeforeEach
    void fill() {
        try (AlertsFixture fixture = open()) {
            fixture.put("stays", "title:house");
            fixture.put("changes", "title:house");
            fixture.put("goes", "title:house");
            fixture.put("shrinks", SearchSpec.of("title:house").withWhen(new Condition.Sequence(
                    List.of(QueryText.of("price:[1 TO 1]"), QueryText.of("price:[2 TO 2]")), Duration.ofMinutes(5), Optional.empty())));
        }
    }

    private static List<String> found(AlertsFixture fixture, int number) {
        fixture.publish(AlertsFixture.listing(number, "House", 1));
        fixture.awaitMatched();
        return fixture.given().stream().filter(one -> one.endsWith(" l-" + number)).toList();
    }

    @Test
    void findsWhatWasThereBefore() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            assertThat(files.filter(file -> file.endsWith("searches"))).hasSize(1);
        }
        try (AlertsFixture fixture = open()) {
            assertThat(fixture.alerts.readiness().searches()).isEqualTo(4);
            assertThat(found(fixture, 1)).containsExactly("changes l-1", "goes l-1", "stays l-1");
        }
    }

    @Test
    void followsWhatHasChangedSince() {
        try (AlertsFixture fixture = openWithoutCache()) {
            fixture.put("changes", "title:shed");
            fixture.put("comes", "title:house");
            fixture.put("shrinks", "title:house");
            fixture.alerts.searches().delete("default", "goes", Expectation.ANYTHING).join();
        }
        for (int i = 1; i <= 2; i++) {
            try (AlertsFixture fixture = open()) {
                assertThat(fixture.alerts.readiness().searches()).isEqualTo(4);
                assertThat(found(fixture, i)).containsExactly("comes l-" + i, "shrinks l-" + i, "stays l-" + i);
                AlertsFixture.until(() -> fixture.alerts.counts("default").orElseThrow().searches() == 4);
            }
        }
    }

    @Test
    void isMadeAnewWhereItIsDamaged() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        try (AlertsFixture fixture = open()) {
            assertThat(found(fixture, 1)).containsExactly("changes l-1", "goes l-1", "stays l-1");
        }
        try (AlertsFixture fixture = open()) {
            assertThat(found(fixture, 2)).containsExactly("changes l-2", "goes l-2", "stays l-2");
        }
    }
}
