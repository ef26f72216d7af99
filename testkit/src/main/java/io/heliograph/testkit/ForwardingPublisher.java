package io.heliograph.testkit;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Receipt;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes everything on to another publisher: for those that look on, or change a little of it. As thread-safe as that. */
public abstract class ForwardingPublisher implements Publisher {

    private final Publisher publisher;

    /** @param publisher to which everything is passed on */
    protected ForwardingPublisher(Publisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public PublishResult publish(Event event) {
        return publisher.publish(event);
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        return publisher.publish(topic, bytes, from, length);
    }

    @Override
    public CompletableFuture<Receipt> publishDurably(Event event) {
        return publisher.publishDurably(event);
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
        publisher.close();
    }
}
