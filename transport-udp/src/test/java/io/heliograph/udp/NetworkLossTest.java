package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.Flow;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher and a subscriber as processes on hosts of their own, over a bridge that loses. */
@Tag("net")
@Timeout(90)
class NetworkLossTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PORT = 40_123;

    private NetworkNamespaces network;
    private NetworkHost publishing;
    private NetworkHost subscribing;

    @BeforeEach
    void open() {
        network = NetworkNamespaces.ofHosts(2);
        publishing = network.host(0);
        subscribing = network.host(1);
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void everyEventIsDeliveredOrInAnExactGapUnderFivePercentLoss() throws InterruptedException {
        subscribing.loseIncoming(Flow.toPort(PORT), 0.05);
        ChildProcess subscriber = subscriber();

        // One by one: of a train, the rule would take all or nothing.
        NetReport heard = NetComparison.finish(publisher(20_000, 5_000, "&io=portable"), subscriber);

        assertThat(subscribing.packetsStruck()).as("packets lost by the rule").isPositive();
        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(heard.sessions().getFirst().list("gaps").size()).as("gaps").isGreaterThan(10);
    }

    @Test
    void everyEventIsDeliveredOrInAnExactGapAfterACutOfThreeSecondsBothWays() throws InterruptedException {
        ChildProcess subscriber = subscriber();
        ChildProcess publisher = publisher(16_000, 2_000);
        publisher.awaitLine(line -> line.contains("started"), SOON);
        NetComparison.awaitDelivered(subscriber, 500);
        subscribing.cutIncoming(Flow.all());
        subscribing.cutOutgoing(Flow.all());
        long cutNs = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - cutNs >= Duration.ofSeconds(3).toNanos());
        subscribing.heal();

        NetReport heard = NetComparison.finish(publisher, subscriber);

        assertThat(heard.number("sums.lost.network")).as("about 3 s at 2,000 a second").isGreaterThan(2_000);
        assertThat(heard.sessions().getFirst().list("gaps")).isNotEmpty();
        assertThat(heard.number("notices.TailUnknown")).as("the silence was shorter than what ends a session").isZero();
    }

    @Test
    void secondCopiesAreCountedAndNothingIsDeliveredTwice() throws InterruptedException {
        publishing.duplicateOutgoing(Flow.toPort(PORT), 0.1);
        ChildProcess subscriber = subscriber();

        NetReport heard = NetComparison.finish(publisher(5_000, 5_000), subscriber);

        assertThat(publishing.packetsStruck()).as("packets sent twice").isPositive();
        assertThat(heard.number("sums.duplicates")).isPositive();
        assertThat(heard.number("sums.lost.network")).isZero();
    }

    @Test
    void reportsThatAreCutOffCostNoEvent() throws InterruptedException {
        ChildProcess subscriber = subscriber();
        ChildProcess publisher = publisher(6_000, 3_000);
        publisher.awaitLine(line -> line.contains("started"), SOON);
        subscribing.cutOutgoing(Flow.all());
        NetComparison.awaitDelivered(subscriber, 5_000);
        await().atMost(SOON).until(() -> subscribing.packetsStruck() > 0);
        subscribing.heal();

        NetReport heard = NetComparison.finish(publisher, subscriber);

        assertThat(heard.number("sums.lost.network")).isZero();
    }

    @Test
    void aBottleneckCostsEventsAndTheGapsAreExact() throws InterruptedException {
        ChildProcess subscriber = subscriber();
        subscribing.throttleIncoming(2_000_000, 4_096, 20_000);

        NetReport heard = NetComparison.finish(publisher(8_000, 4_000), subscriber);

        assertThat(heard.number("sums.lost.network")).as(subscribing.throttleStatistics()).isPositive();
    }

    private ChildProcess subscriber() throws InterruptedException {
        ChildProcess child = subscribing.startJava(NetPeer.class, "subscriber", "address=" + address());
        child.awaitLine(line -> line.contains("ready"), SOON);
        return child;
    }

    private ChildProcess publisher(int events, int rate) {
        return publisher(events, rate, "");
    }

    private ChildProcess publisher(int events, int rate, String settings) {
        return publishing.startJava(NetPeer.class, "publisher", "address=" + address() + settings, "events=" + events, "rate=" + rate,
                "bytes=" + NetComparison.BYTES, "seed=" + NetComparison.SEED, "await=1");
    }

    private static String address() {
        return "udp://239.77.3.1:" + PORT + "?interface=e0&reliable=false";
    }
}
