package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.webhook.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where alerts go, and what becomes of them where nobody takes them. */
class RecipientsTest {

    @TempDir
    private Path folder;

    /** Answers as it is told, and remembers what it has taken. */
    private static final class Desk implements Publisher {
        private final List<Event> taken = new CopyOnWriteArrayList<>();
        private volatile PublishResult answer;
        private final AtomicInteger throwing = new AtomicInteger();

        Desk(PublishResult answer) {
            this.answer = answer;
        }

        @Override
        public PublishResult publish(Event event) {
            if (throwing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("a desk that falls over");
            }
            PublishResult now = answer;
            if (now == PublishResult.ACCEPTED) {
                taken.add(event);
            }
            return now;
        }

        @Override
        public PublishResult publish(String topic, byte[] bytes, int from, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FlowPolicy policy() {
            return FlowPolicy.dropNewest(new Limit(1, 1));
        }

        @Override
        public void replacePolicy(FlowPolicy policy) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean awaitSubscribers(int count, Duration timeout) {
            return true;
        }

        @Override
        public int subscribers() {
            return 0;
        }

        @Override
        public PublisherSums sums() {
            return new PublisherSums(0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            answer = PublishResult.CLOSED;
        }
    }

    private static SearchSpec to(String recipient) {
        return SearchSpec.of("*:*").withDeliver(List.of(Recipient.parse(recipient)));
    }

    @Test
    void tellsOnceThatAnAddressThrowsAndTriesAgainUntilItTakes() {
        var notices = new CopyOnWriteArrayList<Notice>();
        var desk = new Desk(PublishResult.ACCEPTED);
        desk.throwing.set(3);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", desk)).telling(notices::add).open()) {
            fixture.put("s", SearchSpec.of("title:garden").withDeliver(List.of(Recipient.parse("address:desk"))));
            fixture.publish(AlertsFixture.listing(1, "garden", 1));
            AlertsFixture.until(() -> desk.taken.size() == 1 && fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").delivered() == 1);
            assertThat(notices).filteredOn(notice -> notice.toString().contains("its publisher threw")).hasSize(1);
            fixture.assertLaw();
        }
    }

    @Test
    void givesAnAddressItsAlertsInOrderOnceItTakesThem() {
        var desk = new Desk(PublishResult.BACK_PRESSURED);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", desk)).open()) {
            fixture.put("s", to("address:desk"));
            for (int i = 0; i < 100; i++) {
                fixture.publish(AlertsFixture.listing(i, "House", i));
            }
            fixture.awaitMatched();
            assertThat(fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").inFlight()).isEqualTo(100);
            assertThat(fixture.count("SELECT count(*) FROM alerts_outgoing WHERE recipient = 'desk'")).isEqualTo(100);
            desk.answer = PublishResult.ACCEPTED;
            AlertsFixture.until(() -> fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").delivered() == 100);
            assertThat(desk.taken).isEqualTo(fixture.alerts().stream().map(Alert::event).toList());
            assertThat(fixture.count("SELECT count(*) FROM alerts_outgoing")).isZero();
            fixture.assertLaw();
        }
    }

    @Test
    void keepsWhatAnAddressHasNotTakenForTheNextProcess() {
        var closed = new Desk(PublishResult.NOT_CONNECTED);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", closed)).open()) {
            fixture.put("s", to("address:desk"));
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.awaitMatched();
        }
        List<Notice> notices = new CopyOnWriteArrayList<>();
        try (AlertsFixture fixture = AlertsFixture.in(folder).telling(notices::add).open()) {
            assertThat(notices).singleElement().asString().contains("address desk");
            assertThat(fixture.alerts.addresses(AlertsFixture.TENANT)).isEmpty();
        }
        var desk = new Desk(PublishResult.ACCEPTED);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", desk)).open()) {
            AlertsFixture.until(() -> desk.taken.size() == 1);
            AlertsFixture.until(() -> fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").delivered() == 1);
            fixture.assertLaw();
        }
    }

    @Test
    void countsEachTenantByItselfAlsoWhatWaitedForTheNextProcess() {
        var closed = new Desk(PublishResult.NOT_CONNECTED);
        List<String> tenants = List.of("one", "two");
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", closed)).open()) {
            tenants.forEach(tenant -> fixture.alerts.searches().put(tenant, "s", to("address:desk"), Expectation.ANYTHING).join());
            for (String tenant : List.of("two", "one", "two", "two", "nobody")) {
                fixture.outbox.publish(tenant, Event.json("listings.new", "{}"), Optional.empty()).join();
            }
            fixture.awaitMatched();
            assertThat(fixture.alerts.matched("one").delivered()).isEqualTo(1);
            assertThat(fixture.alerts.matched("two").delivered()).isEqualTo(3);
            assertThat(fixture.alerts.given("one").accepted()).isEqualTo(1);
            assertThat(fixture.alerts.given("two").accepted()).isEqualTo(3);
            assertThat(fixture.alerts.given("nobody").offered()).isZero();
            assertThat(fixture.alerts.matched().delivered()).isEqualTo(fixture.alerts.matched("nobody").delivered() + 4);
            assertThat(fixture.alerts.given().accepted()).isEqualTo(4);
            assertThat(fixture.alerts.addresses("two").get("desk").inFlight()).isEqualTo(3);
            assertLaw(fixture, tenants);
        }
        var desk = new Desk(PublishResult.ACCEPTED);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", desk)).open()) {
            AlertsFixture.until(() -> fixture.alerts.addresses("one").get("desk").delivered() == 1
                    && fixture.alerts.addresses("two").get("desk").delivered() == 3);
            assertThat(fixture.alerts.addresses("nobody").get("desk").known()).isZero();
            assertLaw(fixture, tenants);
        }
    }

