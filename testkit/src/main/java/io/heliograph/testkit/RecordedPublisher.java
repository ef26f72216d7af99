package io.heliograph.testkit;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A publisher of whose every publish a {@link Recorder} takes note. Thread-safe. */
public final class RecordedPublisher extends ForwardingPublisher {

    private final Recorder recorder;
    private final String name;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<Thread> publishing = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    /** One publish that has returned. */
    record Attempt(String fingerprint, String topic, Span span, PublishResult result) {
    }

    RecordedPublisher(Recorder recorder, String name, Publisher publisher) {
        super(publisher);
        this.recorder = recorder;
        this.name = name;
    }

    /** The name it goes by in reports. */
    public String name() {
        return name;
    }

    @Override
    public PublishResult publish(Event event) {
        String fingerprint = Fingerprint.of(event);
        long begin = recorder.tick();
        PublishResult result = call(() -> super.publish(event));
        return note(new Attempt(fingerprint, event.topic(), new Span(begin, recorder.tick()), result));
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        long begin = recorder.tick();
        PublishResult result = call(() -> super.publish(topic, bytes, from, length));
        String fingerprint = Fingerprint.of(Event.of(topic, Arrays.copyOfRange(bytes, from, from + length)));
        return note(new Attempt(fingerprint, topic, new Span(begin, recorder.tick()), result));
    }

    private PublishResult call(Supplier<PublishResult> publish) {
        publishing.add(Thread.currentThread());
        try {
            return publish.get();
        } finally {
            publishing.remove(Thread.currentThread());
        }
    }

    /** The threads that are in a publish now. */
    Set<Thread> publishing() {
        return Set.copyOf(publishing);
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
    public void close() {
        isClosed = true;
        super.close();
    }
}
