package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Receipt;
import io.heliograph.Topic;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A publisher that remembers in which place it accepted what: no webhook says so. Events differ in content, and are known by it. One
 * publish at a time.
 */
final class SequencedPublisher implements Publisher {

    private static final AtomicLong SESSIONS = new AtomicLong(1);

    private final Publisher publisher;
    private final Map<String, Position> places = new ConcurrentHashMap<>();
    private final long session = SESSIONS.incrementAndGet();
    private final UnaryOperator<FlowPolicy> inEngine;
    private volatile FlowPolicy policy;
    private long next;

    SequencedPublisher(Publisher publisher) {
        this(publisher, publisher.policy(), policy -> policy);
    }

    /**
     * @param policy   as its user asked for it
     * @param inEngine what {@code publisher} is told of another one
     */
    SequencedPublisher(Publisher publisher, FlowPolicy policy, UnaryOperator<FlowPolicy> inEngine) {
        this.publisher = publisher;
        this.policy = policy;
        this.inEngine = inEngine;
    }

    static String content(Event event) {
        ByteBuffer data = event.data();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return event.topic() + " " + event.subject().orElse("") + " " + new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Where it was accepted, if it was. */
    Optional<Position> place(Event event) {
        return Optional.ofNullable(places.get(content(event)));
    }

    long session() {
        return session;
    }

    private synchronized PublishResult publish(Event event, Supplier<PublishResult> publish) {
        // It may arrive before the publish returns.
        places.put(content(event), new Position(session, next));
        boolean isAccepted = false;
        try {
            PublishResult result = publish.get();
            isAccepted = result == PublishResult.ACCEPTED;
            return result;
        } finally {
            if (isAccepted) {
                next++;
            } else {
                places.remove(content(event));
            }
        }
    }

    @Override
    public PublishResult publish(Event event) {
        return publish(event, () -> publisher.publish(event));
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        if (from < 0 || length < 0 || length > bytes.length - from || !Topic.isValid(topic)) {
            return publisher.publish(topic, bytes, from, length);
        }
        byte[] copy = new byte[length];
        System.arraycopy(bytes, from, copy, 0, length);
        return publish(Event.of(topic, copy), () -> publisher.publish(topic, bytes, from, length));
    }

    @Override
    public CompletableFuture<Receipt> publishDurably(Event event) {
        return publisher.publishDurably(event);
    }

    @Override
    public FlowPolicy policy() {
        return policy;
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        publisher.replacePolicy(inEngine.apply(replacement));
        policy = replacement;
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
        publisher.close();
    }
}
