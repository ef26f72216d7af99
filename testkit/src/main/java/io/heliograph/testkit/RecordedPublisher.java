package io.heliograph.testkit;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A publisher of whose every publish a {@link Recorder} takes note. Thread-safe. */
public final class RecordedPublisher implements Publisher {

    private final Recorder recorder;
    private final String name;
    private final Publisher publisher;
    private final List<Attempt> attempts = new ArrayList<>();
    private volatile boolean isClosed;

    /** One publish that has returned. */
    record Attempt(String fingerprint, String topic, Span span, PublishResult result) {
    }

    RecordedPublisher(Recorder recorder, String name, Publisher publisher) {
        this.recorder = recorder;
        this.name = name;
        this.publisher = publisher;
    }

    /** The name it goes by in reports. */
    public String name() {
        return name;
    }

    @Override
    public PublishResult publish(Event event) {
        String fingerprint = Fingerprint.of(event);
        long begin = recorder.tick();
        PublishResult result = publisher.publish(event);
        return note(new Attempt(fingerprint, event.topic(), new Span(begin, recorder.tick()), result));
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        long begin = recorder.tick();
        PublishResult result = publisher.publish(topic, bytes, from, length);
        String fingerprint = Fingerprint.of(Event.of(topic, Arrays.copyOfRange(bytes, from, from + length)));
        return note(new Attempt(fingerprint, topic, new Span(begin, recorder.tick()), result));
    }

    private PublishResult note(Attempt attempt) {
        synchronized (attempts) {
            attempts.add(attempt);
        }
        return attempt.result;
    }

    List<Attempt> attempts() {
        synchronized (attempts) {
            return List.copyOf(attempts);
        }
    }

    boolean isClosed() {
        return isClosed;
    }

    /** How many publishes have had {@code result}, by the recorder's own count. */
    public int count(PublishResult result) {
        return (int) attempts().stream().filter(attempt -> attempt.result == result).count();
    }

    @Override
    public FlowPolicy policy() {
        return publisher.policy();
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        publisher.replacePolicy(policy);
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        return publisher.awaitSubscribers(count, timeout);
    }

    @Override
    public int subscribers() {
        return publisher.subscribers();
    }

    @Override
    public PublisherSums sums() {
        return publisher.sums();
    }

    @Override
    public void close() {
        isClosed = true;
        publisher.close();
    }
}
