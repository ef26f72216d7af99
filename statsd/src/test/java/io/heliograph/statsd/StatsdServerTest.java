package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClient;
import io.heliograph.AddressInUseException;
import io.heliograph.Event;
import io.heliograph.PublishResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatsdServerTest {

    private static final StatsdConfig FAST =
            StatsdConfig.defaults().withPort(0).withFlushPeriod(Duration.ofMillis(20));

    private final RecordingPublisher publisher = new RecordingPublisher();
    private final SteppedClock clock = new SteppedClock();
    private final QueueIo io = new QueueIo();

    @Test
    void publishesWhatARealClientSends() {
        try (StatsdServer server = StatsdServer.start(FAST, publisher);
                StatsDClient client = new NonBlockingStatsDClientBuilder()
                        .hostname("127.0.0.1").port(server.localAddress().getPort())
                        .prefix("shop").constantTags("zone:eu").enableTelemetry(false).enableAggregation(false)
                        .originDetectionEnabled(false).build()) {
            client.count("orders", 3);
            client.gauge("stock", 42.5, "item:tea");
            client.recordExecutionTime("checkout", 25);
            client.recordHistogramValue("basket", 7.5);
            client.recordDistributionValue("weight", 1.25);
            client.recordSetValue("visitors", "anna");
            assertThat(publisher.awaitSubject("shop.orders").text())
                    .startsWith("{\"name\":\"shop.orders\",\"type\":\"counter\",\"value\":3.0,\"rate\":")
                    .endsWith(",\"tags\":{\"zone\":\"eu\"}}");
            awaitThat(() -> server.counters().published(PublishResult.ACCEPTED) == 6);
            assertThat(server.counters().applied()).isEqualTo(6);
            assertThat(server.counters().badTotal()).isZero();
        }
        assertThat(publisher.events).extracting(event -> event.subject().orElseThrow()).contains(
                "shop.stock", "shop.checkout", "shop.basket", "shop.weight", "shop.visitors");
    }

    @Test
    void publishesEveryMetricOfOneDatagram() throws IOException {
        try (StatsdServer server = StatsdServer.start(FAST, publisher)) {
            send(server, "foo:1|c\nbar:12:14|ms\r\nbroken\nlast:9|g");
            assertThat(publisher.awaitSubject("foo").topic()).isEqualTo("metrics.counter");
            assertThat(publisher.awaitSubject("bar").text()).contains("\"value\":13.0", "\"count\":2");
            assertThat(publisher.awaitSubject("last").topic()).isEqualTo("metrics.gauge");
            StatsdCounters counters = server.counters();
            assertThat(counters.datagrams()).isEqualTo(1);
            assertThat(counters.bytes()).isEqualTo(37);
            assertThat(counters.lines()).isEqualTo(4);
            assertThat(counters.applied()).isEqualTo(3);
            assertThat(counters.bad()).isEqualTo(Map.of(BadLine.NO_VALUE, 1L));
            assertThat(counters.difference()).isZero();
        }
    }

    @Test
    void countsGarbageEmptyAndOversizedDatagramsAndGoesOn() throws IOException {
        try (StatsdServer server = StatsdServer.start(FAST.withMaxDatagramBytes(100), publisher)) {
            send(server, "");
            send(server, "\0\1\2garbage\3");
            send(server, "x".repeat(101));
            send(server, "foo:1|c");
            publisher.awaitSubject("foo");
            StatsdCounters counters = server.counters();
            assertThat(counters.datagrams()).isEqualTo(4);
            assertThat(counters.oversized()).isEqualTo(1);
            assertThat(counters.lines()).isEqualTo(2);
            assertThat(counters.bad(BadLine.NO_VALUE)).isEqualTo(1);
            assertThat(counters.difference()).isZero();
        }
    }

    @Test
    void refusesAPortThatIsTakenAndFreesItsOwnOnClose() {
        StatsdServer first = StatsdServer.start(FAST, publisher);
        StatsdConfig samePort = FAST.withPort(first.localAddress().getPort());
        assertThatThrownBy(() -> StatsdServer.start(samePort, publisher)).isInstanceOf(AddressInUseException.class);
        first.close();
        first.close();
        StatsdServer.start(samePort, publisher).close();
    }

    @Test
    void flushesWhenTheClockSaysSo() {
        try (StatsdServer server = startOnQueue(publisher)) {
            io.arrive("foo:1|c\nbar:1|c");
            awaitThat(() -> server.counters().applied() == 2);
            clock.advance(Duration.ofMillis(999));
            assertThat(server.counters().panes()).isZero();
            clock.advance(Duration.ofMillis(1));
            assertThat(publisher.awaitSubject("foo").time()).contains(Samples.NOON);
            awaitThat(() -> server.counters().panes() == 1);
            io.arrive("foo:6|c");
            awaitThat(() -> server.counters().applied() == 3);
            clock.advance(Duration.ofMillis(3300));
            Event event = publisher.await(late -> late.text().contains("\"value\":6.0,\"rate\":2.0"));
            assertThat(event.time()).as("300 ms ago, where the third period ended")
                    .contains(Samples.NOON.minusMillis(300));
            awaitThat(() -> server.counters().panes() == 2);
            assertThat(server.counters().flushedEvents()).isEqualTo(3);
            assertThat(server.counters().difference()).isZero();
        }
    }

    @Test
    void flushesWhatIsLeftOnClose() {
        StatsdServer server = startOnQueue(publisher);
        for (int i = 0; i < 10; i++) {
            io.arrive("foo:1|c");
        }
        server.close();
        assertThat(publisher.events).singleElement()
                .satisfies(event -> assertThat(event.text()).contains("\"value\":10.0,\"rate\":10.0"));
        assertThat(io.closed).isTrue();
        assertThat(server.counters().kernelDropsAtLeast()).isEqualTo(OptionalLong.of(3));
        assertThat(server.counters().panes()).isEqualTo(1);
    }

    @Test
    void countsWhatBecameOfEachEvent() {
        var moody = new RecordingPublisher(event -> switch (event.subject().orElseThrow()) {
            case "dropped" -> PublishResult.DROPPED;
            case "throws" -> throw new IllegalStateException("against the contract");
            default -> PublishResult.ACCEPTED;
        });
        StatsdServer server = startOnQueue(moody);
        io.arrive("fine:1|c\ndropped:1|c\nthrows:1|c\nfine2:1|c");
        server.close();
        StatsdCounters counters = server.counters();
        assertThat(counters.published()).isEqualTo(Map.of(PublishResult.ACCEPTED, 2L, PublishResult.DROPPED, 1L));
        assertThat(counters.publishFailures()).isEqualTo(1);
        assertThat(counters.flushedEvents()).isEqualTo(4);
        assertThat(counters.difference()).isZero();
    }

    @Test
    void abandonsWhatASlowPublisherDoesNotTakeBeforeTheDeadline() {
        var slow = new RecordingPublisher(event -> {
            clock.advance(Duration.ofSeconds(2));
            return PublishResult.BACK_PRESSURED;
        });
        StatsdServer server = startOnQueue(slow);
        io.arrive("a:1|c\nb:1|c\nc:1|c\nd:1|c\ne:1|c");
        awaitThat(() -> server.counters().applied() == 5);
        server.close();
        assertThat(server.counters().published()).isEqualTo(Map.of(PublishResult.BACK_PRESSURED, 3L));
        assertThat(server.counters().abandoned()).isEqualTo(2);
        assertThat(server.counters().difference()).isZero();
    }

    @Test
    void keepsReceivingWhileAPublisherIsStuck() throws InterruptedException {
        var stuck = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var blocking = new RecordingPublisher(event -> {
            stuck.countDown();
            awaitLatch(release);
            return PublishResult.ACCEPTED;
        });
        try (StatsdServer server = startOnQueue(blocking)) {
            io.arrive("foo:1|c");
            awaitThat(() -> server.counters().applied() == 1);
            clock.advance(Duration.ofSeconds(1));
            assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
            io.arrive("foo:2|c\nfoo:3|c");
            awaitThat(() -> server.counters().applied() == 3);
            clock.advance(Duration.ofSeconds(2));
            release.countDown();
            Event event = blocking.await(next -> next.text().contains("\"value\":5.0"));
            assertThat(event.text()).contains("\"rate\":2.5");
        }
    }

    @Test
    void survivesASocketThatFails() {
        io.failuresToCome.set(3);
        try (StatsdServer server = startOnQueue(publisher)) {
            io.arrive("foo:1|c");
            awaitThat(() -> server.counters().applied() == 1);
            assertThat(server.counters().receiveErrors()).isEqualTo(3);
        }
    }

    @Test
    void countsNumberedDatagramsOverARealSocket() throws IOException {
        try (StatsdServer server = StatsdServer.start(FAST, publisher)) {
            send(server, GeneratorSequence.firstLine("shop", 1) + "foo:1|c");
            send(server, GeneratorSequence.firstLine("shop", 3) + "foo:1|c");
            awaitThat(() -> server.counters().datagrams() == 2);
            assertThat(server.generators()).containsExactly(new GeneratorSums("shop", 3, 2, 1, 0, 0, 0));
            assertThat(server.counters().difference()).isZero();
        }
    }

    private StatsdServer startOnQueue(RecordingPublisher target) {
        long noonNs = Samples.NOON.getEpochSecond() * 1_000_000_000L;
        return StatsdServer.start(StatsdConfig.defaults(), io, target, clock, () -> noonNs);
    }

    private static void send(StatsdServer server, String datagram) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            InetSocketAddress target = server.localAddress();
            ByteBuffer bytes = Samples.bytes(datagram);
            int length = bytes.remaining();
            assertThat(channel.send(bytes, target)).isEqualTo(length);
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitThat(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNs);
            Thread.onSpinWait();
        }
    }
}
