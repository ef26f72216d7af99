package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricEventsTest {

    @Test
    void writesACounterWithItsRate() {
        Event event = event("foo:6|c");
        assertThat(event.topic()).isEqualTo("metrics.counter");
        assertThat(event.subject()).contains("foo");
        assertThat(event.source()).isEqualTo("statsd");
        assertThat(event.contentType()).contains("application/json");
        assertThat(event.time()).contains(Samples.NOON);
        assertThat(event.key()).contains("foo");
        assertThat(event.text()).isEqualTo("{\"name\":\"foo\",\"type\":\"counter\",\"value\":6.0,\"rate\":6.0}");
    }

    @Test
    void dividesARateByThePanesLength() {
        DatagramIntake intake = Samples.intake();
        intake.onDatagram(Samples.bytes("foo:6|c"));
        Pane pane = intake.closePane(Samples.NOON, Samples.SECOND.multipliedBy(4));
        assertThat(MetricEvents.of(pane).getFirst().text()).contains("\"value\":6.0,\"rate\":1.5");
    }

    @Test
    void writesAGaugeASetAndATimer() {
        List<Event> events = MetricEvents.of(Samples.pane("g:2.5|g\ns:a|s\ns:b|s\nt:4:4:4:4|ms|@0.5"));
        assertThat(events).extracting(Event::topic)
                .containsExactly("metrics.gauge", "metrics.set", "metrics.timer");
        assertThat(events).extracting(Event::text).containsExactly(
                "{\"name\":\"g\",\"type\":\"gauge\",\"value\":2.5}",
                "{\"name\":\"s\",\"type\":\"set\",\"value\":2.0}",
                "{\"name\":\"t\",\"type\":\"timer\",\"value\":4.0,\"rate\":8.0,\"count\":8,"
                        + "\"p50\":4.0,\"p95\":4.0,\"p99\":4.0}");
    }

    @Test
    void givesEachTagSetAKeyOfItsOwn() {
        List<Event> events = MetricEvents.of(Samples.pane("foo:1|c|#zone:b,host:a,urgent,host:c\nfoo:1|c|#host:a"));
        assertThat(events).extracting(event -> event.key().orElseThrow())
                .containsExactly("foo|#host:a,host:c,urgent,zone:b", "foo|#host:a");
        assertThat(events).extracting(event -> event.subject().orElseThrow()).containsExactly("foo", "foo");
        assertThat(events.getFirst().text())
                .endsWith(",\"tags\":{\"host\":[\"a\",\"c\"],\"urgent\":\"\",\"zone\":\"b\"}}");
    }

    @Test
    void keepsAStrangersNameVerbatimAndTheJsonWhole() {
        Event event = event("<script>\"\\\u00e9\u266c\ud83d\udd25:1|c|#\"k\":\"v\"");
        assertThat(event.subject()).contains("<script>\"\\\u00e9\u266c\ud83d\udd25");
        assertThat(event.text()).startsWith("{\"name\":\"<script>\\\"\\\\\u00e9\u266c\ud83d\udd25\",")
                .endsWith("\"tags\":{\"\\\"k\\\"\":\"\\\"v\\\"\"}}");
    }

    @Test
    void fitsTheLongestNameWithTheLongestTagsInAnEvent() {
        DatagramIntake intake = Samples.intake(StatsdConfig.defaults().withMaxNameBytes(2048));
        intake.onDatagram(Samples.bytes("n".repeat(2048) + ":1|c|#" + "t".repeat(4096)));
        assertThat(MetricEvents.of(intake.closePane(Samples.NOON, Samples.SECOND))).hasSize(1);
    }

    private static Event event(String line) {
        return MetricEvents.of(Samples.pane(line)).getFirst();
    }
}
