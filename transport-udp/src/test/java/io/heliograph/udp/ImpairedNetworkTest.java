package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher, a link that does harm datagram by datagram, and a subscriber: three processes on one host. */
@Tag("net")
@Timeout(90)
class ImpairedNetworkTest {

    private static final String PUBLISHED = "239.77.3.1:40123";
    private static final String HEARD = "239.77.3.2:40123";
    /** Datagrams of Ethernet's size, though it is the loopback interface. */
    private static final String ETHERNET = "?datagram=1472";
    private static final String UNRELIABLE = "?reliable=false&datagram=1472";

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

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.05, 0.2})
    void nothingIsLostWhereTheLinkLosesBothWays(double loss) throws InterruptedException {
        ChildProcess link = link("drop=" + loss);

        NetReport heard = play(15_000, 5_000);

        NetReport counts = NetPeers.counts(link);
        assertThat(counts.number("forward.faults.drop")).as(counts.toString()).isGreaterThan(10);
        assertThat(counts.number("back.faults.drop")).as(counts.toString()).isPositive();
        assertThat(heard.number("counters.repaired")).isPositive();
        assertThat(heard.number("counters.given_up")).isZero();
    }

    @Test
    void secondCopiesAreCountedAndNothingIsDeliveredTwice() throws InterruptedException {
        ChildProcess link = link("duplicate=0.05");

        NetReport heard = play(10_000, 5_000);

        assertThat(NetPeers.counts(link).number("forward.faults.duplicate")).isGreaterThan(10);
        assertThat(heard.number("sums.duplicates")).isPositive();
    }

    @Test
    void orderIsKeptWhereSixtyFourOvertakeOne() throws InterruptedException {
        ChildProcess link = link("reorder=0.05", "reorder-span=64", "longest=5ms");

        NetReport heard = play(10_000, 5_000);

        assertThat(NetPeers.counts(link).number("forward.faults.reorder")).isGreaterThan(10);
        assertThat(heard.number("counters.out_of_order")).isPositive();
    }

    @Test
    void nothingIsLostInBurstsOfFiveHundred() throws InterruptedException {
        ChildProcess link = link("forward.burst=0.001", "forward.burst-length=500");

        play(30_000, 10_000);

        NetReport counts = NetPeers.counts(link);
        assertThat(counts.number("forward.bursts")).as(counts.toString()).isPositive();
        assertThat(counts.number("forward.faults.drop")).as(counts.toString()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void everyFaultAtOnceAndBothWaysLosesNothing() throws InterruptedException {
        ChildProcess link = link(everyFault());

        NetReport heard = play(15_000, 5_000);

        requireEveryFault(NetPeers.counts(link));
        assertThat(heard.number("sums.duplicates")).isPositive();
    }

    @Test
    void withoutRepairEveryEventIsAccountedForUnderEveryFault() throws InterruptedException {
        ChildProcess link = link(everyFault());
        ChildProcess subscriber = NetPeers.subscriber(host, at(HEARD, UNRELIABLE));

        NetReport heard = NetComparison.finish(NetPeers.publisher(host, at(PUBLISHED, UNRELIABLE), 15_000, 5_000), subscriber);

        requireEveryFault(NetPeers.counts(link));
        assertThat(NetComparison.lost(heard)).isPositive();
    }

    @Test
    void aTailThatWasLostIsRepairedBeforeThePublisherEnds() throws InterruptedException {
        ChildProcess link = link();
        ChildProcess subscriber = NetPeers.subscriber(host, at(HEARD, ETHERNET));
        ChildProcess publisher = NetPeers.publisher(host, at(PUBLISHED, ETHERNET), 1_000, 5_000, "hold=1");
        NetComparison.awaitDelivered(subscriber, 1_000);
        link.ask("cut forward", NetPeers.SOON);
        publisher.ask("40", NetPeers.SOON);
        publisher.type("end");
        long before = NetPeers.counts(link).number("forward.faults.partition");
        assertThat(before).as("datagrams of the tail").isPositive();
        while (NetPeers.counts(link).number("forward.faults.partition") < before + 5) {
            Thread.onSpinWait();
        }
        assertThat(NetComparison.report(subscriber).number("sums.delivered")).isEqualTo(1_000);
        link.ask("heal forward", NetPeers.SOON);

        NetReport heard = NetComparison.finishWhole(publisher, subscriber);

        assertThat(heard.number("sums.delivered")).isEqualTo(1_040);
    }

    @Test
    void aPublisherThatStartsAgainBeginsASessionOfItsOwnAndNothingOfTheFirstIsLost() throws InterruptedException {
        link("drop=0.05");
        ChildProcess subscriber = NetPeers.subscriber(host, at(HEARD, ETHERNET));
        NetReport first = NetComparison.sent(NetPeers.publisher(host, at(PUBLISHED, ETHERNET), 5_000, 5_000));
        NetReport second = NetComparison.sent(NetPeers.publisher(host, at(PUBLISHED, ETHERNET), 5_000, 5_000));

        NetReport heard = NetComparison.heard(subscriber, 10_000);

        assertThat(first.fields().get("session")).isNotEqualTo(second.fields().get("session"));
        NetComparison.verify(List.of(first, second), heard, NetComparison.EVENTS);
        NetComparison.requireWhole(heard);
    }

    @Test
    void anEventOfSixteenMebibytesArrivesWholeThroughLoss() throws InterruptedException {
        var large = new NetEvents(7, 16 << 20, 0);
        link("drop=0.01");
        ChildProcess subscriber = NetPeers.subscriber(host, at(HEARD, ETHERNET));

        NetReport heard = NetComparison.finish(NetPeers.publisher(host, at(PUBLISHED, ETHERNET), large, 2, 0, 1), subscriber, large);

        NetComparison.requireWhole(heard);
        assertThat(heard.number("flow.bytes")).isEqualTo(2L << 24);
        assertThat(heard.number("counters.repaired")).isPositive();
    }

    @Test
    void aSubscriberAtAnAddressOfItsOwnIsRepairedThroughALink() throws InterruptedException {
        ChildProcess link = NetPeers.link(host, "127.0.0.1:40123", "127.0.0.1:40124", "drop=0.05");
        ChildProcess subscriber = NetPeers.subscriber(host, at("127.0.0.1:40124", ETHERNET));

        NetReport heard = NetComparison.finishWhole(NetPeers.publisher(host, at("127.0.0.1:40123", ETHERNET), 5_000, 5_000), subscriber);

        assertThat(heard.number("counters.repaired")).isPositive();
        assertThat(NetPeers.counts(link).number("senders")).isEqualTo(2);
    }

    private NetReport play(int events, int rate) throws InterruptedException {
        ChildProcess subscriber = NetPeers.subscriber(host, at(HEARD, ETHERNET));
        return NetComparison.finishWhole(NetPeers.publisher(host, at(PUBLISHED, ETHERNET), events, rate), subscriber);
    }

    private ChildProcess link(String... faults) throws InterruptedException {
        return NetPeers.link(host, PUBLISHED, HEARD, faults);
    }

    private static String[] everyFault() {
        return new String[] {"drop=0.05", "duplicate=0.05", "reorder=0.05", "reorder-span=64", "delay=0.02", "truncate=0.01",
            "bit-flip=0.01", "longest=1ms", "forward.burst=0.001", "forward.burst-length=100"};
    }

    private static void requireEveryFault(NetReport counts) {
        Stream.of("drop", "duplicate", "reorder", "delay", "truncate", "bit_flip").forEach(fault ->
                assertThat(counts.number("forward.faults." + fault)).as(counts + ": " + fault).isPositive());
        assertThat(counts.number("forward.bursts")).isPositive();
        assertThat(counts.number("back.received")).isPositive();
    }

    private static String at(String place, String settings) {
        return "udp://" + place + settings;
    }
}
