package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Topic;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.testkit.ForwardingPublisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A publisher that remembers in which place it accepted what: no webhook says so. Events differ in content, and are known by it. One
 * publish at a time.
 */
final class SequencedPublisher extends ForwardingPublisher {

    private static final AtomicLong SESSIONS = new AtomicLong(1);

    private final Map<String, Position> places = new ConcurrentHashMap<>();
    private final long session = SESSIONS.incrementAndGet();
    private final UnaryOperator<FlowPolicy> inEngine;
    /** Of what was accepted, in its order; read by anybody. */
    private final List<String> topics = new CopyOnWriteArrayList<>();
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
        super(publisher);
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

    /** How many it has accepted. */
    long accepted() {
        return topics.size();
    }

    /** How many of those accepted from one place up to another, that one not, are of such a topic. */
    long accepted(TopicFilter filter, long from, long end) {
        return topics.subList((int) from, (int) Math.max(from, end)).stream().filter(filter::matches).count();
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
                topics.add(event.topic());
            } else {
                places.remove(content(event));
            }
        }
    }

    @Override
    public PublishResult publish(Event event) {
        return publish(event, () -> super.publish(event));
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        if (from < 0 || length < 0 || length > bytes.length - from || !Topic.isValid(topic)) {
            return super.publish(topic, bytes, from, length);
        }
        byte[] copy = new byte[length];
        System.arraycopy(bytes, from, copy, 0, length);
        return publish(Event.of(topic, copy), () -> super.publish(topic, bytes, from, length));
    }

    @Override
    public FlowPolicy policy() {
        return policy;
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        super.replacePolicy(inEngine.apply(replacement));
        policy = replacement;
    }
}
