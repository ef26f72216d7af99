package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Counts, for each tenant by itself, the events that come to be matched, and the alerts that come of them. Thread-safe. */
final class MatchingSums {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Book> books = new TreeMap<>();

    /** One tenant's. */
    private static final class Book {
        private final SubscriberLedger events = new SubscriberLedger();
        private final PublisherLedger alerts = new PublisherLedger();
    }

    /** An event was read. */
    void taken(String tenant) {
        count(tenant, book -> {
            book.events.known(1);
            book.events.entered();
        });
    }

    /** It is matched, and what follows from it is on disk. */
    void matched(String tenant) {
        count(tenant, book -> {
            book.events.delivered();
            book.events.left();
        });
    }

    /** Another process has matched it. */
    void elsewhere(String tenant) {
        count(tenant, book -> {
            book.events.filtered();
            book.events.left();
        });
    }

    /** It could not be read, or matched. */
    void lost(String tenant, LossReason reason) {
        count(tenant, book -> {
            book.events.lost(reason, 1);
            book.events.left();
        });
    }

    /** An alert was to be given, and this became of it. */
    void offered(String tenant, PublishResult result) {
        count(tenant, book -> book.alerts.count(result));
    }

    private void count(String tenant, Consumer<Book> count) {
        lock.lock();
        try {
            count.accept(books.computeIfAbsent(tenant, name -> new Book()));
        } finally {
            lock.unlock();
        }
    }

    private List<Book> of(String tenant) {
        Book book = books.get(tenant);
        return book == null ? List.of() : List.of(book);
    }

    /** One tenant's events. */
    SubscriberSums events(String tenant) {
        lock.lock();
        try {
            return events(of(tenant));
        } finally {
            lock.unlock();
        }
    }

    /** All tenants' events. */
    SubscriberSums events() {
        lock.lock();
        try {
            return events(books.values());
        } finally {
            lock.unlock();
        }
    }

    /** One tenant's alerts. */
    PublisherSums alerts(String tenant) {
        lock.lock();
        try {
            return alerts(of(tenant));
        } finally {
            lock.unlock();
        }
    }

    /** All tenants' alerts. */
    PublisherSums alerts() {
        lock.lock();
        try {
            return alerts(books.values());
        } finally {
            lock.unlock();
        }
    }

    private static SubscriberSums events(Iterable<Book> books) {
        SubscriberSums sums = SubscriberSums.ZERO;
        for (Book book : books) {
            sums = sums.plus(book.events.sums());
        }
        return sums;
    }

    private static PublisherSums alerts(Iterable<Book> books) {
        var sums = new PublisherSums(0, 0, 0, 0, 0);
        for (Book book : books) {
            PublisherSums one = book.alerts.sums();
            sums = new PublisherSums(sums.offered() + one.offered(), sums.accepted() + one.accepted(), sums.dropped() + one.dropped(),
                    sums.refused() + one.refused(), sums.unheard() + one.unheard());
        }
        return sums;
    }
}
