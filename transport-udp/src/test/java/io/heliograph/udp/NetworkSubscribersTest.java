package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscribers as processes that stop, come late, and share a publisher's events. */
@Tag("net")
@Timeout(90)
class NetworkSubscribersTest {

    private static final String GROUP = "udp://239.77.3.1:40123?datagram=1472";

    private NetworkNamespaces network;
    private NetworkHost host;

    @BeforeEach
    void open() {
        network = NetworkNamespaces.ofOneAlone();
        host = network.host(0);
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void aStoppedSubscriberIsEvictedAndCatchesUpWithWhatIsRetained() throws InterruptedException {
        NetReport stopped = playWithStoppedSubscriber(GROUP + "&evict=1s");

        NetComparison.requireWhole(stopped);
        assertThat(stopped.number("counters.repaired")).isPositive();
    }

    @Test
    void aStoppedSubscriberIsEvictedAndToldInExactGapsWhatIsRetainedNoMore() throws InterruptedException {
        // The smallest buffer, so that the kernel does not keep for it what its publisher does not.
        NetReport stopped = playWithStoppedSubscriber(GROUP + "&evict=1s&retain=128KiB&buffer=16KiB");

        assertThat(NetComparison.lost(stopped)).isPositive();
        assertThat(stopped.number("sums.gaps")).isPositive();
    }

    /** What the one that was stopped has to tell in the end; the other has lost nothing, and waited once. */
    private NetReport playWithStoppedSubscriber(String address) throws InterruptedException {
        ChildProcess steady = NetPeers.subscriber(host, address);
        ChildProcess stopped = NetPeers.subscriber(host, address);
        ChildProcess publisher = NetPeers.publisher(host, address, NetComparison.EVENTS, 20_000, 4_000, 2, "policy=backpressure:2000,wait=200ms", "hold=1");
        NetComparison.awaitDelivered(stopped, 1_000);
        NetPeers.signal(host, "STOP", stopped);
        try {
            publisher.awaitLine(line -> line.contains("published"), NetPeers.SOON);
            NetComparison.awaitDelivered(steady, 20_000);
        } finally {
            NetPeers.signal(host, "CONT", stopped);
        }
        await().atMost(NetPeers.SOON).until(() -> NetComparison.report(stopped).number("sums.known") == 20_000);
        publisher.type("end");

        NetReport sent = NetComparison.sent(publisher);

        assertThat(sent.number("notices.SubscriberEvicted")).as(sent.toString()).isEqualTo(1);
        assertThat(sent.number("results.BACK_PRESSURED")).as("waits until then").isPositive();
        NetReport whole = NetComparison.heard(steady, 20_000);
        NetComparison.verify(List.of(sent), whole, NetComparison.EVENTS);
        NetComparison.requireWhole(whole);
        NetReport heard = NetComparison.heard(stopped, 20_000);
        NetComparison.verify(List.of(sent), heard, NetComparison.EVENTS);
        return heard;
    }

    @Test
    void whoComesLateHearsWhatIsRetainedFromTheOldestOrFromAPlaceOn() throws InterruptedException {
        ChildProcess early = NetPeers.subscriber(host, GROUP);
        ChildProcess publisher = NetPeers.publisher(host, GROUP, NetComparison.EVENTS, 5_000, 10_000, 1, "hold=1");
        NetReport started = NetReport.parse(publisher.awaitLine(line -> line.contains("started"), NetPeers.SOON));
        publisher.awaitLine(line -> line.contains("published"), NetPeers.SOON);
        ChildProcess oldest = NetPeers.subscriber(host, GROUP + "&from=oldest");
        ChildProcess placed = NetPeers.subscriber(host, GROUP + "&from=" + started.fields().get("session") + "-1234");
        ChildProcess live = NetPeers.subscriber(host, GROUP);
        NetComparison.awaitDelivered(oldest, 5_000);
        NetComparison.awaitDelivered(placed, 5_000 - 1_234);
        publisher.ask("1000", NetPeers.SOON);
        publisher.type("end");

        NetReport sent = NetComparison.sent(publisher);

        for (ChildProcess whole : List.of(early, oldest)) {
            NetReport heard = NetComparison.heard(whole, 6_000);
            NetComparison.verify(List.of(sent), heard, NetComparison.EVENTS);
            NetComparison.requireWhole(heard);
        }
        verifyFrom(1_234, sent, NetComparison.heard(placed, 6_000 - 1_234));
        verifyFrom(5_000, sent, NetComparison.heard(live, 1_000));
    }

    private static void verifyFrom(long first, NetReport sent, NetReport heard) {
        NetComparison.requireWhole(heard);
        assertThat(NetComparison.verify(sent, NetComparison.session(sent, heard), first, NetComparison.EVENTS)).isZero();
    }

    @Test
    void eachEventIsHandledByExactlyOneOfThreeMembersAndEachKeyByTheSame() throws InterruptedException {
        var keyed = new NetEvents(7, 100, 50);
        var members = new ArrayList<ChildProcess>();
        NetPeers.link(host, "239.77.3.1:40123", "239.77.3.2:40123", "drop=0.05");
        for (int member = 0; member < 3; member++) {
            members.add(NetPeers.subscriber(host, "udp://239.77.3.2:40123?datagram=1472&group=billing&member=" + member + "/3"));
        }

        NetReport sent = NetComparison.sent(NetPeers.publisher(host, GROUP, keyed, 9_000, 5_000, 3));

        var handled = new BitSet();
        var owners = new int[keyed.keys()];
        for (int member = 0; member < 3; member++) {
            NetReport heard = NetComparison.heard(members.get(member), 9_000);
            assertThat(NetComparison.lost(heard)).isZero();
            long[] own = NetComparison.session(sent, heard).ranges("delivered").numbers().toArray();
            assertThat(own).as("of member %d", member).isSorted().hasSize((int) heard.number("sums.delivered")).isNotEmpty();
            assertThat(heard.number("sums.filtered")).isEqualTo(9_000 - own.length);
            for (long sequence : own) {
                assertThat(handled.get((int) sequence)).as("%d handled twice", sequence).isFalse();
                handled.set((int) sequence);
                owners[(int) (sequence % keyed.keys())] |= 1 << member;
            }
        }
        assertThat(handled.cardinality()).isEqualTo(9_000);
        assertThat(Arrays.stream(owners).map(Integer::bitCount)).as("members for each key").containsOnly(1);
    }
}