    private static void assertLaw(AlertsFixture fixture, List<String> tenants) {
        for (String tenant : tenants) {
            assertThat(fixture.alerts.matched(tenant).difference()).isZero();
            assertThat(fixture.alerts.given(tenant).difference()).isZero();
            assertThat(fixture.alerts.heldUp(tenant).difference()).isZero();
            fixture.alerts.addresses(tenant).forEach((name, sums) -> assertThat(sums.difference()).as("%s: %s", name, sums).isZero());
        }
        fixture.assertLaw();
    }

    @Test
    void countsWhatAnAddressTurnsAwayForGood() {
        var desk = new Desk(PublishResult.DROPPED);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(Map.of("desk", desk)).open()) {
            fixture.put("s", to("address:desk"));
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            AlertsFixture.until(() -> fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").lostTotal() == 1);
            desk.answer = PublishResult.TOO_LARGE;
            fixture.publish(AlertsFixture.listing(2, "House", 1));
            AlertsFixture.until(() -> fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").lostTotal() == 2);
            assertThat(fixture.alerts.addresses(AlertsFixture.TENANT).get("desk").lost())
                    .isEqualTo(Map.of(LossReason.OVERFLOW, 1L, LossReason.DEAD_LETTER, 1L));
            assertThat(fixture.alerts()).hasSize(2);
            fixture.assertLaw();
        }
    }

    @Test
    void holdsAlertsOfAFullEndpointUpAndNobodyElse() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            Endpoint narrow = fixture.endpoint("http://127.0.0.1:9/");
            fixture.outbox.endpoints().update(narrow.id(), spec ->
                    spec.withPolicy(FlowPolicy.backPressure(new Limit(1, 1 << 20), Duration.ofSeconds(1)))).join();
            fixture.put("s", to("endpoint:" + narrow.id()));
            Endpoint wide = fixture.endpoint("http://127.0.0.1:9/");
            fixture.put("t", to("endpoint:" + wide.id()));
            for (int i = 0; i < 3; i++) {
                fixture.publish(AlertsFixture.listing(i, "House", i));
            }
            fixture.awaitMatched();
            assertThat(fixture.outbox.endpoints().sums(narrow.id()).orElseThrow().waiting()).isEqualTo(1);
            assertThat(fixture.outbox.endpoints().sums(wide.id()).orElseThrow().waiting()).isEqualTo(3);
            AlertsFixture.until(() -> fixture.alerts.heldUp(AlertsFixture.TENANT).inFlight() == 2);
            fixture.outbox.endpoints().update(narrow.id(), spec -> spec.withPolicy(FlowPolicy.parse("buffer:100,1MiB"))).join();
            AlertsFixture.until(() -> fixture.alerts.heldUp(AlertsFixture.TENANT).delivered() == 2);
            assertThat(fixture.outbox.endpoints().sums(narrow.id()).orElseThrow().waiting()).isEqualTo(3);
            fixture.assertLaw();
        }
    }

    @Test
    void cutsAlertsThatLeadToThemselves() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(AlertsConfig.defaults().withHops(3)).open()) {
            fixture.put("echo", SearchSpec.of("*:*").withTopics(List.of(TopicFilter.of("heliograph.alert"), TopicFilter.of("listings.>"))));
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            AlertsFixture.until(() -> fixture.alerts.searches().statistics("default", "echo").looped() == 1);
            fixture.awaitMatched();
            assertThat(fixture.alerts()).hasSize(3);
            assertThat(fixture.alerts.given().refused()).isEqualTo(1);
            assertThat(fixture.alerts.matched().delivered()).isEqualTo(4);
            fixture.assertLaw();
        }
    }
}
