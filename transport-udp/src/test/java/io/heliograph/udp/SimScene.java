package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * One reliable publisher and those who listen to it, on a simulated network, a manual clock and, but where a test starts
 * another, one thread. Event number N says {@code N:xxx}.
 */
final class SimScene {

    static final Duration TICK = Duration.ofNanos(50_000);

    final ManualClock clock = new ManualClock();
    final CollectedNotices notices = new CollectedNotices();
    final Environment environment;
    final SimNetwork network;
    final UdpPublisher publisher;
    private final Feed feed;
    private final List<SimListener> listeners = new ArrayList<>();
    private int published;

    SimScene(long seed, int datagramBytes, UdpLimits limits, FlowPolicy policy) {
        this(seed, SimNetwork.feed(datagramBytes, true, limits), policy);
    }

    SimScene(long seed, Feed feed, FlowPolicy policy) {
        this.feed = feed;
        environment = new Environment(clock, clock, new Random(seed), notices);
        network = new SimNetwork(seed, clock);
        publisher = new UdpPublisher(feed, network.publisherIo(), policy, environment);
    }

    /** What publisher and subscribers share, with another start. */
    Feed feedFrom(Start start) {
        return new Feed(feed.address(), feed.targets(), feed.maxDatagramBytes(), true, OptionalLong.empty(), Optional.empty(), start,
                feed.key(), feed.limits());
    }

    Feed feedOf(KeyShare share) {
        return new Feed(feed.address(), feed.targets(), feed.maxDatagramBytes(), true, OptionalLong.empty(), Optional.of(share),
                new Start.Live(), feed.key(), feed.limits());
    }

    SimListener listen() {
        return listen(new Start.Live());
    }

    SimListener listen(Start start) {
        return listen(feedFrom(start), Faults.NONE, Faults.NONE, Interest.inAll());
    }

    SimListener listen(Interest interest) {
        return listen(feed, Faults.NONE, Faults.NONE, interest);
    }

    SimListener listen(Feed own, Faults down, Faults up, Interest interest) {
        var listener = new SimListener(new UdpSubscriber(own, network.subscriberIo(down, up),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment), interest);
        listeners.add(listener);
        return listener;
    }

    /** How many events were accepted. */
    int published() {
        return published;
    }

    /** Publishes, and runs for a moment after each eight, so that they do not all share one datagram. */
    void publish(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
            if (i % 8 == 7 || i == count - 1) {
                step(TICK);
            }
        }
    }

    PublishResult publishOne(int bytes) {
        PublishResult result = publisher.publish(Event.of("prices.eurusd", text(published, bytes)));
        published += result == PublishResult.ACCEPTED ? 1 : 0;
        return result;
    }

    /** Publishes bytes that no listener here would understand. */
    PublishResult publishOneOf(byte[] bytes) {
        return publisher.publish(Event.builder("prices.eurusd").data(bytes).build());
    }

    static String text(int number, int bytes) {
        String head = number + ":";
        return head + "x".repeat(Math.max(0, bytes - head.length()));
    }

    void step(Duration time) throws IOException {
        clock.advance(time);
        publisher.doWork(0);
        for (SimListener listener : listeners) {
            listener.step();
        }
    }

    /** Runs until the publisher has heard of so many subscribers, and waits for them from then on. */
    void meet(int subscribers) throws IOException {
        for (int i = 0; publisher.subscribers() < subscribers; i++) {
            assertThat(i).as("steps without having met").isLessThan(10_000);
            step(Duration.ofMillis(1));
        }
    }

    /** Long enough for every repair, by small steps. */
    void run(Duration time) throws IOException {
        run(time, Duration.ofMillis(1));
    }

    void run(Duration time, Duration step) throws IOException {
        for (Duration left = time; left.isPositive(); left = left.minus(step)) {
            step(step);
        }
    }

    /** Ends the stream, and runs until all have heard it. */
    void end() throws IOException {
        publisher.beginClose();
        for (int i = 0; i < 20_000 && !publisher.isDone(); i++) {
            step(Duration.ofMillis(1));
        }
        run(Duration.ofMillis(20));
        assertThat(publisher.isDone()).isTrue();
        assertThat(publisher.sums().difference()).isZero();
        assertThat(publisher.sums().accepted()).isEqualTo(published);
    }
}
