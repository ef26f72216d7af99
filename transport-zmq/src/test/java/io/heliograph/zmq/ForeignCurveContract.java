package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys shown to, and by, a program that knows nothing of this library. */
@Timeout(90)
abstract class ForeignCurveContract {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.parse("backpressure:1000,wait=20s");
    private static final int EVENTS = 100;

    @TempDir
    private Path folder;

    private final ZmqKeys ours = ZmqKeys.generate();
    private final ZmqKeys theirs = ZmqKeys.generate();
    private final ZmqKeys unlisted = ZmqKeys.generate();
    private final String address = Ports.freshAddress();
    private final String port = Integer.toString(Ports.plain(address));
    private String asServer = "";
    private String asClient = "";

    abstract ForeignProcess foreign();

    @BeforeEach
    void writeKeys() throws Exception {
        Path key = folder.resolve("ours.key");
        ours.write(key);
        Path allowed = folder.resolve("allowed");
        Files.writeString(allowed, theirs.publicKey() + " the foreign one\n");
        asServer = address + "&curve-key-file=" + key + "&curve-allow-file=" + allowed;
        asClient = address + "&curve-key-file=" + key + "&curve-server-key="
                + URLEncoder.encode(theirs.publicKey(), StandardCharsets.UTF_8);
    }

    /** Arguments, and the keys with which a foreign peer connects. */
    private String[] connecting(ZmqKeys keys, String... arguments) {
        return with(arguments, "--curve", Z85.encode(keys.secretBytes()), keys.publicKey(), ours.publicKey());
    }

    /** Arguments, and the keys with which a foreign peer waits for us. */
    private String[] binding(String... arguments) {
        return with(arguments, "--curve", Z85.encode(theirs.secretBytes()), theirs.publicKey());
    }

    private static String[] with(String[] arguments, String... more) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static List<String> lines(String prefix) {
        return IntStream.range(-1, EVENTS).mapToObj(i -> i < 0 ? "ready" : prefix + i).toList();
    }

    @Test
    void aForeignSubscriberIsLetInByItsKey() throws Exception {
        try (var publisher = ZmqPublisher.open(ZmqConfig.of(Address.parse(asServer), ZmqConfig.Side.BINDING), PATIENT, Environment.system());
                ChildProcess stranger = foreign().start(connecting(unlisted, "sub", port, "prices.", "1"));
                ChildProcess peer = foreign().start(connecting(theirs, "sub", port, "prices.", Integer.toString(EVENTS)))) {
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            await().atMost(SOON).until(() -> publisher.counters().refusals().containsKey(ZmqRefusal.KEY));
            for (int i = 0; i < EVENTS; i++) {
                assertThat(publisher.publish("prices.eurusd", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
            }
            assertThat(peer.awaitEnd(SOON)).isZero();
            assertThat(peer.lines()).isEqualTo(lines("prices.eurusd "));
            assertThat(stranger.lines()).containsExactly("ready");
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void aForeignPublisherIsHeard() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ChildProcess peer = foreign().start(binding("pub", port, "prices.eurusd", Integer.toString(EVENTS)));
                var subscriber = Heliograph.subscriber(asClient)) {
            Subscription subscription = subscriber.subscribe("prices.*", delivery -> heard.add(delivery.event().text()));
            assertThat(peer.awaitEnd(SOON)).isZero();
            await().atMost(SOON).until(() -> heard.size() == EVENTS && subscription.sums().inFlight() == 0);
            assertThat(heard).isEqualTo(IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList());
            assertThat(subscription.sums().difference()).isZero();
        }
    }

    @Test
    void aForeignRequesterIsAnswered() throws Exception {
        try (var responder = ZmqResponder.open(RequestConfig.of(Address.parse(asServer), ZmqConfig.Side.BINDING),
                        request -> Event.of("answer", "re: " + request.text()), Environment.system());
                ChildProcess stranger = foreign().start(connecting(unlisted, "req", port, "q", "1"));
                ChildProcess peer = foreign().start(connecting(theirs, "req", port, "q", Integer.toString(EVENTS)))) {
            assertThat(peer.awaitEnd(SOON)).isZero();
            assertThat(peer.lines()).isEqualTo(lines("re: q"));
            await().atMost(SOON).until(() -> responder.sums().refusals().containsKey(ZmqRefusal.KEY)
                    && responder.sums().answered() == EVENTS);
            assertThat(stranger.lines()).containsExactly("ready");
            assertThat(responder.sums().received()).isEqualTo(EVENTS);
            assertThat(responder.sums().difference()).isZero();
        }
    }

    @Test
    void aForeignResponderIsAsked() throws Exception {
        try (ChildProcess peer = foreign().start(binding("rep", port, "re: ", "20"));
                var requester = ZmqRequester.open(RequestConfig.of(Address.parse(asClient + "&peer=plain"), ZmqConfig.Side.CONNECTING),
                        Environment.system())) {
            for (int i = 0; i < 20; i++) {
                assertThat(requester.request(Event.of("ask", "q" + i), SOON).get(20, TimeUnit.SECONDS).text()).isEqualTo("re: q" + i);
            }
            assertThat(peer.awaitEnd(SOON)).isZero();
            assertThat(requester.sums().difference()).isZero();
        }
    }

    @Test
    void aForeignWorkerIsLetInByItsKey() throws Exception {
        try (var publisher = ZmqWorkPublisher.open(WorkConfig.of(Address.parse(asServer + "&pattern=load-balance"), ZmqConfig.Side.BINDING),
                        PATIENT, Environment.system());
                ChildProcess stranger = foreign().startWork(connecting(unlisted, "pull", port, "1"))) {
            await().atMost(SOON).until(() -> publisher.counters().refusals().containsKey(ZmqRefusal.KEY));
            assertThat(publisher.publish("work", "none")).isEqualTo(PublishResult.NOT_CONNECTED);
            try (ChildProcess peer = foreign().startWork(connecting(theirs, "pull", port, Integer.toString(EVENTS)))) {
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                for (int i = 0; i < EVENTS; i++) {
                    assertThat(publisher.publish("work", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
                }
                assertThat(peer.awaitEnd(SOON)).isZero();
                assertThat(peer.lines()).isEqualTo(lines("work "));
            }
            assertThat(stranger.lines()).containsExactly("ready");
            assertThat(publisher.groups()).allSatisfy(sums -> assertThat(sums.difference()).isZero());
        }
    }

    @Test
    void aForeignPeerPushesWork() throws Exception {
        try (ChildProcess peer = foreign().startWork(binding("push", port, "work", Integer.toString(EVENTS)));
                var subscriber = Heliograph.subscriber(asClient + "&pattern=load-balance&peer=plain")) {
            var witness = new GroupWitness();
            var worker = witness.member("workers", subscriber, Interest.inAll(), delivery -> { });
            assertThat(peer.awaitEnd(SOON)).isZero();
            await().atMost(SOON).until(() -> worker.sums().delivered() == EVENTS);
            assertThat(witness.handed("workers").stream().map(each -> each.delivery().event().text()))
                    .containsExactlyElementsOf(IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList());
            assertThat(worker.sums().difference()).isZero();
        }
    }
}
