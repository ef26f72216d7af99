package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages of the own port with fields that are anything: they are counted, nothing is thrown, and every sum closes. */
@Timeout(120)
class MessageFuzzTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;
    private static final int MUTANTS = 100_000;
    /** Of one message: a lane or a session begins, a class is loaded. */
    private static final int MOST_ALLOCATED_BYTES = 1 << 20;
    private static final int MOST_ALLOCATED_ON_AVERAGE = 16 << 10;
    private static final int WARM_UP = 1_000;

    private final ZmqConfig config = ZmqConfig.of(Address.parse("zmq+inproc://fuzz"), ZmqConfig.Side.BINDING);
    private final TellingLock lock = new TellingLock();
    private final Environment environment = Environment.system();
    private final Peer peer = new DealerSocket().peer();

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.limit()];
        message.get(0, bytes);
        return bytes;
    }

    private static Hello hello() {
        return new Hello(1, 1, 1 << 16, 0, 0, 1_000, Optional.of(FlowPolicy.dropOldest(Limit.DEFAULT)), "someone",
                List.of(TopicFilter.of("numbers"), TopicFilter.of("prices.>")));
    }

    /** What a publisher sends to a subscriber: events, accounts of those it gave up or that were not wanted, and the rest. */
    private List<byte[]> fromPublisher() {
        FlowPolicy tight = FlowPolicy.dropOldest(new Limit(20, 1 << 20));
        var lane = new Lane(SESSION, SUBSCRIBER, 0, new LaneState(1, tight.text()), config.limits(), environment);
        lane.ask(new Filters(List.of(TopicFilter.of("numbers"))), Optional.empty(), 1 << 16);
        lane.creditBehind(10_000);
        var messages = new ArrayList<byte[]>();
        messages.add(bytes(PublisherMessages.welcome(SESSION, SUBSCRIBER, false, 0, new LaneState(1, tight.text()))));
        for (int i = 0; i < 400; i++) {
            Event event = Event.of(i % 3 == 0 ? "others" : "numbers", Integer.toString(i));
            if (!lane.wants(event.topic())) {
                lane.skip();
            } else if (i % 5 != 0 && lane.makeRoom(tight, event.size(), 0)) {
                lane.accept(event, tight, 0);
            } else {
                lane.lose();
            }
            if (i % 50 == 49) {
                lane.flushTail();
                for (Optional<ByteBuffer> frame = lane.take(); frame.isPresent(); frame = lane.take()) {
                    messages.add(bytes(frame.get()));
                }
            }
        }
        assertThat(messages).hasSizeGreaterThan(5);
        messages.add(bytes(PublisherMessages.state(SESSION, SUBSCRIBER, lane.next(), new LaneState(2, tight.text()))));
        messages.add(bytes(PublisherMessages.end(SESSION, SUBSCRIBER, lane.next())));
        messages.add(bytes(PublisherMessages.who(SESSION, SUBSCRIBER)));
        return messages;
    }

    private List<byte[]> fromSubscriber() {
        return List.of(bytes(hello().write(SUBSCRIBER)),
                bytes(new Credit(3, 1_000, 0).write(SESSION, SUBSCRIBER)),
                bytes(new Credit(1, 2_000, MessageLayout.RESEND).write(SESSION, SUBSCRIBER)),
                MessageLayout.header(MessageType.LEAVE, 0, SESSION, SUBSCRIBER),
                MessageLayout.header(MessageType.KNOCK, 0, SESSION, SUBSCRIBER));
    }

    /** Takes one message in. */
    private interface Reader {
        void take(ByteBuffer message, int number);
    }

    private static void feed(long seed, int count, List<byte[]> originals, Reader reader) {
        var mutator = new MessageMutator(seed, originals);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            byte[] mutant = mutator.next();
            long before = allocated();
            try {
                reader.take(ByteBuffer.wrap(mutant), i);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", message " + i + ": " + HexFormat.of().formatHex(mutant), e);
            }
            long bytes = allocated() - before;
            sum += bytes;
            if (i >= WARM_UP) {
                assertThat(bytes).as("bytes allocated for message %d of seed %d", i, seed).isLessThan(MOST_ALLOCATED_BYTES);
            }
        }
        assertThat(sum / count).as("bytes allocated for a message, seed %d", seed).isLessThan(MOST_ALLOCATED_ON_AVERAGE);
    }

    private void feedPublisher(long seed, int count) {
        var remotes = new RemoteSubscribers(SESSION, config, lock, environment);
        FlowPolicy policy = FlowPolicy.dropOldest(Limit.DEFAULT);
        remotes.changePolicy(policy);
        var sequence = new long[1];
        feed(seed, count, fromSubscriber(), (message, number) -> {
            lock.lock();
            try {
                remotes.receive(peer, message, number);
                if (number % 16 == 0) {
                    for (Destination lane : remotes.fanOut().destinations()) {
                        if (lane.makeRoom(policy, 10, 0)) {
                            lane.accept(Event.of("numbers", "n"), policy, 0);
                        } else {
                            lane.lose();
                        }
                    }
                    remotes.next(++sequence[0]);
                    for (RemoteSubscriber remote : remotes.fanOut().all()) {
                        remote.lane.take();
                    }
                }
            } finally {
                lock.unlock();
            }
        });
        ZmqCounters counters = remotes.counters();
        assertThat(counters.messages()).isEqualTo(count);
        assertThat(counters.malformed()).as("seed %d", seed).isNotEmpty();
        assertThat(remotes.fanOut().all().length).isLessThanOrEqualTo(config.limits().peers());
    }

    private void feedSubscriber(long seed, int count, Optional<DataHandler> direct) {
        var subscriptions = new Subscriptions();
        Interest interest = Interest.in(TopicFilter.of("numbers"));
        var intake = new Intake("fuzz", interest, lock, () -> { }, environment);
        subscriptions.add(intake, interest, direct);
        var tally = new ZmqCounters.Tally();
        var reader = new SessionReader(subscriptions, config.limits(), tally, 0);
        var parsed = new Message();
        feed(seed, count, fromPublisher(), (bytes, number) -> {
            lock.lock();
            try {
                if (parsed.wrap(bytes).isPresent()) {
                    return;
                }
                switch (parsed.type()) {
                    case WELCOME, DATA, STATE, END -> reader.take(bytes, 0, number);
                    default -> reader.hear(number);
                }
                reader.resume(0, number);
                reader.onTime(number);
                if (reader.isCreditDue(number)) {
                    reader.takeCredit();
                }
                intake.poll(delivery -> { }, 10);
            } finally {
                lock.unlock();
            }
            if (number % 1_000 == 0) {
                assertThat(intake.sums().difference()).as("seed %d, message %d: %s", seed, number, intake.sums()).isZero();
            }
        });
        assertThat(intake.sums().difference()).as("seed %d: %s", seed, intake.sums()).isZero();
        assertThat(intake.sums().delivered()).as("seed %d", seed).isPositive();
        assertThat(tally.malformed).as("seed %d", seed).isNotEmpty();
    }

    private static DataHandler direct() {
        return new DataHandler() {
            @Override
            public void onData(String topic, ByteBuffer data, long session, long sequence) {
                // What is in it is of no interest.
            }

            @Override
            public void onEvent(Delivery delivery) {
                // As above.
            }
        };
    }

    @Test
    void aHundredThousandMutantsDoAPublisherNoHarm() {
        feedPublisher(21, MUTANTS);
    }

    @Test
    void aHundredThousandMutantsDoASubscriberNoHarm() {
        feedSubscriber(22, MUTANTS / 2, Optional.empty());
        feedSubscriber(23, MUTANTS / 2, Optional.of(direct()));
    }

    @Test
    @Tag("fuzz")
    void tenMillionMutantsDoNoHarm() {
        long seed = System.nanoTime();
        System.out.printf("seed %d%n", seed);
        feedPublisher(seed, 4_000_000);
        feedSubscriber(seed + 1, 3_000_000, Optional.empty());
        feedSubscriber(seed + 2, 3_000_000, Optional.of(direct()));
    }
}
