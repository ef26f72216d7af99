package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Notice;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticesTest {

    @TempDir
    private Path folder;

    private final CollectedNotices notices = new CollectedNotices();

    @Test
    void whatTheTenantCannotBeToldTheListenerIs() {
        try (var fixture = OutboxFixture.open(folder, new ManualClock(), OutboxConfig.defaults(), notices)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec("https://example.com/hook"));
            fixture.store.close();

            Notices.tell(fixture.outbox, fixture.environment, endpoint, EndpointHealth.Change.FAILING);

            assertThat(notices.of(Notice.Degraded.class)).extracting(Notice.Degraded::what)
                    .anyMatch(what -> what.contains("is failing"))
                    .anyMatch(what -> what.contains("was not stored"));
        }
    }

    @Test
    void whatTheTenantIsToldIsToldOnce() {
        try (var fixture = OutboxFixture.open(folder, new ManualClock(), OutboxConfig.defaults(), notices)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec("https://example.com/hook"));

            Notices.tell(fixture.outbox, fixture.environment, endpoint, EndpointHealth.Change.FAILING);

            assertThat(notices.of(Notice.Degraded.class)).singleElement()
                    .satisfies(notice -> assertThat(notice.what()).contains("is failing"));
            assertThat(fixture.outbox.sums().accepted()).isEqualTo(1);
        }
    }
}
