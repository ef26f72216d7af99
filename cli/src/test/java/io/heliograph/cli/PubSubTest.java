package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PubSubTest {

    /** A name of its own for each test, since names are shared by the whole process. */
    private final String address = "local:" + UUID.randomUUID();

    private Invocation listen(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "sub";
        arguments[1] = address;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Invocation.start(arguments).awaitMessage("listening at " + address);
    }

    @Test
    void printsEachLineThatIsPublished() {
        Invocation sub = listen("--count", "4");

        Invocation pub = Invocation.withInput("one\ntwo\r\n\nfo\u00fcr", "pub", address);

        assertThat(pub.code()).isZero();
        assertThat(pub.output()).isEmpty();
        assertThat(pub.messages()).containsExactly(
                "ledger: {\"role\":\"publisher\",\"offered\":4,\"accepted\":4,\"dropped\":0,\"refused\":0,\"difference\":0}");
        assertThat(sub.code()).isZero();
        assertThat(sub.output()).isEqualTo("one\ntwo\n\nfo\u00fcr\n");
        assertThat(sub.messages()).containsExactly("sub: listening at " + address + " for >",
                "ledger: {\"role\":\"subscriber\",\"known\":4,\"delivered\":4,\"filtered\":0,\"lost\":{},\"in_flight\":0,"
                        + "\"duplicates\":0,\"gaps\":0,\"difference\":0}");
    }

    @Test
    void sendsDataAsOftenAsAsked() {
        Invocation sub = listen("--count", "3");

        Invocation pub = Invocation.of("pub", address, "hello", "--count", "3");

        assertThat(pub.ledger()).contains("\"accepted\":3");
        assertThat(sub.finish().lines()).containsExactly("hello", "hello", "hello");
    }

    @Test
    void endsAfterExactlySoManyEvents() {
        Invocation sub = listen("--count", "5", "--name", "five");

        Invocation.of("pub", address, "x", "--count", "1000");

        assertThat(sub.code()).isZero();
        assertThat(sub.lines()).hasSize(5);
        assertThat(sub.ledger()).contains("\"delivered\":5,");
        assertThat(sub.messages().getFirst()).startsWith("five: listening at ");
    }

    @Test
    void takesNoMoreLinesThanAsked() {
        Invocation pub = Invocation.withInput("a\nb\nc\n", "pub", address, "--count", "2");

        assertThat(pub.code()).isZero();
        assertThat(pub.ledger()).contains("\"offered\":2,");
    }

    @Test
    void makesDataOfTheSizeAsked() {
        Invocation sub = listen("--count", "1");

        Invocation.of("pub", address, "--size", "1KiB");

        assertThat(sub.finish().output()).hasSize(1025).startsWith("abc").endsWith("\n");
    }

    @Test
    void setsTopicKeyAndAttributes() {
        Invocation sub = listen("--count", "1", "--json", "--topic", "prices.*");

        Invocation.of("pub", address, "1.09", "--topic", "prices.eurusd", "--key", "fx", "-H", "venue=a=b", "-H", "n=");

        Event event = CloudEventJson.read(sub.finish().lines().getFirst());
        assertThat(event.topic()).isEqualTo("prices.eurusd");
        assertThat(event.key()).contains("fx");
        assertThat(event.text()).isEqualTo("1.09");
        assertThat(event.contentType()).contains("text/plain");
        assertThat(event.attributes()).containsEntry("venue", new AttributeValue.Text("a=b"))
                .containsEntry("n", new AttributeValue.Text(""))
                .containsKeys("sequence", "senttime", "receivedtime");
    }

    @Test
    void publishesToTheTopicEventsIfNoneIsNamed() {
        Invocation sub = listen("--count", "1", "--json");

        Invocation.of("pub", address, "x");

        assertThat(CloudEventJson.read(sub.finish().lines().getFirst()).topic()).isEqualTo("events");
    }

    @Test
    void carriesCloudEventsBothWays() {
        Event first = Event.builder("orders.new").id("1").source("/shop").subject("42")
                .data("{\"total\":1}".getBytes(StandardCharsets.UTF_8), "application/json").build();
        Event second = Event.builder("orders.paid").id("2").data(new byte[] {0, -1}).build();
        Invocation sub = listen("--count", "2", "--json");

        Invocation pub = Invocation.withInput(
                CloudEventJson.write(first, "") + "\n\n" + CloudEventJson.write(second, "") + "\n",
                "pub", address, "--json", "-H", "env=test");

        assertThat(pub.code()).isZero();
        List<Event> events = sub.finish().lines().stream().map(CloudEventJson::read).toList();
        assertThat(events).extracting(Event::topic).containsExactly("orders.new", "orders.paid");
        assertThat(events).extracting(Event::source).containsExactly("/shop", Event.DEFAULT_SOURCE);
        assertThat(events).extracting(e -> e.id().orElse("")).containsExactly("1", "2");
        assertThat(events.getFirst().text()).isEqualTo("{\"total\":1}");
        assertThat(events.getLast().data()).isEqualTo(second.data());
        assertThat(events).allSatisfy(e ->
                assertThat(e.attributes()).containsEntry("env", new AttributeValue.Text("test")));
    }

    @Test
    void tellsABadLineWithItsNumberAndGoesOn() {
        String good = CloudEventJson.write(Event.of("t", "x"), "1");
        Invocation sub = listen("--count", "2");

        Invocation pub = Invocation.withInput(good + "\nnot json\n\n{\"specversion\":\"1.0\"}\n" + good + "\n",
                "pub", address, "--json");

        assertThat(pub.code()).isEqualTo(ExitCode.FAILED);
        assertThat(pub.messages()).hasSize(3);
        assertThat(pub.messages().get(0)).startsWith("pub: line 2: ");
        assertThat(pub.messages().get(1)).startsWith("pub: line 4: ");
        assertThat(pub.ledger()).contains("\"accepted\":2,");
        assertThat(sub.finish().lines()).hasSize(2);
    }

    @Test
    void writesWhatIsNoTextInBase64() {
        Invocation sub = listen("--count", "1");

        Invocation.withInput(new byte[] {(byte) 0xff, 0, 1}, "pub", address);

        assertThat(sub.finish().output()).isEqualTo("/wAB\n");
    }

    @Test
    void keepsToTheRate() {
        long startNs = System.nanoTime();

        Invocation pub = Invocation.of("pub", address, "x", "--count", "21", "--rate", "100");

        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
        assertThat(pub.ledger()).contains("\"accepted\":21,");
    }

    @Test
    void waitsForSubscribersBeforeItBegins() {
        Invocation pub = Invocation.start("pub", address, "x", "--await-subscribers", "2").awaitMessage("waiting for 2");

        Invocation first = listen("--count", "1");
        Invocation second = listen("--count", "1");

        assertThat(pub.code()).isZero();
        assertThat(first.finish().lines()).containsExactly("x");
        assertThat(second.finish().lines()).containsExactly("x");
    }

    @Test
    void endsWhenNothingArrived() {
        Invocation sub = Invocation.of("sub", address, "--wait", "50ms");

        assertThat(sub.code()).isZero();
        assertThat(sub.ledger()).contains("\"known\":0,");
    }

    @Test
    void failsWhenNothingArrivedBeforeTheCountWasReached() {
        Invocation sub = listen("--wait", "300ms", "--count", "2");

        Invocation.of("pub", address, "x");

        assertThat(sub.code()).isEqualTo(ExitCode.FAILED);
        assertThat(sub.lines()).containsExactly("x");
    }

    @Test
    void keepsWaitingWhileFilteredEventsArrive() {
        Invocation sub = listen("--wait", "400ms", "--topic", "wanted");
        long startNs = System.nanoTime();

        Invocation.of("pub", address, "x", "--topic", "other", "--count", "9", "--rate", "10");

        assertThat(sub.code()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isGreaterThan(Duration.ofMillis(1150));
        assertThat(sub.output()).isEmpty();
        assertThat(sub.ledger()).contains("\"known\":9,", "\"filtered\":9,");
    }

    @Test
    void refusesWhatIsTooLargeOnceInWordsAndEachTimeInTheLedger() {
        Invocation pub = Invocation.of("pub", address, "0123456789", "--count", "3", "--policy", "drop-oldest:10,20B");

        assertThat(pub.code()).isEqualTo(ExitCode.FAILED);
        assertThat(pub.messages()).hasSize(2);
        assertThat(pub.messages().getFirst()).contains("too large", "drop-oldest:10,20B");
        assertThat(pub.ledger()).contains("\"offered\":3,", "\"refused\":3,");
    }

    @Test
    void showsProgressToAPersonOnly() {
        Invocation watched = Invocation.startAt(new Terminal(false, false, true, true), "sub", address, "--wait", "700ms");
        Invocation shared = Invocation.startAt(new Terminal(false, true, true, true), "sub", address, "--wait", "700ms");
        Invocation piped = Invocation.start("sub", address, "--wait", "700ms");

        assertThat(watched.finish().errors()).contains("sub: 0 received, 0 lost\r");
        assertThat(shared.finish().errors()).doesNotContain("received");
        assertThat(piped.finish().errors()).doesNotContain("received").doesNotContain("\r");
    }
}
