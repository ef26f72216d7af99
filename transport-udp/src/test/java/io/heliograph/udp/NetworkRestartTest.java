package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.Flow;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher and a subscriber that are killed in the middle of a stream, and start anew, on hosts of their own. */
@Tag("net")
@Timeout(90)
class NetworkRestartTest {

    private static final int PORT = 40_123;
    private static final String GROUP = "udp://239.77.3.1:" + PORT + "?interface=e0&datagram=1472";
    private static final int KILLED = 128 + 9;

    private NetworkNamespaces network;
    private NetworkHost publishing;
    private NetworkHost first;
    private NetworkHost second;

    @BeforeEach
    void open() {
        network = NetworkNamespaces.ofHosts(3);
        publishing = network.host(0);
        first = network.host(1);
        second = network.host(2);
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void theNextLifeOfAKilledPublisherIsHeardWholeAndTheTailOfTheOldOneIsToldUnknown() throws InterruptedException {
        first.loseIncoming(Flow.toPort(PORT), 0.05);
        second.loseIncoming(Flow.toPort(PORT), 0.05);
        List<ChildProcess> subscribers = List.of(NetPeers.subscriber(first, GROUP), NetPeers.subscriber(second, GROUP));
        ChildProcess killed = NetPeers.publisher(publishing, GROUP + "&io=portable", NetComparison.EVENTS, 1_000_000, 5_000, 2, "tell=100");
        for (ChildProcess subscriber : subscribers) {
            NetComparison.awaitDelivered(subscriber, 2_000);
        }
        NetPeers.signal(publishing, "KILL", killed);
        assertThat(killed.awaitEnd(NetPeers.SOON)).as(killed.toString()).isEqualTo(KILLED);

        NetReport sent = NetComparison.sent(
                NetPeers.publisher(publishing, GROUP + "&io=portable", NetComparison.EVENTS, 10_000, 5_000, 2));

        long mostAccepted = NetReport.parse(killed.lines().getLast()).number("accepted") + 100;
        Object old = NetReport.parse(killed.lines().get(1)).fields().get("session");
        for (ChildProcess subscriber : subscribers) {
            List<?> tail = onlyTail(subscriber);
            assertThat(tail.getFirst()).isEqualTo(old);
            long last = (Long) tail.get(1);
            assertThat(last).as("the last that is known").isBetween(1_999L, mostAccepted - 1);
            NetReport heard = NetComparison.heard(subscriber, last + 1 + 10_000);
            NetComparison.verify(List.of(life(old, last), sent), heard, NetComparison.EVENTS);
            assertThat(NetComparison.session(sent, heard).list("gaps")).as("lost of the new life").isEmpty();
            assertThat(heard.number("counters.repaired")).isPositive();
        }
    }

    /** What is told of the one session that has ended without a word, once that is told. */
    private static List<?> onlyTail(ChildProcess subscriber) {
        await().atMost(NetPeers.SOON).until(() -> !NetComparison.report(subscriber).list("tails").isEmpty());
        List<?> tails = NetComparison.report(subscriber).list("tails");
        assertThat(tails).hasSize(1);
        return (List<?>) tails.getFirst();
    }

    /** A life that ended before it could tell of itself: its events are numbered as they were accepted. */
    private static NetReport life(Object session, long last) {
        return new NetReport(Map.of("session", session, "accepted", List.of(List.of(0L, last))));
    }

    @Test
    void aKilledSubscriberIsEvictedInTimeTheOthersLoseNothingAndItsNextLifeJoins() throws InterruptedException {
        Duration eviction = Duration.ofSeconds(1);
        String address = GROUP + "&evict=" + eviction.toSeconds() + "s";
        ChildProcess steady = NetPeers.subscriber(first, address);
        ChildProcess killed = NetPeers.subscriber(second, address);
        ChildProcess publisher = NetPeers.publisher(publishing, address, NetComparison.EVENTS, 20_000, 4_000, 2,
                "policy=backpressure:2000,wait=200ms", "hold=1");
        NetComparison.awaitDelivered(killed, 1_000);
        NetPeers.signal(second, "KILL", killed);
        ChildProcess live = NetPeers.subscriber(second, address);
        publisher.awaitLine(line -> line.contains("published"), NetPeers.SOON);
        ChildProcess oldest = NetPeers.subscriber(second, address + "&from=oldest");
        NetComparison.awaitDelivered(oldest, 20_000);
        publisher.ask("1000", NetPeers.SOON);
        publisher.type("end");

        NetReport sent = NetComparison.sent(publisher);

        assertThat(sent.number("notices.SubscriberEvicted")).as(sent.toString()).isEqualTo(1);
        assertThat(sent.number("results.BACK_PRESSURED")).as("waits until then").isPositive();
        assertThat(sent.number("longest_publish_ms")).as("until the eviction").isLessThan(2 * eviction.toMillis());
        for (ChildProcess whole : List.of(steady, oldest)) {
            NetReport heard = NetComparison.heard(whole, 21_000);
            NetComparison.verify(List.of(sent), heard, NetComparison.EVENTS);
            NetComparison.requireWhole(heard);
        }
        verifyFromItsFirst(sent, live);
    }

    /** Whoever joins in the middle has everything from there on. */
    private static void verifyFromItsFirst(NetReport sent, ChildProcess subscriber) {
        NetComparison.awaitDelivered(subscriber, 1_000);
        long from = NetComparison.session(sent, NetComparison.report(subscriber)).ranges("delivered").numbers().findFirst().orElseThrow();
        assertThat(from).as("joined in the middle").isBetween(1_000L, 20_000L);
        NetReport heard = NetComparison.heard(subscriber, 21_000 - from);
        NetComparison.requireWhole(heard);
        assertThat(NetComparison.verify(sent, NetComparison.session(sent, heard), from, NetComparison.EVENTS)).isZero();
    }
}
