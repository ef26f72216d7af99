package io.heliograph.spi;

import io.heliograph.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The open subscriptions of one subscriber: none is added once it is closed, and a closed one is forgotten. Thread-safe. */
public final class SubscriptionList {

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private boolean isClosed;

    /**
     * Opens a subscription and keeps it.
     *
     * @throws IllegalStateException if the subscriber is closed
     */
    public synchronized Subscription add(Supplier<Subscription> opening) {
        if (isClosed) {
            throw new IllegalStateException("the subscriber is closed");
        }
        Subscription opened = opening.get();
        subscriptions.add(opened);
        return opened;
    }

    /** Forgets a subscription that is closed. */
    public void remove(Subscription closed) {
        subscriptions.remove(closed);
    }

    /** Closes all of them, and lets none be added; says {@code false} if that has been done before. */
    public boolean close() {
        synchronized (this) {
            if (isClosed) {
                return false;
            }
            isClosed = true;
        }
        subscriptions.forEach(Subscription::close);
        return true;
    }
}
