package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The messages of latecomers with fields that are anything: nothing is thrown, and every sum closes. */
@Timeout(60)
class LatecomerFuzzTest {

    private static final long SESSION = 7;
    private static final long SUBSCRIBER = 9;
    private static final int MUTANTS = 20_000;
    private static final FlowPolicy POLICY = FlowPolicy.backPressure(new Limit(50, 1 << 20), Duration.ofSeconds(1));

    private final ZmqConfig config = ZmqConfig.of(Address.parse("zmq+inproc://fuzz?last-values=100"), ZmqConfig.Side.BINDING);
    private final TellingLock lock = new TellingLock();
    private final Environment environment = Environment.system();

    private static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.limit()];
        message.get(0, bytes);
        return bytes;
    }

    private static byte[] hello(long session, long next) {
        return bytes(new Hello(1, 1, 1 << 16, session, next, 1_000, Optional.empty(), "someone", List.of(TopicFilter.of("t.*")))
                .write(SUBSCRIBER, MessageLayout.LAST));
    }

    /** Takes one message in. */
    private interface Reader {
        void take(ByteBuffer message, int number);
    }

    private void feed(long seed, List<byte[]> originals, Reader reader) {
        var mutator = new MessageMutator(seed, originals);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutator.next();
            lock.lock();
            try {
                reader.take(ByteBuffer.wrap(mutant), i);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", message " + i + ": " + HexFormat.of().formatHex(mutant), e);
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    void aPublisherThatKeepsLastValuesTakesAnything() {
        long seed = System.nanoTime();
        var remotes = new RemoteSubscribers(SESSION, config, lock, environment);
        remotes.changePolicy(POLICY);
        Peer peer = new DealerSocket().peer();
        List<byte[]> originals = List.of(hello(0, 0), hello(SESSION, 5), hello(SESSION, 1_000), hello(SESSION + 1, 3),
                bytes(new Credit(3, 1_000, 0).write(SESSION, SUBSCRIBER)), MessageLayout.header(MessageType.LEAVE, 0, SESSION, SUBSCRIBER));
        var begun = new long[1];
        feed(seed, originals, (message, number) -> {
            remotes.receive(peer, message, number);
            if (number % 4 == 0) {
                Event event = Event.of("t." + number % 4_000, "n");
                remotes.keepLast(event, 0);
                for (Destination lane : remotes.fanOut().destinations()) {
                    if (lane.wants(event.topic()) && lane.makeRoom(POLICY, event.size(), 0)) {
                        lane.accept(event, POLICY, 0);
                    } else {
                        lane.lose();
                    }
                }
                remotes.next(number / 4 + 1L);
            }
            for (RemoteSubscriber remote : remotes.fanOut().all()) {
                begun[0] += remote.beginsWithLast && remote.start < remote.lane.next() ? 1 : 0;
                assertThat(remote.lane.next()).as("seed %d, message %d", seed, number).isEqualTo(remotes.next());
                remote.lane.take();
            }
        });
        assertThat(begun[0]).as("seed %d", seed).isPositive();
        assertThat(remotes.fanOut().all().length).isLessThanOrEqualTo(config.limits().peers());
        assertThat(remotes.lastValues().orElseThrow().topics()).isEqualTo(100);
    }

    @Test
    void aSubscriberThatAskedForThemTakesAnything() {
        long seed = System.nanoTime();
        var values = new LastValues(Limit.DEFAULT);
        for (int i = 0; i < 60; i++) {
            values.keep(new LastValue(2L * i, Event.of("t." + i, Integer.toString(i)), i, 0));
        }
        var lane = new Lane(SESSION, SUBSCRIBER, 0, new LaneState(1, POLICY.text()), config.limits(), environment);
        lane.ask(new Filters(List.of(TopicFilter.ALL)), Optional.empty(), 1 << 16);
        lane.creditBehind(20);
        values.fill(lane, lane::skipUpTo, 120, POLICY);
        lane.creditBehind(MessageLayout.UNLIMITED);
        var originals = new ArrayList<byte[]>();
        originals.add(bytes(PublisherMessages.welcome(SESSION, SUBSCRIBER, MessageLayout.KEEPS_LAST, 0, new LaneState(1, POLICY.text()))));
        for (Optional<ByteBuffer> frame = lane.take(); frame.isPresent(); frame = lane.take()) {
            originals.add(bytes(frame.get()));
        }
        var subscriptions = new Subscriptions();
        var intake = new Intake("fuzz", Interest.inAll(), lock, () -> { }, environment);
        subscriptions.add(intake, Interest.inAll(), Optional.empty());
        var tally = new ZmqCounters.Tally();
        var reader = new SessionReader(subscriptions, config.limits(), tally, 0);
        var parsed = new Message();
        feed(seed, originals, (message, number) -> {
            if (parsed.wrap(message).isEmpty() && isOfLane(parsed.type())) {
                reader.take(message, 0, number);
            }
            if (number % 100 == 0) {
                reader.forgetHeld();
            }
            reader.resume(0, number);
            intake.poll(delivery -> { }, 10);
        });
        assertThat(intake.sums().difference()).as("seed %d: %s", seed, intake.sums()).isZero();
        assertThat(intake.sums().delivered()).as("seed %d", seed).isPositive();
    }

    private static boolean isOfLane(MessageType type) {
        return switch (type) {
            case WELCOME, DATA, STATE, END -> true;
            default -> false;
        };
    }
}
