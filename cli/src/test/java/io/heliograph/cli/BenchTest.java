package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {

    @TempDir
    private Path folder;

    private static String group() throws IOException {
        try (var socket = new DatagramSocket(0)) {
            return "udp://239.77.1.7:" + socket.getLocalPort();
        }
    }

    private static double number(String name, String json) {
        Matcher found = Pattern.compile("\"" + name + "\":([0-9.E]+)").matcher(json);
        assertThat(found.find()).as("%s in %s", name, json).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void accountsForEveryEventOfEverySubscriberAtAGroup() throws IOException {
        Invocation bench = Invocation.of("bench", group(), "--events", "20000", "--subscribers", "2", "--size", "64", "--json");

        assertThat(bench.code()).as(bench.errors()).isZero();
        assertThat(bench.lines()).hasSize(1);
        String json = bench.lines().getFirst();
        assertThat(json).contains("\"policy\":\"backpressure:10000,64MiB,wait=1s\"", "\"events\":20000,", "\"size_bytes\":64,",
                "\"subscribers\":2,", "\"delivered\":40000,", "\"lost\":0,");
        assertThat(number("events_per_second", json)).isPositive();
        assertThat(number("megabytes_per_second", json)).isPositive();
        assertThat(number("timed", json)).as("one in %d, twice", BenchPublisher.STRIDE)
                .isEqualTo(2.0 * ((20_000 - 1) / BenchPublisher.STRIDE + 1));
        assertThat(number("p50", json)).isPositive().isLessThanOrEqualTo(number("p99", json));
        assertThat(number("p99_9", json)).isBetween(number("p99", json), number("max", json));
        List<String> ledgers = bench.messages().stream().filter(line -> line.startsWith("ledger: ")).toList();
        assertThat(ledgers).hasSize(3).isEqualTo(bench.messages()).allMatch(line -> line.endsWith("\"difference\":0}"));
        assertThat(ledgers.getFirst()).contains("\"role\":\"publisher\"", "\"accepted\":20000,");
        assertThat(ledgers.subList(1, 3)).allMatch(line -> line.contains("\"delivered\":20000,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "reliable=false", "large"})
    void measuresEveryKindOfAddress(String kind) throws IOException {
        String address = kind.equals("local") ? "local:" + UUID.randomUUID()
                : group() + (kind.equals("large") ? "?datagram=1472" : "?" + kind);
        Invocation bench = Invocation.of("bench", address, "--events", "500", "--size", kind.equals("large") ? "4KiB" : "8");

        assertThat(bench.code()).as(bench.errors()).isZero();
        assertThat(bench.output()).contains("address  " + address + ", ", "events   500 of ", " to 1 subscriber, ", "lost     0\n")
                .containsPattern("rate     [0-9,]+ events/s, [0-9,.]+ MB/s\n")
                .containsPattern("latency  p50 [0-9,.]+ us, p99 [0-9,.]+ us, p99.9 [0-9,.]+ us, max [0-9,.]+ us, of [0-9,]+ timed\n");
        assertThat(bench.ledger()).contains("\"delivered\":500,");
    }

    @Test
    void keepsToARateAndTimesEveryEventThen() throws IOException {
        Invocation bench = Invocation.of("bench", group(), "--events", "300", "--rate", "1000", "--json");

        assertThat(bench.code()).as(bench.errors()).isZero();
        assertThat(number("seconds", bench.output())).isBetween(0.299, 5.0);
        assertThat(number("timed", bench.output())).isEqualTo(300);
    }

    @Test
    void writesAPageThatNeedsNothingElse() throws IOException {
        Path page = folder.resolve("bench.html");

        Invocation bench = Invocation.of("bench", "local:<i>" + UUID.randomUUID(), "--events", "200", "--report", page.toString());

        assertThat(bench.code()).as(bench.errors()).isZero();
        assertThat(Files.readString(page)).startsWith("<!doctype html>").endsWith("</html>\n")
                .contains("local:&lt;i&gt;", "<polyline", "every ledger closes", "&quot;role&quot;:&quot;subscriber&quot;")
                .doesNotContain("http", "src=", "<script", "<i>", "NaN", "Infinity");
    }

    @Test
    void showsABarToAPersonOnly() {
        Invocation watched = Invocation.startAt(new Terminal(false, false, true, true), "bench", "local:" + UUID.randomUUID(),
                "--events", "400", "--rate", "1000");
        Invocation piped = Invocation.start("bench", "local:" + UUID.randomUUID(), "--events", "10");

        assertThat(watched.finish().errors()).contains("bench: warming up", "#####").containsPattern("\\[#+\\.*\\] +[0-9]+ %");
        assertThat(piped.finish().errors()).doesNotContain("warming", "#", "\r");
    }

    @Test
    void saysThatEventsAreTooLarge() throws IOException {
        Invocation bench = Invocation.of("bench", group() + "?reliable=false&datagram=1472", "--size", "2KiB", "--events", "3");

        assertThat(bench.code()).isEqualTo(ExitCode.FAILED);
        assertThat(bench.messages().getFirst()).isEqualTo(
                "bench: an event of 2048 bytes was refused: too large for the address or the policy");
        assertThat(bench.ledger()).contains("\"role\":\"subscriber\"");
    }

    @Test
    void endsAtOnceWhenItIsStopped() throws IOException {
        Invocation bench = Invocation.start("bench", group(), "--rate", "10");
        bench.stop(Stop.Cause.INTERRUPT);

        assertThat(bench.code()).isEqualTo(ExitCode.INTERRUPTED);
        bench.ledger();
    }

    @Test
    void findsFaultWithALedgerThatDoesNotCloseAndWithWhatIsMissing() {
        var closed = new SubscriberSums(10, 10, 0, Map.of(), 0, 0, 0, 0);
        var open = new SubscriberSums(10, 9, 0, Map.of(), 0, 0, 0, 0);
        var lossy = new SubscriberSums(10, 9, 0, Map.of(LossReason.NETWORK, 1L), 0, 0, 0, 0);

        assertThat(result("backpressure:10", closed).fault()).isEmpty();
        assertThat(result("backpressure:10", open).fault()).contains("a ledger does not close");
        assertThat(result("drop-oldest:10", lossy).fault()).isEmpty();
        assertThat(result("backpressure:10", lossy).fault())
                .contains("1 event is missing under backpressure:10,64MiB,wait=1s");
    }

    private static BenchResult result(String policy, SubscriberSums received) {
        var plan = new BenchPlan("local:x", 8, 1, Optional.empty(), OptionalDouble.empty());
        return new BenchResult(plan, FlowPolicy.parse(policy), 1, new PublisherSums(10, 10, 0, 0, 0), List.of(received),
                new Histogram(3), List.of(), "");
    }
}
