package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events that come again, and events that share an id. */
@Timeout(60)
class ServeRepetitionsTest {

    @TempDir
    Path folder;

    private ServeFixture house;

    @BeforeEach
    void open() {
        house = ServeFixture.dev(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void answersARepetitionWithTheIdOfTheFirstOne() {
        String first = house.publish("o-1", "Idempotency-Key", "k").expect(202).text("/webhook_id");
        ServeFixture.Reply again = house.publish("o-2", "Idempotency-Key", "k").expect(202);

        assertThat(again.text("/novelty")).isEqualTo("repeated");
        assertThat(again.text("/webhook_id")).isEqualTo(first);
        assertThat(again.text("/id")).isEqualTo("o-1");
        assertThat(house.get("/v1/events/" + again.text("/id")).expect(200).text("/webhook_id")).isEqualTo(first);
    }

    @Test
    void knowsAKeyAgainThatCameWithARepetition() {
        String first = house.publish("o-1").expect(202).text("/webhook_id");
        house.publish("o-1", "Idempotency-Key", "k").expect(202);
        ServeFixture.Reply again = house.publish("o-2", "Idempotency-Key", "k").expect(202);

        assertThat(again.text("/novelty")).isEqualTo("repeated");
        assertThat(again.text("/webhook_id")).isEqualTo(first);
        assertThat(again.text("/id")).isEqualTo("o-1");
    }

    @Test
    void tellsEventsOfOneIdApartByTheirSource() {
        String one = publish("/one");
        String two = publish("/two");

        ServeFixture.Reply latest = house.get("/v1/events/x").expect(200);
        assertThat(latest.text("/webhook_id")).isEqualTo(two);
        assertThat(latest.text("/source")).isEqualTo("/two");
        assertThat(latest.text("/id")).isEqualTo("x");
        assertThat(latest.text("/of_other_sources/0")).isEqualTo(one);
        assertThat(house.get("/v1/events/x?source=/one").expect(200).text("/webhook_id")).isEqualTo(one);
        house.get("/v1/events/x?source=/three").expectProblem(404, "no-event");
    }

    private String publish(String source) {
        return house.send("POST", "/v1/events", Optional.of("{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"" + source
                + "\",\"type\":\"t\"}"), Optional.empty(), "Content-Type", "application/cloudevents+json").expect(202).text("/webhook_id");
    }
}
