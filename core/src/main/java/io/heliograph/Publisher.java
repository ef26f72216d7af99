package io.heliograph;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends events straight to whoever subscribes at an address.
 *
 * <p>Thread-safe. No method throws for what happens on the wire: see {@link PublishResult}.
 */
public interface Publisher extends AutoCloseable {

    /** Offers one event. Waits only under a {@code BackPressure} policy, and at most the policy's {@code maxWait}. */
    PublishResult publish(Event event);

    /**
     * Offers bytes without building an {@link Event}: no content type, no attributes. A network transport allocates
     * nothing for it. The bytes are copied before the call returns.
     *
     * @param topic  a valid topic
     * @param bytes  holds the data
     * @param from   index of the first byte
     * @param length how many bytes
     * @throws IndexOutOfBoundsException if the range is outside {@code bytes}
     * @throws ConfigException           if {@code topic} is not a topic
     */
    PublishResult publish(String topic, byte[] bytes, int from, int length);

    /** Offers text as {@code text/plain}. */
    default PublishResult publish(String topic, String text) {
        return publish(Event.builder(topic).data(text.getBytes(StandardCharsets.UTF_8), "text/plain").build());
    }

    /**
     * Offers one event and completes when it is on disk. A publisher without a journal, mirror or outbox completes
     * exceptionally with {@link UnsupportedOperationException} and has not published the event.
     */
    default CompletableFuture<Receipt> publishDurably(Event event) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException(
                "this publisher keeps nothing on disk: publishDurably needs a journal, a mirror or an outbox"));
    }

    /** The policy in force. */
    FlowPolicy policy();

    /**
     * Puts another policy in force for the events offered from now on. No event accepted before is lost by it.
     *
     * @throws ConfigException if this transport cannot do that variant
     */
    void replacePolicy(FlowPolicy policy);

    /**
     * Waits until at least {@code count} subscribers are known to listen.
     *
     * @return whether they were there in time
     */
    boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException;

    /** How many subscribers are known to listen now. */
    int subscribers();

    /** This publisher's sums, taken at one moment. */
    PublisherSums sums();

    /** Ends the stream and tells subscribers so. Idempotent; later publishes return {@link PublishResult#CLOSED}. */
    @Override
    void close();
}
