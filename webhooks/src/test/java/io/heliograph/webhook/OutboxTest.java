package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {

    @TempDir
    private Path folder;

    private static EndpointSpec spec() {
        return OutboxFixture.spec("https://hooks.example.com/in");
    }

    private static Limit events(int count) {
        return Limit.events(count);
    }

    @Test
    void keepsEventsAndEndpointsThroughARestart() {
        Endpoint endpoint;
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            endpoint = fixture.add(spec().withHeaders(new CustomHeaders(List.of(new HttpHeader("authorization", "Bearer abc")))));
            Publication publication = fixture.outbox.publish(OutboxFixture.event(1)).join();
            assertThat(publication.result()).isEqualTo(PublishResult.ACCEPTED);
            assertThat(publication.receipt()).isPresent();
        }
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            assertThat(fixture.outbox.endpoints().find(endpoint.id()).map(Endpoint::spec)).contains(endpoint.spec());
            assertThat(fixture.sums(endpoint).waiting()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void keepsNoSecretInTheOpen() throws Exception {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec("https://hooks.example.com/in?tok=NEWSECRET")
                    .withHeaders(new CustomHeaders(List.of(new HttpHeader("authorization", "Bearer abcdefgh")))));
            fixture.outbox.endpoints().update(endpoint.id(), one -> one.withTarget(TargetUrl.parse("https://hooks.example.com/in?tok=NEWERONE")))
                    .join();
        }
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            assertThat(fixture.outbox.endpoints().all().getFirst().spec().target().pathAndQuery()).isEqualTo("/in?tok=NEWERONE");
        }
        String file = Files.readString(folder.resolve("heliograph.db"), StandardCharsets.ISO_8859_1);
        assertThat(file.contains("NEWSECRET")).isFalse();
        assertThat(file.contains("NEWERONE")).isFalse();
        assertThat(file.contains("hooks.example.com")).isTrue();
        assertThat(file.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isFalse();
        assertThat(file.contains("abcdefgh")).isFalse();
    }

    @Test
    void sealsTheQueryThatAVersionBeforeThisOneLeftOpen() {
        Endpoint endpoint;
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            endpoint = fixture.add(spec());
            fixture.store.write(sql -> {
                sql.update("ALTER TABLE webhooks_endpoint DROP COLUMN url_query");
                sql.update("DELETE FROM heliograph_migration WHERE room = 'webhooks' AND number = 8");
                return sql.update("UPDATE webhooks_endpoint SET url = 'https://hooks.example.com/in?tok=OLD'");
            }).join();
        }
        for (int start = 0; start < 2; start++) {
            try (OutboxFixture fixture = OutboxFixture.open(folder)) {
                assertThat(fixture.outbox.endpoints().find(endpoint.id()).orElseThrow().spec().target().pathAndQuery())
                        .isEqualTo("/in?tok=OLD");
                String url = fixture.store.read(sql -> sql.row("SELECT url FROM webhooks_endpoint", row -> row.getString(1))).orElseThrow();
                assertThat(url).isEqualTo("https://hooks.example.com/in");
            }
        }
    }

    @Test
    void takesRepetitionsForOneEvent() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(spec());
            Publication first = fixture.outbox.publish(OutboxFixture.event(1)).join();
            Publication second = fixture.outbox.publish(OutboxFixture.event(1)).join();
            Event other = Event.of("orders.created", "x");
            Publication third = fixture.outbox.publish("default", other, Optional.of("k")).join();
            Publication fourth = fixture.outbox.publish("default", other, Optional.of("k")).join();
            Publication elsewhere = fixture.outbox.publish("other", other, Optional.of("k")).join();

            assertThat(second.novelty()).isEqualTo(Publication.Novelty.REPEATED);
            assertThat(second.receipt()).isEqualTo(first.receipt());
            assertThat(fourth.receipt()).isEqualTo(third.receipt()).isNotEqualTo(first.receipt());
            assertThat(elsewhere.novelty()).isEqualTo(Publication.Novelty.NEW);
            assertThat(fixture.sums(endpoint).known()).isEqualTo(2);
            fixture.assertLaw();
        }
    }

    @Test
    void knowsAKeyAgainThatCameWithAnEventThatWasThereAlready() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Publication first = fixture.outbox.publish(OutboxFixture.event(1)).join();
            Publication again = fixture.outbox.publish("default", OutboxFixture.event(1), Optional.of("k")).join();
            Publication other = fixture.outbox.publish("default", OutboxFixture.event(1), Optional.of("l")).join();
            Publication byKey = fixture.outbox.publish("default", OutboxFixture.event(2), Optional.of("k")).join();
            Publication byOther = fixture.outbox.publish("default", OutboxFixture.event(3), Optional.of("l")).join();
            Publication elsewhere = fixture.outbox.publish("other", OutboxFixture.event(2), Optional.of("k")).join();

            for (Publication publication : List.of(again, other, byKey, byOther)) {
                assertThat(publication.novelty()).isEqualTo(Publication.Novelty.REPEATED);
                assertThat(publication.receipt()).isEqualTo(first.receipt());
                assertThat(publication.eventId()).contains("o-1");
            }
            assertThat(elsewhere.novelty()).isEqualTo(Publication.Novelty.NEW);
            fixture.store.write(sql -> sql.update("UPDATE webhooks_event SET at_ms = 0")).join();
            assertThat(fixture.outbox.removeOld().join()).isEqualTo(2);
            assertThat(fixture.outbox.publish("default", OutboxFixture.event(2), Optional.of("k")).join().novelty())
                    .isEqualTo(Publication.Novelty.NEW);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_repeated_key")).isZero();
        }
    }

    @Test
    void leavesAKeyWithTheEventThatCameWithItFirst() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Publication first = fixture.outbox.publish("default", OutboxFixture.event(1), Optional.of("k")).join();
            Publication second = fixture.outbox.publish(OutboxFixture.event(2)).join();
            assertThat(fixture.outbox.publish("default", OutboxFixture.event(2), Optional.of("k")).join().receipt())
                    .isEqualTo(second.receipt());
            assertThat(fixture.outbox.publish("default", OutboxFixture.event(3), Optional.of("k")).join().receipt())
                    .isEqualTo(first.receipt());
        }
    }

    @Test
    void tellsEventsOfOneIdApartByTheirSource() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            String one = fixture.outbox.publish(Event.builder("t").id("x").source("/one").build()).join().receipt().orElseThrow().id();
            String two = fixture.outbox.publish(Event.builder("t").id("x").source("/two").build()).join().receipt().orElseThrow().id();
            Outbox outbox = fixture.outbox;

            EventTrace latest = outbox.trace("default", "x").orElseThrow();
            assertThat(latest.message().text()).isEqualTo(two);
            assertThat(latest.source()).isEqualTo("/two");
            assertThat(latest.eventId()).contains("x");
            assertThat(latest.namesakes()).containsExactly(new MessageId(one));
            assertThat(outbox.trace("default", "x", Optional.of("/one")).orElseThrow().message().text()).isEqualTo(one);
            assertThat(outbox.trace("default", one, Optional.of("/one"))).isPresent();
            assertThat(outbox.trace("default", one).orElseThrow().namesakes()).isEmpty();
            assertThat(outbox.trace("default", one, Optional.of("/two"))).isEmpty();
            assertThat(outbox.trace("default", "x", Optional.of("/three"))).isEmpty();
            assertThat(outbox.trace("other", one)).isEmpty();
        }
    }

    @Test
    void doesNotTakeAnotherEventForARepetitionWhenChanceRepeatsItself() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            var message = new MessageId("msg_twice");
            Submission one = Submission.of("default", OutboxFixture.event(1), message, Optional.empty());
            Submission other = Submission.of("default", OutboxFixture.event(2), message, Optional.empty());
            fixture.store.write(sql -> FanOut.store(sql, one, Receivers.of(List.of()), OutboxObserver.NONE, 0)).join();
            assertThatThrownBy(() -> fixture.store.write(sql -> FanOut.store(sql, other, Receivers.of(List.of()), OutboxObserver.NONE, 0)).join())
                    .hasMessageContaining("msg_twice is another event's");
        }
    }

    @Test
    void sendsWhatACallersTransactionCommitsAndNothingElse() throws Exception {
        try (OutboxFixture fixture = OutboxFixture.open(folder);
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("heliograph.db"))) {
            Endpoint endpoint = fixture.add(spec());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 5000");
            }
            connection.setAutoCommit(false);
            fixture.outbox.publish(connection, OutboxFixture.event(1));
            connection.rollback();
            fixture.outbox.publish(connection, OutboxFixture.event(2));
            connection.commit();

            Soon.until(() -> fixture.sums(endpoint).waiting() == 1);
            Soon.until(() -> fixture.count("SELECT count(*) FROM webhooks_inlet") == 0);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event WHERE event_id = 'o-2'")).isEqualTo(1);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void givesTheOldestUpUnderDropOldest() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(spec().withPolicy(FlowPolicy.dropOldest(events(3))));
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.outbox.publish(OutboxFixture.event(i)).join().result()).isEqualTo(PublishResult.ACCEPTED);
            }
            EndpointSums sums = fixture.sums(endpoint);
            assertThat(sums.known()).isEqualTo(5);
            assertThat(sums.waiting()).isEqualTo(3);
            assertThat(sums.lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 2L));
            assertThat(fixture.count("SELECT min(e.id) FROM webhooks_event e JOIN webhooks_delivery d ON d.event = e.id"
                    + " WHERE d.state = 0")).isEqualTo(3);
            fixture.assertLaw();
        }
    }

    @Test
    void turnsTheNewestAwayUnderDropNewestButNotFromOthers() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint small = fixture.add(spec().withPolicy(FlowPolicy.dropNewest(events(1))));
            assertThat(fixture.outbox.publish(OutboxFixture.event(0)).join().result()).isEqualTo(PublishResult.ACCEPTED);
            assertThat(fixture.outbox.publish(OutboxFixture.event(1)).join().result()).isEqualTo(PublishResult.DROPPED);
            Endpoint large = fixture.add(spec());
            assertThat(fixture.outbox.publish(OutboxFixture.event(2)).join().result()).isEqualTo(PublishResult.ACCEPTED);

            assertThat(fixture.sums(small).lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 1L));
            assertThat(fixture.sums(small).known()).isEqualTo(2);
            assertThat(fixture.sums(large).waiting()).isEqualTo(1);
            assertThat(fixture.outbox.sums().dropped()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void givesTheOneOfTheSameKeyUpUnderDropSameKey() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(spec().withPolicy(FlowPolicy.dropSameKey(events(2))));
            fixture.outbox.publish(Event.builder("t").subject("a").build()).join();
            fixture.outbox.publish(Event.builder("t").subject("b").build()).join();
            fixture.outbox.publish(Event.builder("t").subject("b").build()).join();
            assertThat(fixture.sums(endpoint).lost()).isEqualTo(Map.of(LossReason.CONFLATED, 1L));
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event e JOIN webhooks_delivery d ON d.event = e.id"
                    + " WHERE d.state = 0 AND e.event_key = 'a'")).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void givesUpWhatIsParkedBehindAnAttemptAndNotWhatIsNew() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint ordered = fixture.add(spec().withLimits(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT))
                    .withPolicy(FlowPolicy.dropOldest(events(3))));
            Endpoint keyed = fixture.add(spec().withLimits(EndpointLimits.defaults().withOrdering(Ordering.KEY))
                    .withPolicy(FlowPolicy.dropSameKey(events(3))));
            fixture.outbox.publish(Event.builder("t").subject("a").id("0").build()).join();
            for (Endpoint endpoint : List.of(ordered, keyed)) {
                assertThat(fixture.claim(endpoint, 1)).hasSize(1);
            }
            for (String id : List.of("1", "2", "3")) {
                fixture.outbox.publish(Event.builder("t").subject("a").id(id).build()).join();
            }
            assertThat(fixture.sums(ordered).lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 1L));
            assertThat(fixture.sums(keyed).lost()).isEqualTo(Map.of(LossReason.CONFLATED, 1L));
            for (Endpoint endpoint : List.of(ordered, keyed)) {
                List<String> left = fixture.store.read(sql -> sql.rows("SELECT e.event_id FROM webhooks_delivery d JOIN webhooks_event e"
                        + " ON e.id = d.event WHERE d.endpoint = ? AND d.state <= 2 ORDER BY d.id", row -> row.getString(1),
                        endpoint.id()));
                assertThat(left).containsExactly("0", "2", "3");
            }
            fixture.assertLaw();
        }
    }

    @Test
    void refusesForAllWhatOneUnderBackPressureHasNoRoomFor() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            fixture.add(spec().withPolicy(FlowPolicy.backPressure(events(2), Duration.ofSeconds(1))));
            Endpoint other = fixture.add(spec());
            for (int i = 0; i < 2; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            Publication refused = fixture.outbox.publish(OutboxFixture.event(2)).join();
            assertThat(refused.result()).isEqualTo(PublishResult.BACK_PRESSURED);
            assertThat(refused.receipt()).isEmpty();
            assertThat(refused.detail()).contains("backpressure:2");
            assertThat(fixture.sums(other).known()).isEqualTo(2);
            assertThat(fixture.outbox.sums().refused()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void sharesEventsWithinAGroupAndByTopicAndTenant() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint one = fixture.add(spec().withGroup("g"));
            Endpoint two = fixture.add(spec().withGroup("g"));
            Endpoint deaf = fixture.add(spec().withTopics(List.of(TopicFilter.of("payments.>"))));
            Endpoint stranger = fixture.outbox.endpoints().add("other", spec()).join();
            for (int i = 0; i < 6; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            assertThat(fixture.sums(one).known()).isEqualTo(3);
            assertThat(fixture.sums(two).known()).isEqualTo(3);
            assertThat(fixture.sums(deaf).known()).isZero();
            assertThat(fixture.sums(stranger).known()).isZero();

            fixture.outbox.endpoints().pause(one.id()).join();
            assertThat(fixture.sums(one).handedOn()).isEqualTo(3);
            assertThat(fixture.sums(two).waiting()).isEqualTo(6);
            fixture.assertLaw();
        }
    }

    @Test
    void removesWhatIsOldWhenNobodyWaitsForIt() {
        var clock = new ManualClock();
        try (OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults().withRetention(Duration.ofDays(1)),
                NoticeListener.NONE)) {
            fixture.outbox.publish(OutboxFixture.event(0)).join();
            fixture.add(spec());
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            clock.advance(Duration.ofHours(25));
            fixture.outbox.publish(Event.builder("heliograph.quiet").build()).join();

            assertThat(fixture.outbox.removeOld().join()).isEqualTo(1);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isEqualTo(2);
            fixture.assertLaw();
        }
    }

    @Test
    void removesAnEndpointWithWhatWaitsForIt() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(spec());
            fixture.outbox.publish(OutboxFixture.event(0)).join();
            fixture.outbox.endpoints().remove(endpoint.id()).join();
            assertThat(fixture.outbox.endpoints().list("default")).isEmpty();
            assertThat(fixture.count("SELECT count(*) FROM webhooks_endpoint")).isZero();
            assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state <= 2")).isZero();
        }
    }
}
