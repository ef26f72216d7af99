package io.heliograph.testkit;

import static io.heliograph.testkit.Scene.TOPIC;
import static io.heliograph.testkit.Scene.event;
import static io.heliograph.testkit.Scene.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every transport's publisher must do: order, content, several of them, and the end. */
public abstract class PublisherContract extends TransportContract {

    private static final int SEVERAL = 60;

    /** For subclasses. */
    protected PublisherContract() {
    }

    @Test
    void deliversEveryEventInTheOrderPublished() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        scene().publish(publisher, 0, SEVERAL);
        scene().settle();
        assertEquals(numbers(0, SEVERAL), listener.numbers());
        assertEquals(SEVERAL, listener.subscription().sums().delivered());
    }

    @Test
    void deliversToWhoeverJoinedBeforeOrAfterThePublisher() {
        Listener before = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        Listener after = scene().listen();
        awaitListeners(publisher, 2);
        scene().publish(publisher, 0, 5);
        scene().settle();
        assertEquals(numbers(0, 5), before.numbers());
        assertEquals(numbers(0, 5), after.numbers());
    }

    @Test
    void keepsEveryFieldOfAnEvent() {
        Listener listener = scene().listen(Interest.in(TopicFilter.of("a.>")));
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        byte[] everyByte = new byte[256];
        IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);
        Event full = Event.builder("a.b-c_D9")
                .data(everyByte, "application/octet-stream").source("https://example.org/shop?x=1#y")
                .subject("Gr\u00fc\u00dfe \u20ac \ud83d\ude00").id("id-\u044f").time(Instant.parse("1969-12-31T23:59:59.999999999Z"))
                .ttl(Duration.ofDays(3).plusNanos(1))
                .attribute("bool", new AttributeValue.Bool(true)).attribute("int", new AttributeValue.Int(Integer.MIN_VALUE))
                .attribute("text", "\u65e5\u672c\u8a9e").attribute("binary", AttributeValue.Binary.of(everyByte))
                .attribute("uri", new AttributeValue.Link("urn:a:b"))
                .attribute("uriref", new AttributeValue.LinkReference("../c?d=%20e"))
                .attribute("timestamp", new AttributeValue.Timestamp(Instant.parse("2026-02-03T04:05:06.000000007Z")))
                .attribute("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        List<Event> events = List.of(full, Event.of("a.empty", new byte[0]), Event.json("a.json", "{\"k\":[1,2]}"),
                full.toBuilder().attribute("bool", new AttributeValue.Bool(false)).build(),
                Event.builder("a.partition").attribute(Event.PARTITION_KEY, "p").build(),
                Event.builder("a.text").data(new byte[] {(byte) 0xff}, "text/plain; charset=utf-8").build());
        for (Event event : events) {
            assertEquals(PublishResult.ACCEPTED, publisher.publish(event));
        }
        scene().settle();
        assertEquals(events, listener.subscription().deliveries().stream().map(Delivery::event).toList());
        List<String> ids = listener.subscription().deliveries().stream().map(Delivery::id).toList();
        assertEquals("id-\u044f", ids.get(0));
        assertEquals(listener.subscription().deliveries().get(1).position().toString(), ids.get(1));
    }

    @Test
    void deliversBytesTextAndCopiesWhatItIsGiven() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        byte[] bytes = "0123456789".getBytes(StandardCharsets.US_ASCII);
        assertEquals(PublishResult.ACCEPTED, publisher.publish(TOPIC, bytes, 2, 3));
        assertEquals(PublishResult.ACCEPTED, publisher.publish(TOPIC, bytes, 10, 0));
        assertEquals(PublishResult.ACCEPTED, publisher.publish(TOPIC, "text"));
        Arrays.fill(bytes, (byte) 'x');
        scene().settle();
        assertEquals(List.of("234", "", "text"), listener.subscription().texts());
        List<Event> events = listener.subscription().deliveries().stream().map(Delivery::event).toList();
        assertEquals(Optional.empty(), events.get(0).contentType());
        assertEquals(Optional.of("text/plain"), events.get(2).contentType());
        assertEquals(1, listener.subscription().deliveries().get(0).deliveryCount());
    }

    @Test
    void refusesARangeOutsideTheBytesAndCountsNothing() {
        RecordedPublisher publisher = scene().publisher();
        byte[] bytes = new byte[10];
        int[][] ranges = {{5, 6}, {-1, 2}, {11, 0}, {3, -1}, {Integer.MAX_VALUE, Integer.MAX_VALUE}};
        for (int[] range : ranges) {
            assertThrows(IndexOutOfBoundsException.class, () -> publisher.publish(TOPIC, bytes, range[0], range[1]),
                    "from " + range[0] + ", length " + range[1]);
        }
        assertEquals(0, publisher.sums().offered());
    }

    @Test
    void refusesATopicThatIsNone() {
        RecordedPublisher publisher = scene().publisher();
        for (String topic : List.of("", "a..b", "a b", ".a", "a.", "a.*", "\u00e4", "x".repeat(256))) {
            assertThrows(ConfigException.class, () -> publisher.publish(topic, new byte[1], 0, 1), topic);
        }
        assertEquals(0, publisher.sums().offered());
    }

    @Test
    void keepsSeveralPublishersApart() throws Exception {
        needs(Trait.SEVERAL_PUBLISHERS);
        Listener listener = scene().listen();
        List<RecordedPublisher> publishers = List.of(scene().publisher(), scene().publisher(), scene().publisher());
        publishers.forEach(publisher -> awaitListeners(publisher, 1));
        inParallel(3, p -> scene().publish(publishers.get(p), p * 1_000, p * 1_000 + SEVERAL));
        scene().settle();
        assertEquals(3 * SEVERAL, listener.numbers().size());
        assertEquals(3, listener.subscription().deliveries().stream().map(d -> d.position().session()).distinct().count());
    }

    @Test
    void letsSeveralThreadsShareAPublisher() throws Exception {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        inParallel(4, t -> scene().publish(publisher, t * 1_000, t * 1_000 + SEVERAL));
        scene().settle();
        assertEquals(4 * SEVERAL, listener.numbers().size());
    }

    @Test
    void countsWhatNobodyHears() {
        needs(Trait.UNHEARD);
        RecordedPublisher publisher = scene().publisher();
        scene().publish(publisher, 0, 7);
        assertEquals(7, publisher.sums().accepted());
        assertEquals(7, publisher.sums().unheard());
        assertEquals(0, publisher.subscribers());
        Listener listener = scene().listen();
        awaitListeners(publisher, 1);
        scene().publish(publisher, 7, 9);
        assertEquals(7, publisher.sums().unheard());
        listener.subscription().close();
        awaitListeners(publisher, 0);
        scene().publish(publisher, 9, 10);
        assertEquals(8, publisher.sums().unheard());
    }

    @Test
    void refusesWhatIsAboveTheTransportsLimit() {
        FlowPolicy policy = FlowPolicy.dropOldest(new Limit(100, capabilities().largestEventBytes()));
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher(policy);
        awaitListeners(publisher, 1);
        int overhead = Event.of(TOPIC, new byte[0]).size();
        Event largest = Event.of(TOPIC, new byte[capabilities().largestEventBytes() - overhead]);
        Event larger = Event.of(TOPIC, new byte[capabilities().largestEventBytes() - overhead + 1]);
        assertEquals(capabilities().largestEventBytes(), largest.size());
        assertEquals(PublishResult.TOO_LARGE, publisher.publish(larger));
        assertEquals(PublishResult.ACCEPTED, publisher.publish(largest));
        assertEquals(PublishResult.TOO_LARGE, publisher.publish(larger));
        scene().settle();
        assertEquals(List.of(largest), listener.subscription().deliveries().stream().map(Delivery::event).toList());
        assertEquals(2, publisher.sums().refused());
    }

    @Test
    void endsOnceAndRefusesWhatComesLater() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        awaitListeners(publisher, 1);
        scene().publish(publisher, 0, 3);
        publisher.close();
        publisher.close();
        scene().publish(publisher, 3, 5, PublishResult.CLOSED);
        scene().settle();
        assertEquals(numbers(0, 3), listener.numbers());
        assertEquals(2, publisher.sums().refused());
        assertEquals(List.of(), scene().notices().of(Notice.TailUnknown.class));
    }

    @Test
    void startsASessionOfItsOwnAtEachOpening() {
        Listener listener = scene().listen();
        for (int life = 0; life < 3; life++) {
            RecordedPublisher publisher = scene().publisher();
            awaitListeners(publisher, 1);
            scene().publish(publisher, life * 10, life * 10 + 3);
            publisher.close();
            scene().settle();
        }
        assertEquals(List.of(0, 1, 2, 10, 11, 12, 20, 21, 22), listener.numbers());
        assertEquals(9, listener.subscription().sums().known());
    }

    @Test
    void acceptsAndDeliversOrRefusesWhatRacesItsClose() throws Exception {
        scene().listen();
        for (int round = 0; round < 10; round++) {
            RecordedPublisher publisher = scene().publisher();
            awaitListeners(publisher, 1);
            int base = round * 20_000;
            var closed = new CountDownLatch(1);
            inParallel(3, t -> {
                if (t == 2) {
                    scene().await("a few publishes", () -> publisher.attempts().size() > 5);
                    publisher.close();
                    closed.countDown();
                    return;
                }
                PublishResult result = PublishResult.ACCEPTED;
                for (int i = 0; i < 5_000 && result == PublishResult.ACCEPTED; i++) {
                    result = publisher.publish(event(base + t * 5_000 + i));
                }
                if (result == PublishResult.ACCEPTED) {
                    // Too fast to be overtaken.
                    closed.await();
                    result = publisher.publish(event(base + 10_000 + t));
                }
                assertEquals(PublishResult.CLOSED, result);
            });
            scene().settle();
            assertEquals(2, publisher.sums().refused());
        }
    }

    @Test
    void datesByTheWallClockAndOrdersBySequence() {
        needs(Trait.MANUAL_TIME);
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher();
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sent.add(scene().clock().epochNanos());
            scene().publish(publisher, i, i + 1);
            scene().settle();
            scene().clock().stepWall(Duration.ofHours(i == 0 ? -1 : 1).plusNanos(7));
        }
        assertEquals(sent, listener.subscription().deliveries().stream().map(Delivery::sentEpochNanos).toList());
        assertEquals(sent, listener.subscription().deliveries().stream().map(Delivery::receivedEpochNanos).toList());
        assertEquals(numbers(0, 3), listener.numbers());
    }

    @Test
    void awaitsItsSubscribers() throws Exception {
        RecordedPublisher publisher = scene().publisher();
        assertTrue(publisher.awaitSubscribers(0, Duration.ZERO));
        assertFalse(publisher.awaitSubscribers(1, Duration.ZERO));
        var answers = new ArrayBlockingQueue<Boolean>(1);
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                answers.add(publisher.awaitSubscribers(1, Duration.ofSeconds(30)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        if (capabilities().has(Trait.MANUAL_TIME)) {
            scene().settle(1);
        }
        scene().listen();
        assertTrue(waiting.join(capabilities().patience()));
        assertEquals(true, answers.poll());
        assertEquals(1, publisher.subscribers());
    }

    @Test
    void saysThatItKeepsNothingOnDisk() {
        RecordedPublisher publisher = scene().publisher();
        var failure = assertThrows(ExecutionException.class, () -> publisher.publishDurably(event(1)).get());
        assertInstanceOf(UnsupportedOperationException.class, failure.getCause());
        assertEquals(0, publisher.sums().offered());
    }

    /** A part of a case that runs on its own thread. */
    @FunctionalInterface
    interface Part {
        void run(int index) throws Exception;
    }

    static void inParallel(int threads, Part part) throws Exception {
        var failures = new ArrayList<Throwable>();
        var start = new CountDownLatch(1);
        List<Thread> running = IntStream.range(0, threads).mapToObj(index -> Thread.ofPlatform().start(() -> {
            try {
                start.await();
                part.run(index);
            } catch (Throwable failure) {
                synchronized (failures) {
                    failures.add(failure);
                }
            }
        })).toList();
        start.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        synchronized (failures) {
            assertArrayEquals(new Object[0], failures.toArray());
        }
    }
}
