package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the address says {@code frame=1B} each event is a frame of ZMTP; the message is cut, and whole again at the other end. */
@Timeout(60)
class EventFramesTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, SOON);
    private static final long SUBSCRIBER = 9;

    private final String address = Ports.freshAddress();

    /** Both ends; the one that binds is there first. */
    private static final class Ends implements AutoCloseable {
        final Publisher publisher;
        final Subscriber subscriber;

        Ends(String publishing, String reading, boolean isPublisherFirst) {
            Optional<Publisher> first = isPublisherFirst ? Optional.of(Heliograph.publisher(publishing, PATIENT)) : Optional.empty();
            subscriber = Heliograph.subscriber(reading);
            publisher = first.orElseGet(() -> Heliograph.publisher(publishing, PATIENT));
        }

        @Override
        public void close() {
            publisher.close();
            subscriber.close();
        }
    }

    private static Event event(int number, Random random) {
        var event = Event.builder(random.nextInt(5) == 0 ? "other" : "numbers")
                .data(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
        if (random.nextInt(4) == 0) {
            event.subject("s" + random.nextInt(3));
        }
        if (random.nextInt(6) == 0) {
            event.ttl(Duration.ofHours(1));
        }
        return event.build();
    }

    /** Messages of a lane that skips, loses and gives up. */
    private static List<ByteBuffer> messages(long seed) {
        var random = new Random(seed);
        FlowPolicy tight = FlowPolicy.dropOldest(new Limit(40, 1 << 20));
        var lane = new Lane(7, SUBSCRIBER, 0, new LaneState(1, tight.text()), ZmqLimits.defaults().withFrameBytes(1), Environment.system());
        lane.ask(new Filters(List.of(TopicFilter.of(">"))), Optional.empty(), 1 << 20);
        lane.creditBehind(10_000);
        List<ByteBuffer> messages = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Event event = event(i, random);
            int what = random.nextInt(10);
            if (what == 0) {
                lane.skip();
            } else if (what == 1) {
                lane.lose();
            } else if (lane.makeRoom(tight, event.size(), 0)) {
                lane.accept(event, tight, 0);
            }
            if (random.nextInt(30) == 0) {
                lane.flushTail();
                for (Optional<ByteBuffer> message = lane.take(); message.isPresent(); message = lane.take()) {
                    messages.add(message.get());
                }
            }
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void framesHaveOneEventEachAndAreTheMessageAgain(long seed) {
        var frames = new EventFrames();
        int many = 0;
        for (ByteBuffer message : messages(seed)) {
            frames.cut(message);
            int count = frames.left();
            assertThat(count).isEqualTo(Math.max(1, message.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(MessageLayout.FLAGS_AT)));
            var again = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                assertThat(frames.hasNext()).isTrue();
                byte[] frame = new byte[frames.rest().capacity()];
                ByteBuffer next = frames.next();
                assertThat(next.remaining()).isPositive().isLessThanOrEqualTo(frame.length);
                next.get(frame, 0, next.capacity());
                again.write(frame, 0, next.capacity());
            }
            assertThat(frames.hasNext()).isFalse();
            assertThat(ByteBuffer.wrap(again.toByteArray())).isEqualTo(message);
            many += count > 5 ? 1 : 0;
        }
        assertThat(many).as("messages of many events, seed %d", seed).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false", "false, false"})
    void arriveWholeWhoeverBindsAndWhateverTheOtherEndSends(boolean isPublisherBinding, boolean isReaderAlike) throws Exception {
        String publishing = address + "&frame=1B&bind=" + isPublisherBinding;
        String reading = address + (isReaderAlike ? "&frame=1B" : "") + "&bind=" + !isPublisherBinding;
        var random = new Random(1);
        try (var ends = new Ends(publishing, reading, isPublisherBinding)) {
            Publisher publisher = ends.publisher;
            var received = new Received();
            Subscription subscription = ends.subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 5_000; i++) {
                byte[] bytes = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                assertThat(i % 3 == 0 ? publisher.publish(event(i, random)) : publisher.publish("numbers", bytes, 0, bytes.length))
                        .isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> received.count() == 5_000);
            assertThat(received.numbers()).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
            assertThat(subscription.sums().difference()).isZero();
            assertThat(((ZmqPublisher) publisher).counters().sentMessages()).isGreaterThanOrEqualTo(5_000);
        }
    }

    @Test
    void eachEventIsAFrameOnTheWire() throws Exception {
        try (var publisher = (ZmqPublisher) Heliograph.publisher(address + "&frame=1B", PATIENT);
                var peer = RawPeer.greeted(Ports.own(address), "DEALER")) {
            var hello = new Hello(1, 1, 1 << 20, 0, 0, 1_000, Optional.empty(), "someone", List.of(TopicFilter.of(">")));
            peer.send(RawPeer.frame(0, hello.write(SUBSCRIBER).array()));
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 500; i++) {
                assertThat(publisher.publish("numbers", Integer.toString(1_000 + i))).isEqualTo(PublishResult.ACCEPTED);
            }
            for (int i = 0; i < 500; ) {
                String frame = new String(peer.receive(), StandardCharsets.ISO_8859_1);
                if (frame.endsWith(Integer.toString(1_000 + i))) {
                    assertThat(frame).doesNotContain(Integer.toString(1_000 + i - 1));
                    i++;
                } else {
                    assertThat(i).as("a frame without an event, of " + frame.length() + " bytes").isZero();
                }
            }
            // Else it would be waited for at the end, until it has been silent for so long that it is evicted.
            peer.send(RawPeer.frame(0, MessageLayout.header(MessageType.LEAVE, 0, publisher.session(), SUBSCRIBER)));
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
        }
    }

    @Test
    void aMessageThatNoPublisherCutIsThrownAwayAndCounted() throws Exception {
        try (var subscriber = (ZmqSubscriber) Heliograph.subscriber(address + "&bind=true");
                var peer = RawPeer.greeted(Ports.own(address), "DEALER")) {
            subscriber.subscribe(">", new Received());
            peer.send(RawPeer.frame(RawPeer.MORE, MessageLayout.header(MessageType.KNOCK, 0, 5, 0)));
            peer.send(RawPeer.frame(0, new byte[0]));
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(subscriber.counters().malformed()).containsEntry(MalformedMessage.SEVERAL_PARTS, 1L));
        }
    }

    @Test
    void whoNeverEndsAMessageIsCutOff() throws Exception {
        try (var subscriber = (ZmqSubscriber) Heliograph.subscriber(address + "&bind=true");
                var large = RawPeer.greeted(Ports.own(address), "DEALER");
                var many = RawPeer.greeted(Ports.own(address), "DEALER")) {
            byte[] part = RawPeer.frame(RawPeer.MORE, new byte[100_000]);
            for (int i = 0; i < 30; i++) {
                large.send(part);
            }
            assertThat(large.isCutOff(20_000)).isTrue();
            var parts = new ByteArrayOutputStream();
            for (int i = 0; i < 40_000; i++) {
                parts.writeBytes(RawPeer.frame(RawPeer.MORE, new byte[1]));
            }
            many.send(parts.toByteArray());
            assertThat(many.isCutOff(20_000)).isTrue();
            assertThat(subscriber.counters().refusals()).containsEntry(ZmqRefusal.STRANGE, 2L);
        }
    }
}
