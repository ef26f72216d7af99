package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A publisher with all it can send, through a token bucket of 100 Mbit/s whose queue holds what the link carries in 20 ms.
 */
@Tag("net")
@Timeout(120)
class NetworkBottleneckTest {

    private static final long LINK_BITS_PER_SECOND = 100_000_000;
    private static final double LINK_BYTES_PER_SECOND = LINK_BITS_PER_SECOND / 8.0;
    private static final int BURST_BYTES = 16_384;
    private static final int QUEUE_BYTES = 250_000;
    private static final int TCP_PORT = 40_200;
    private static final String GROUP = "udp://239.77.3.1:40123?interface=e0";
    /** Two of them fill a datagram nearly up, on whichever topic. */
    private static final NetEvents LARGE = new NetEvents(7, 680, 0);
    private static final int EVENTS = 140_000;
    private static final long PAYLOAD_BYTES = (long) EVENTS * LARGE.bytes();

    /** Whatever else runs on the machine makes the figures worse, never better: so one good try of a few is the proof. */
    private static final int TRIES = 3;

    @Test
    void oneReceiverBehindABottleneckFillsTheLinkAndLittleIsSentInVain() throws InterruptedException {
        Figures figures = best(1, 0.85);

        assertThat(figures.goodput()).as(figures.toString()).isGreaterThanOrEqualTo(0.85);
        assertThat(figures.wire()).as(figures.toString()).isLessThanOrEqualTo(1.2);
    }

    @Test
    void threeReceiversEachBehindABottleneckAllGetEverythingAndLittleIsSentInVain() throws InterruptedException {
        Figures figures = best(3, 0.5);

        assertThat(figures.goodput()).as(figures.toString()).isGreaterThanOrEqualTo(0.5);
        assertThat(figures.wire()).as(figures.toString()).isLessThanOrEqualTo(1.2);
    }

    private static Figures best(int receivers, double goodput) throws InterruptedException {
        Figures figures = null;
        for (int i = 0; i < TRIES && (figures == null || figures.goodput() < goodput || figures.wire() > 1.2); i++) {
            try (var network = NetworkNamespaces.ofHosts(receivers + 1)) {
                figures = play(network, receivers);
            }
        }
        return Objects.requireNonNull(figures);
    }

    /** No bound is asserted: how a link is shared with TCP is told, for whoever reads it. */
    @Test
    void besideATcpFlowEverythingIsDeliveredAndTheSharesAreTold() throws InterruptedException {
        try (var network = NetworkNamespaces.ofHosts(2)) {
            ChildProcess sink = network.host(1).startJava(TcpFlow.class, "to", Integer.toString(TCP_PORT));
            sink.awaitLine(line -> line.contains("ready"), NetPeers.SOON);
            ChildProcess source = network.host(0).startJava(TcpFlow.class, "from", network.host(1).address(), Integer.toString(TCP_PORT));
            while (NetReport.parse(sink.ask("", NetPeers.SOON)).number("bytes") < 1_000_000) {
                assertThat(source.errors()).isEmpty();
            }
            long before = NetReport.parse(sink.ask("", NetPeers.SOON)).number("bytes");
            long startNs = System.nanoTime();

            Figures figures = play(network, 1);

            double seconds = (System.nanoTime() - startNs) / 1e9;
            double tcp = (NetReport.parse(sink.ask("", NetPeers.SOON)).number("bytes") - before) / seconds / LINK_BYTES_PER_SECOND;
            System.out.printf("bottleneck, beside a TCP flow: goodput %.3f of the link, TCP's %.3f (start-up included)%n",
                    figures.goodput(), tcp);
        }
    }

    /**
     * What came of it.
     *
     * @param goodput data delivered at the slowest receiver, as a share of what the link carries in that time
     * @param wire    bytes that left the publisher, Ethernet's headers included, for each byte of data
     */
    private record Figures(double goodput, double wire, String details) {

        @Override
        public String toString() {
            return "goodput %.3f of the link, wire bytes %.3f x payload; %s".formatted(goodput, wire, details);
        }
    }

    private static Figures play(NetworkNamespaces network, int receivers) throws InterruptedException {
        NetworkHost publishing = network.host(0);
        var subscribers = new ArrayList<ChildProcess>();
        for (int i = 1; i <= receivers; i++) {
            network.host(i).throttleIncoming(LINK_BITS_PER_SECOND, BURST_BYTES, QUEUE_BYTES);
            subscribers.add(NetPeers.subscriber(network.host(i), GROUP));
        }
        long before = sentBytes(publishing);
        ChildProcess publisher = NetPeers.publisher(publishing, GROUP, LARGE, EVENTS, 0, receivers);
        NetReport sent = NetComparison.sent(publisher);
        double goodput = Double.MAX_VALUE;
        var details = new StringBuilder("repairs sent " + sent.number("repairs"));
        for (ChildProcess subscriber : subscribers) {
            NetReport heard = NetComparison.heard(subscriber, EVENTS);
            NetComparison.verify(List.of(sent), heard, LARGE);
            NetComparison.requireWhole(heard);
            goodput = Math.min(goodput, heard.number("flow.bytes") * 1e9 / heard.number("flow.ns") / LINK_BYTES_PER_SECOND);
            details.append("; ").append(heard.fields().get("counters"));
        }
        var figures = new Figures(goodput, (double) (sentBytes(publishing) - before) / PAYLOAD_BYTES, details.toString());
        System.out.println("bottleneck, receivers: " + receivers + ", " + figures);
        return figures;
    }

    private static long sentBytes(NetworkHost host) {
        return Long.parseLong(host.run("cat", "/sys/class/net/e0/statistics/tx_bytes").strip());
    }
}
