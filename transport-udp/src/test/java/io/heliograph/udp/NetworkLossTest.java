package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.Flow;
import io.heliograph.testkit.NetworkHost;
import io.heliograph.testkit.NetworkNamespaces;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;
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
    private static final int SEED = 7;
    private static final int BYTES = 100;

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
        ChildProcess subscriber = subscriber();
        ChildProcess publisher = publisher(20_000, 5_000);
        publisher.awaitLine(line -> line.contains("started"), SOON);
        subscribing.loseIncoming(Flow.toPort(PORT), 0.05);

        NetReport heard = finish(publisher, subscriber);

        assertThat(subscribing.packetsStruck()).as("packets lost by the rule").isPositive();
        assertThat(heard.number("sums.lost.network")).isPositive();
        assertThat(heard.sessions().getFirst().list("gaps").size()).as("gaps").isGreaterThan(10);
    }

    @Test
    void everyEventIsDeliveredOrInAnExactGapAfterACutOfThreeSecondsBothWays() throws InterruptedException {
        ChildProcess subscriber = subscriber();
        ChildProcess publisher = publisher(12_000, 2_000);
        publisher.awaitLine(line -> line.contains("started"), SOON);
        awaitDelivered(subscriber, 500);
        subscribing.cutIncoming(Flow.all());
        subscribing.cutOutgoing(Flow.all());
        long cutNs = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - cutNs >= Duration.ofSeconds(3).toNanos());
        subscribing.heal();

        NetReport heard = finish(publisher, subscriber);

        assertThat(heard.number("sums.lost.network")).as("about 3 s at 2,000 a second").isBetween(5_000L, 7_500L);
        assertThat(heard.sessions().getFirst().list("gaps")).isNotEmpty();
        assertThat(heard.number("notices.TailUnknown")).as("the silence was shorter than what ends a session").isZero();
    }

    @Test
    void secondCopiesAreCountedAndNothingIsDeliveredTwice() throws InterruptedException {
        publishing.duplicateOutgoing(Flow.toPort(PORT), 0.1);
        ChildProcess subscriber = subscriber();

        NetReport heard = finish(publisher(5_000, 5_000), subscriber);

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
        awaitDelivered(subscriber, 5_000);
        await().atMost(SOON).until(() -> subscribing.packetsStruck() > 0);
        subscribing.heal();

        NetReport heard = finish(publisher, subscriber);

        assertThat(heard.number("sums.lost.network")).isZero();
    }

    @Test
    void aBottleneckCostsEventsAndTheGapsAreExact() throws InterruptedException {
        ChildProcess subscriber = subscriber();
        subscribing.throttleIncoming(2_000_000, 4_096, 20_000);

        NetReport heard = finish(publisher(8_000, 4_000), subscriber);

        assertThat(heard.number("sums.lost.network")).as(subscribing.throttleStatistics()).isPositive();
    }

    private ChildProcess subscriber() throws InterruptedException {
        ChildProcess child = subscribing.startJava(NetPeer.class, "subscriber", "address=" + address());
        child.awaitLine(line -> line.contains("ready"), SOON);
        return child;
    }

    private ChildProcess publisher(int events, int rate) {
        return publishing.startJava(NetPeer.class, "publisher", "address=" + address(), "events=" + events, "rate=" + rate,
                "bytes=" + BYTES, "seed=" + SEED, "await=1");
    }

    private static String address() {
        return "udp://239.77.3.1:" + PORT + "?interface=e0&reliable=false";
    }

    private static NetReport report(ChildProcess subscriber) {
        try {
            return NetReport.parse(subscriber.ask("report", SOON));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitDelivered(ChildProcess subscriber, long count) {
        await().atMost(SOON).until(() -> report(subscriber).number("sums.delivered") >= count);
    }

    /** Lets both come to their end and compares what each has taken down. */
    private static NetReport finish(ChildProcess publisher, ChildProcess subscriber) throws InterruptedException {
        NetReport sent = NetReport.parse(publisher.awaitLine(line -> line.contains("\"role\""), SOON));
        assertThat(publisher.awaitEnd(SOON)).as(publisher.toString()).isZero();
        long accepted = sent.number("sums.accepted");
        assertThat(sent.number("sums.difference")).isZero();
        assertThat(sent.ranges("accepted").count()).isEqualTo(accepted).isPositive();
        await().atMost(SOON).untilAsserted(() -> {
            NetReport now = report(subscriber);
            assertThat(now.number("sums.known")).as(now.toString()).isEqualTo(accepted);
            assertThat(now.number("sums.in_flight")).isZero();
        });
        NetReport heard = report(subscriber);
        verify(sent.ranges("accepted").numbers().toArray(), heard);
        return heard;
    }

    /** @param numbers the accepted events' numbers, by sequence */
    private static void verify(long[] numbers, NetReport heard) {
        assertThat(heard.number("sums.difference")).isZero();
        assertThat(heard.sessions()).hasSize(1);
        NetReport session = heard.sessions().getFirst();
        var accounted = new BitSet();
        long inGaps = 0;
        for (Object each : session.list("gaps")) {
            List<?> gap = (List<?>) each;
            long from = (Long) gap.get(0);
            long to = (Long) gap.get(1);
            assertThat(gap.get(2)).as("the count of gap %s", gap).isEqualTo(to - from + 1);
            assertThat(gap.get(3)).isEqualTo("network");
            assertThat(accounted.get((int) from, (int) to + 1).cardinality()).as("lost twice: %s", gap).isZero();
            accounted.set((int) from, (int) to + 1);
            inGaps += to - from + 1;
        }
        assertThat(inGaps).isEqualTo(heard.number("sums.lost.network"));
        assertThat(session.list("gaps").size()).isEqualTo((int) heard.number("sums.gaps"));
        var expected = new CRC32C();
        var events = new NetEvents(SEED, BYTES);
        long[] delivered = session.ranges("delivered").numbers().toArray();
        long last = -1;
        for (long sequence : delivered) {
            assertThat(sequence).as("order").isGreaterThan(last);
            assertThat(accounted.get((int) sequence)).as("%d delivered and told as lost", sequence).isFalse();
            accounted.set((int) sequence);
            NetEvents.digest(expected, events.event(numbers[(int) sequence]));
            last = sequence;
        }
        assertThat(delivered.length).isEqualTo((int) heard.number("sums.delivered"));
        assertThat(session.number("digest")).as("contents in order").isEqualTo(expected.getValue());
        assertThat(accounted.cardinality()).as("every sequence").isEqualTo(numbers.length);
        assertThat(accounted.length()).isEqualTo(numbers.length);
    }
}
