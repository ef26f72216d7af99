package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class WebhookSuiteTest {

    private static final String WRK = WebhookRows.YARDSTICK.key(WebhookRows.RATE);

    private static Samples samples(double wrk, double raw, double memory) {
        var samples = new Samples();
        samples.add(WRK, wrk);
        samples.add("raw." + WebhookRows.RATE, raw);
        samples.add("memory." + WebhookRows.RATE, memory);
        return samples;
    }

    private static Row memory(Samples samples) {
        return new SuiteReport("webhooks", samples, Map.of(), new WebhookPeers()).of(WebhookRows.ALL).rows().getFirst();
    }

    @Test
    void comparesWithTheClientOverSocketsAndWithWrk() {
        Row row = memory(samples(100_000, 65_000, 52_000));
        assertThat(row.ratio()).isEqualTo(0.8);
        assertThat(row.verdict()).isEqualTo("met");
        assertThat(memory(samples(100_000, 59_000, 52_000)).remark()).startsWith("void: the peer does 0.59 of what wrk does");
    }

    @Test
    void showsWhatStandsBesideARow() {
        Samples samples = samples(100_000, 65_000, 52_000);
        samples.add("memory." + SuiteReport.BESIDE + "sockets", 64);
        assertThat(memory(samples).extras()).containsEntry("sockets", 64.0);
    }

    @Test
    void readsItsTasks() {
        for (CaseRow row : WebhookRows.ALL) {
            Task task = row.ours().task().windows(3);
            assertThat(WebhookTask.parse(task.line())).isEqualTo(task);
        }
    }

    @Test
    void measuresLatenciesBesideEachRate() {
        assertThat(WebhookRows.ALL).filteredOn(CaseRow::isThroughput).extracting(CaseRow::name)
                .containsExactly("webhooks.memory", "webhooks.durable", "webhooks.vs-jdk-client", "webhooks.ordered");
        Task paced = WebhookRows.ALL.getFirst().ours().task().paced(Task.Measure.LATENCY, 1_234.5);
        assertThat(WebhookTask.parse(paced.line())).isEqualTo(paced);
        assertThat(paced.rate()).isEqualTo(1_234.5);
    }

    @Test
    void countsFromTheMomentWhenARequestWasDue() {
        var pace = new HttpPace(500);
        pace.begin(2, 2_000);
        var lateness = new Histogram(3);
        pace.record(lateness, 1, 4, 2_600);
        assertThat(lateness.getTotalCount()).isEqualTo(2);
        assertThat(lateness.getMaxValue()).isEqualTo(600);
        assertThat(lateness.getMinValue()).isEqualTo(100);
    }

    @Test
    void takesNothingForAnAnswerThatTheJdksClientLostButThat() {
        var inPool = new IOException("connection closed locally",
                new IOException("Unexpected cleanup triggered for non pooled connection", new IOException("Data received while in pool")));
        assertThat(JdkHttp.isLostAnswer(new CompletionException(new IOException("HTTP/1.1 header parser received no bytes", inPool))))
                .isTrue();
        assertThat(JdkHttp.isLostAnswer(new CompletionException(new IOException("HTTP/1.1 header parser received no bytes",
                new IOException("Connection reset"))))).isFalse();
    }

    @Test
    void sendsBodiesOfTheSizeAskedForWithIdsThatDiffer() {
        assertThat(HttpMessages.body(500)).hasSize(500);
        assertThat(new String(HttpMessages.body(500), StandardCharsets.UTF_8)).startsWith("{\"specversion\":\"1.0\"");
        assertThat(HttpMessages.id(1, 2)).hasSize(26).isNotEqualTo(HttpMessages.id(2, 1));
    }
}
