package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/** Compares what a publishing and a subscribing {@link NetPeer} have taken down. Stateless. */
final class NetComparison {

    static final int SEED = 7;
    static final int BYTES = 100;

    private static final Duration SOON = Duration.ofSeconds(20);

    private NetComparison() {
    }

    /** What a subscriber has so far. */
    static NetReport report(ChildProcess subscriber) {
        try {
            return NetReport.parse(subscriber.ask("report", SOON));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a subscriber has been given so many events. */
    static void awaitDelivered(ChildProcess subscriber, long count) {
        await().atMost(SOON).until(() -> report(subscriber).number("sums.delivered") >= count);
    }

    /** Lets both come to their end and compares what each has taken down. */
    static NetReport finish(ChildProcess publisher, ChildProcess subscriber) throws InterruptedException {
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
