package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.ImpairedLink;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher, a link that does harm datagram by datagram, and a subscriber: three processes on one host. */
@Tag("net")
@Timeout(90)
class ImpairedNetworkTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PUBLISHED = "239.77.3.1:40123";
    private static final String HEARD = "239.77.3.2:40123";

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
    void everyEventIsAccountedForUnderEveryFaultAndBurstsBothWays() throws InterruptedException {
        ChildProcess link = link(PUBLISHED, HEARD, "drop=0.05", "duplicate=0.05", "reorder=0.05", "reorder-span=64",
                "delay=0.02", "truncate=0.01", "bit-flip=0.01", "longest=1ms", "forward.burst=0.001",
                "forward.burst-length=100");
        ChildProcess subscriber = subscriber(HEARD);

        NetReport heard = NetComparison.finish(publisher(PUBLISHED, 20_000, 5_000), subscriber);

        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(heard.number("sums.duplicates")).isPositive();
        NetReport counts = NetReport.parse(link.ask("counts", SOON));
        for (String fault : new String[] {"drop", "duplicate", "reorder", "delay", "truncate", "bit_flip"}) {
            assertThat(counts.number("forward.faults." + fault)).as(counts + ": " + fault).isPositive();
        }
        assertThat(counts.number("forward.bursts")).isPositive();
        assertThat(counts.number("back.received")).isPositive();
    }

    @Test
    void aSubscriberAtAnAddressOfItsOwnIsHeardThroughALink() throws InterruptedException {
        ChildProcess link = link("127.0.0.1:40123", "127.0.0.1:40124", "drop=0.05");
        ChildProcess subscriber = subscriber("127.0.0.1:40124");

        NetReport heard = NetComparison.finish(publisher("127.0.0.1:40123", 5_000, 5_000), subscriber);

        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(NetReport.parse(link.ask("counts", SOON)).number("senders")).isEqualTo(2);
    }

    @Test
    void aCutOfALinkIsAGapOfItsLength() throws InterruptedException {
        ChildProcess link = link(PUBLISHED, HEARD);
        ChildProcess subscriber = subscriber(HEARD);
        ChildProcess publisher = publisher(PUBLISHED, 6_000, 3_000);
        publisher.awaitLine(line -> line.contains("started"), SOON);
        NetComparison.awaitDelivered(subscriber, 500);
        link.ask("cut forward", SOON);
        while (NetReport.parse(link.ask("counts", SOON)).number("forward.faults.partition") < 50) {
            assertThat(publisher.lines()).as("still publishing").hasSize(2);
        }
        link.ask("heal forward", SOON);

        NetReport heard = NetComparison.finish(publisher, subscriber);

        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(heard.sessions().getFirst().list("gaps")).hasSize(1);
    }

    private ChildProcess link(String listen, String target, String... faults) throws InterruptedException {
        var arguments = new String[faults.length + 3];
        arguments[0] = "listen=" + listen;
        arguments[1] = "target=" + target;
        arguments[2] = "seed=5";
        System.arraycopy(faults, 0, arguments, 3, faults.length);
        ChildProcess link = host.startJava(ImpairedLink.class, arguments);
        link.awaitLine(line -> line.contains("listening"), SOON);
        return link;
    }

    private ChildProcess subscriber(String place) throws InterruptedException {
        ChildProcess child = host.startJava(NetPeer.class, "subscriber", "address=" + address(place));
        child.awaitLine(line -> line.contains("ready"), SOON);
        return child;
    }

    private ChildProcess publisher(String place, int events, int rate) {
        return host.startJava(NetPeer.class, "publisher", "address=" + address(place), "events=" + events, "rate=" + rate,
                "bytes=" + NetComparison.BYTES, "seed=" + NetComparison.SEED, "await=1");
    }

    /** Datagrams of Ethernet's size, though it is the loopback interface. */
    private static String address(String place) {
        return "udp://" + place + "?reliable=false&datagram=1472";
    }
}
