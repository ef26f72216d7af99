package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.Flow;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.net.InetSocketAddress;
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
    private static final Duration CUT = Duration.ofSeconds(3);
    private static final int PORT = 40_123;
    private static final String GROUP = "239.77.3.1:" + PORT;
    private static final String RELIABLE = "?interface=e0";
    private static final String UNRELIABLE = "?interface=e0&reliable=false";
    /** One by one: of a train, a rule would take all or nothing. */
    private static final String ONE_BY_ONE = "&io=portable";

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
    void nothingIsLostUnderFivePercentLossBothWays() throws InterruptedException {
        publishing.loseIncoming(Flow.all(), 0.05);

        NetReport heard = playUnderLoss(GROUP);

        assertThat(publishing.packetsStruck()).as("reports lost by the rule").isPositive();
        assertThat(heard.number("counters.given_up")).isZero();
    }

    @Test
    void nothingIsLostOnTheWayToOneHostOfIpv6() throws InterruptedException {
        playUnderLoss("[" + subscribing.address6() + "]:" + PORT);
    }

    @Test
    void nothingIsLostOnTheWayToAGroupOfIpv6() throws InterruptedException {
        playUnderLoss("[ff15::77]:" + PORT);
    }

    @Test
    void aPartitionOfThreeSecondsOnTheWayToTheSubscriberCostsNoEvent() throws InterruptedException {
        NetReport heard = playWithCut(() -> subscribing.cutIncoming(Flow.all()));

        assertThat(heard.number("counters.repaired")).as("what was sent meanwhile").isPositive();
    }

    @Test
    void aPartitionOfThreeSecondsOnTheWayBackCostsNoEvent() throws InterruptedException {
        playWithCut(() -> subscribing.cutOutgoing(Flow.all()));
    }

    @Test
    void ofTwoLinesThatLoseApartLittleIsLeftToRepair() throws InterruptedException {
        String both = "239.77.3.1:" + PORT + ",239.77.3.2:" + PORT;
        subscribing.loseIncoming(Flow.to(new InetSocketAddress("239.77.3.1", PORT)), 0.05);
        subscribing.loseIncoming(Flow.to(new InetSocketAddress("239.77.3.2", PORT)), 0.05);
        ChildProcess subscriber = subscriber(both, RELIABLE);

        NetReport heard = NetComparison.finishWhole(publisher(both, 60_000, 10_000, RELIABLE + ONE_BY_ONE), subscriber);

        long struck = subscribing.packetsStruck();
        // Each datagram was sent on both lines: what came and what was lost, by two, is how many there were.
        long datagrams = (heard.number("counters.datagrams") + struck) / 2;
        double left = (double) heard.number("counters.repaired") / datagrams;
        System.out.printf("two lines: %d datagrams, %d of the copies lost, %.3f %% of the datagrams left to repair%n", datagrams,
                struck, 100 * left);
        assertThat(struck).isGreaterThan(datagrams / 20);
        assertThat(left).as("share of %d datagrams that was left to repair", datagrams).isLessThanOrEqualTo(0.005);
    }

    @Test
    void withoutRepairEveryEventIsDeliveredOrInAnExactGap() throws InterruptedException {
        subscribing.loseIncoming(Flow.toPort(PORT), 0.05);
        ChildProcess subscriber = subscriber(GROUP, UNRELIABLE);

        NetReport heard = NetComparison.finish(publisher(GROUP, 20_000, 5_000, UNRELIABLE + ONE_BY_ONE), subscriber);

        assertThat(subscribing.packetsStruck()).as("packets lost by the rule").isPositive();
        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(heard.sessions().getFirst().list("gaps").size()).as("gaps").isGreaterThan(10);
    }

    @Test
    void withoutRepairABottleneckCostsEventsAndTheGapsAreExact() throws InterruptedException {
        ChildProcess subscriber = subscriber(GROUP, UNRELIABLE);
        subscribing.throttleIncoming(2_000_000, 4_096, 20_000);

        NetReport heard = NetComparison.finish(publisher(GROUP, 8_000, 4_000, UNRELIABLE), subscriber);

        assertThat(heard.number("sums.lost.network")).as(subscribing.throttleStatistics()).isPositive();
    }

    private NetReport playUnderLoss(String place) throws InterruptedException {
        subscribing.loseIncoming(Flow.toPort(PORT), 0.05);
        ChildProcess subscriber = subscriber(place, RELIABLE);

        NetReport heard = NetComparison.finishWhole(publisher(place, 10_000, 5_000, RELIABLE + ONE_BY_ONE), subscriber);

        assertThat(subscribing.packetsStruck()).as("packets lost by the rule").isPositive();
        assertThat(heard.number("counters.repaired")).isPositive();
        return heard;
    }

    private NetReport playWithCut(Runnable cut) throws InterruptedException {
        ChildProcess subscriber = subscriber(GROUP, RELIABLE);
        ChildProcess publisher = publisher(GROUP, 16_000, 3_000, RELIABLE);
        NetComparison.awaitDelivered(subscriber, 500);
        cut.run();
        long cutNs = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - cutNs >= CUT.toNanos());
        assertThat(subscribing.packetsStruck()).as("packets that the cut took").isPositive();
        subscribing.heal();

        NetReport heard = NetComparison.finishWhole(publisher, subscriber);

        assertThat(heard.number("notices.TailUnknown")).as("the silence was shorter than what ends a session").isZero();
        return heard;
    }

    private ChildProcess subscriber(String place, String settings) throws InterruptedException {
        return NetPeers.subscriber(subscribing, "udp://" + place + settings);
    }

    private ChildProcess publisher(String place, int events, int rate, String settings) {
        return NetPeers.publisher(publishing, "udp://" + place + settings, events, rate);
    }
}
