package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import java.util.concurrent.locks.ReentrantLock;

/** Counts events that come to be matched, and the alerts that come of them. Thread-safe. */
final class MatchingSums {

    private final ReentrantLock lock = new ReentrantLock();
    private final SubscriberLedger events = new SubscriberLedger();
    private final PublisherLedger alerts = new PublisherLedger();

    /** It was read. */
    void taken(int count) {
        locked(() -> {
            events.known(count);
            for (int i = 0; i < count; i++) {
                events.entered();
            }
        });
    }

    /** It is matched, and what follows from it is on disk. */
    void matched(int count) {
        locked(() -> {
            events.delivered(count);
            left(count);
        });
    }

    /** Another process has matched it. */
    void elsewhere(int count) {
        locked(() -> {
            events.filtered(count);
            left(count);
        });
    }

    /** It could not be read, or matched. */
    void lost(LossReason reason) {
        locked(() -> {
            events.lost(reason, 1);
            left(1);
        });
    }

    private void left(int count) {
        for (int i = 0; i < count; i++) {
            events.left();
        }
    }

    /** Alerts were to be given, and this became of them. */
    void offered(PublishResult result, int count) {
        locked(() -> alerts.count(result, count));
    }

    SubscriberSums events() {
        lock.lock();
        try {
            return events.sums();
        } finally {
            lock.unlock();
        }
    }

    PublisherSums alerts() {
        lock.lock();
        try {
            return alerts.sums();
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable count) {
        lock.lock();
        try {
            count.run();
        } finally {
            lock.unlock();
        }
    }
}
