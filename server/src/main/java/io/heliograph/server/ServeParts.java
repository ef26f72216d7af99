package io.heliograph.server;

import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outbox;
import java.util.function.Consumer;

/**
 * What another module finds in a {@link Serve} that starts, so that it can add to it. Thread-safe.
 */
public final class ServeParts {

    private final LedgerBook book;
    private final EventTail tail;
    private final Outbox outbox;
    private final Environment environment;
    private final Consumer<OutboxFeed> feeds;

    ServeParts(LedgerBook book, EventTail tail, Outbox outbox, Environment environment, Consumer<OutboxFeed> feeds) {
        this.book = book;
        this.tail = tail;
        this.outbox = outbox;
        this.environment = environment;
        this.feeds = feeds;
    }

    /** What {@code /v1/ledger} and {@code /metrics} read. */
    public LedgerBook book() {
        return book;
    }

    /** What {@code /v1/events/stream} shows: each event that is published into the outbox, without being told. */
    public EventTail tail() {
        return tail;
    }

    /** What keeps events, and knows who gets them. */
    public Outbox outbox() {
        return outbox;
    }

    /** A handler that publishes into the outbox what it is given; closed with the server, and in the ledger under that name. */
    public OutboxFeed feed(String name) {
        OutboxFeed feed = OutboxFeed.open(name, outbox, OutboxFeed.Acknowledgement.WHEN_TAKEN, environment);
        book.addPublisher(name, feed::published);
        feeds.accept(feed);
        return feed;
    }
}
