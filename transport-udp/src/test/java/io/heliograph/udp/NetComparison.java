package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.testkit.ChildProcess;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Compares what publishing and subscribing {@link NetPeer}s have taken down, each by itself. Stateless. */
final class NetComparison {

    /** What peers publish unless told otherwise. */
    static final NetEvents EVENTS = new NetEvents(7, 100, 0);

    private static final Duration SOON = Duration.ofSeconds(60);

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
        await().atMost(SOON).untilAsserted(() -> {
            NetReport now = report(subscriber);
            assertThat(now.number("sums.delivered")).as(now.toString()).isGreaterThanOrEqualTo(count);
        });
    }

    /** Lets a publisher come to its end; its sum closes. */
    static NetReport sent(ChildProcess publisher) throws InterruptedException {
        NetReport sent = NetReport.parse(publisher.awaitLine(line -> line.contains("\"role\""), SOON));
        assertThat(publisher.awaitEnd(SOON)).as(publisher.toString()).isZero();
        assertThat(sent.number("sums.difference")).isZero();
        assertThat(sent.ranges("accepted").count()).isEqualTo(sent.number("sums.accepted")).isPositive();
        return sent;
    }

    /** Waits until a subscriber knows of so many events and has dealt with all of them; its sum closes. */
    static NetReport heard(ChildProcess subscriber, long known) {
        await().atMost(SOON).untilAsserted(() -> {
            NetReport now = report(subscriber);
            assertThat(now.number("sums.known")).as(now.toString()).isEqualTo(known);
            assertThat(now.number("sums.in_flight")).isZero();
        });
        NetReport heard = report(subscriber);
        assertThat(heard.number("sums.difference")).isZero();
        return heard;
    }

    /** Lets both come to their end and compares what each has taken down; what is lost is in exact gaps. */
    static NetReport finish(ChildProcess publisher, ChildProcess subscriber) throws InterruptedException {
        return finish(publisher, subscriber, EVENTS);
    }

    /** The same, for other events. */
    static NetReport finish(ChildProcess publisher, ChildProcess subscriber, NetEvents events) throws InterruptedException {
        NetReport sent = sent(publisher);
        NetReport heard = heard(subscriber, sent.number("sums.accepted"));
        verify(List.of(sent), heard, events);
        return heard;
    }

    /** Lets both come to their end: everything was delivered, once and in order. */
    static NetReport finishWhole(ChildProcess publisher, ChildProcess subscriber) throws InterruptedException {
        NetReport heard = finish(publisher, subscriber);
        requireWhole(heard);
        return heard;
    }

    /** Nothing was lost, and no gap told. */
    static void requireWhole(NetReport heard) {
        assertThat(lost(heard)).as(heard.fields().get("sums").toString()).isZero();
        assertThat(heard.number("sums.gaps")).isZero();
        assertThat(heard.number("sums.filtered")).isZero();
        assertThat(heard.number("sums.delivered")).isEqualTo(heard.number("sums.known"));
    }

    /** What a subscriber lost, for whatever reason. */
    static long lost(NetReport heard) {
        return ((Map<?, ?>) ((Map<?, ?>) heard.fields().get("sums")).get("lost")).values().stream()
                .mapToLong(count -> (Long) count).sum();
    }

    /** Compares each of a publisher's lives with what a subscriber heard of it, from its first event on. */
    static void verify(List<NetReport> lives, NetReport heard, NetEvents events) {
        assertThat(heard.sessions()).hasSameSizeAs(lives);
        long delivered = 0;
        long gaps = 0;
        long inGaps = 0;
        for (NetReport life : lives) {
            NetReport session = session(life, heard);
            inGaps += verify(life, session, 0, events);
            delivered += session.ranges("delivered").count();
            gaps += session.list("gaps").size();
        }
        assertThat(delivered).isEqualTo(heard.number("sums.delivered"));
        assertThat(inGaps).isEqualTo(lost(heard));
        assertThat(gaps).isEqualTo(heard.number("sums.gaps"));
    }

    /** What a subscriber heard of that life. */
    static NetReport session(NetReport life, NetReport heard) {
        return heard.sessions().stream()
                .filter(session -> session.fields().get("session").equals(life.fields().get("session")))
                .findFirst().orElseThrow(() -> new AssertionError("not heard of " + life.fields().get("session") + ": " + heard));
    }

    /**
     * Every sequence from {@code first} on was delivered, in order and as it was published, or is in one gap.
     *
     * @return how many are in gaps
     */
    static long verify(NetReport life, NetReport session, long first, NetEvents events) {
        // The accepted events' numbers, by sequence.
        long[] numbers = life.ranges("accepted").numbers().toArray();
        var accounted = new BitSet();
        accounted.set(0, (int) first);
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
        var expected = new CRC32C();
        long last = first - 1;
        for (long sequence : session.ranges("delivered").numbers().toArray()) {
            assertThat(sequence).as("order").isGreaterThan(last);
            assertThat(accounted.get((int) sequence)).as("%d delivered and told as lost", sequence).isFalse();
            accounted.set((int) sequence);
            NetEvents.digest(expected, events.event(numbers[(int) sequence]));
            last = sequence;
        }
        assertThat(session.number("digest")).as("contents in order").isEqualTo(expected.getValue());
        assertThat(accounted.cardinality()).as("every sequence").isEqualTo(numbers.length);
        assertThat(accounted.length()).isEqualTo(numbers.length);
        return inGaps;
    }
}
