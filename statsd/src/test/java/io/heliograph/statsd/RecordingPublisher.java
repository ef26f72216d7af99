package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** A publisher that keeps what it is given, and answers as it is told. */
final class RecordingPublisher implements Publisher {

    final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Function<Event, PublishResult> answer;

    RecordingPublisher() {
        this(event -> PublishResult.ACCEPTED);
    }

    RecordingPublisher(Function<Event, PublishResult> answer) {
        this.answer = answer;
    }

    /** The next event that is wanted; the others are passed over. */
    Event await(Predicate<Event> isWanted) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                Event event = events.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertThat(event).as("an event before the deadline").isNotNull();
                if (isWanted.test(event)) {
                    return event;
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    Event awaitSubject(String subject) {
        return await(event -> event.subject().orElse("").equals(subject));
    }

    @Override
    public PublishResult publish(Event event) {
        PublishResult result = answer.apply(event);
        events.add(event);
        return result;
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FlowPolicy policy() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) {
        return count <= 0;
    }

    @Override
    public int subscribers() {
        return 0;
    }

    @Override
    public PublisherSums sums() {
        return new PublisherSums(events.size(), events.size(), 0, 0, events.size());
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
