package io.heliograph.udp;

import io.heliograph.PublishResult;
import io.heliograph.Topic;
import io.heliograph.wire.FrameEncoder;
import java.util.Objects;

/**
 * One thread's fast way into a {@link UdpPublisher}: events gather here, without a lock, and are handed to the publisher a
 * train at a time, when no more fit or when {@link #flush} is called. So whoever appends a burst ends it with
 * {@code flush}: until then its last events wait here.
 *
 * <pre>{@code
 * try (UdpAppender appender = publisher.appender("prices.eurusd")) {
 *     for (byte[] price : prices) {
 *         appender.publish(price, 0, price.length);
 *     }
 *     appender.flush();
 * }
 * }</pre>
 *
 * <p>Confined to one thread; several appenders and threads may share the publisher. Allocates nothing per event. Events
 * are in the publisher's sums once they are handed over.
 */
public final class UdpAppender implements AutoCloseable {

    private final UdpPublisher publisher;
    private final AppenderHandOver handOver;
    private final String topic;
    private final DatagramWriter writer;
    private Chunk chunk = new Chunk();
    private int events;
    private int mostEvents = 1;
    private boolean isClosed;

    UdpAppender(UdpPublisher publisher, AppenderHandOver handOver, String topic, int maxDatagramBytes, int tailBytes) {
        this.publisher = publisher;
        this.handOver = handOver;
        this.topic = Topic.require(topic);
        this.writer = new DatagramWriter(maxDatagramBytes, tailBytes, chunk);
    }

    /**
     * Offers bytes as one event. Waits only where handing over waits, as {@link io.heliograph.Publisher#publish} does.
     *
     * @return {@code ACCEPTED} once it is here or with the publisher; any other answer is about this event alone, and
     *     those before it stay
     * @throws IndexOutOfBoundsException if the range is outside {@code bytes}
     */
    public PublishResult publish(byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        if (writer.isEmpty() || events >= mostEvents || !writer.hasRoom(FrameEncoder.HEADER_BYTES + length)) {
            PublishResult result = makeRoom(bytes, from, length);
            if (result != PublishResult.ACCEPTED || isPassedOn(length)) {
                return result;
            }
        }
        writer.append(topic, bytes, from, length);
        events++;
        return PublishResult.ACCEPTED;
    }

    private boolean isPassedOn(int length) {
        return !writer.canEverHold(topic, FrameEncoder.HEADER_BYTES + length);
    }

    private PublishResult makeRoom(byte[] bytes, int from, int length) {
        if (isClosed) {
            return handOver.refuse(PublishResult.CLOSED, 1);
        }
        if (isPassedOn(length)) {
            PublishResult result = handOver();
            return result == PublishResult.ACCEPTED ? publisher.publish(topic, bytes, from, length) : handOver.refuse(result, 1);
        }
        if (!writer.isEmpty()) {
            writer.seal();
        }
        if (events >= mostEvents || !chunk.hasPlace(writer.maxDatagramBytes())) {
            PublishResult result = handOver();
            if (result != PublishResult.ACCEPTED) {
                return handOver.refuse(result, 1);
            }
        }
        writer.begin(topic);
        return PublishResult.ACCEPTED;
    }

    /**
     * Hands over what is here; it leaves at once as far as subscribers allow.
     *
     * @return {@code ACCEPTED}, or why it could not be handed over: it stays here, and the next call tries again
     */
    public PublishResult flush() {
        if (!writer.isEmpty()) {
            writer.sealAsItIs();
        }
        return handOver();
    }

    private PublishResult handOver() {
        if (!writer.isEmpty()) {
            writer.sealAsItIs();
        }
        PublishResult result = events == 0 ? PublishResult.ACCEPTED : handOver.take(this, chunk, events);
        if (result == PublishResult.ACCEPTED) {
            events = 0;
            mostEvents = handOver.mostEvents();
        }
        return result;
    }

    /** From now on events gather in {@code next}, which is empty. */
    void continueIn(Chunk next) {
        chunk = next;
        writer.continueIn(next);
    }

    /**
     * Hands over what is here; what the publisher does not take, it counts as refused, and so whatever is offered later.
     */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            PublishResult result = flush();
            if (result != PublishResult.ACCEPTED) {
                handOver.refuse(result, events);
                events = 0;
            }
        }
    }
}
