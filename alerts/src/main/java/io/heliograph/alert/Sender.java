package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives one recipient its alerts, in order, at least once: a row is removed when the recipient has taken its alert, or has turned it
 * away for good. While it takes none they wait in the store.
 *
 * <p>Thread-safe. Owns one daemon thread, {@code heliograph-alert-sender NAME}.
 */
final class Sender implements AutoCloseable {

    private static final int TAKEN_TOGETHER = 64;
    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();
    /** Where another process has written the row. */
    private static final long LOOK_NS = Duration.ofSeconds(5).toNanos();
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final String recipient;
    private final Publish publish;
    private final SqlStore store;
    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Map<String, SubscriberLedger> ledgers = new HashMap<>();
    private final Thread thread;
    private boolean isWoken = true;
    private boolean isClosed;
    private boolean isHeldUp;
    /** Told once, until it goes again: it is tried ten times a second. */
    private boolean hasThrown;

    /** An alert that the recipient has, or that is lost for it. */
    private record Ended(String tenant, Optional<LossReason> lost) {
    }

    /** Offers an alert to the recipient. */
    @FunctionalInterface
    interface Publish {
        PublishResult publish(Alert alert);
    }

    /** @param recipient its name in the table */
    Sender(String recipient, Publish publish, SqlStore store, Environment environment) {
        this.recipient = recipient;
        this.publish = publish;
        this.store = store;
        this.environment = environment;
        this.thread = Thread.ofPlatform().daemon().name("heliograph-alert-sender " + shown()).unstarted(this::run);
    }

    private String shown() {
        return recipient.isEmpty() ? "endpoints" : recipient;
    }

    /** Begins, with what waits. */
    void start() {
        var waiting = new HashMap<String, Integer>();
        store.read(sql -> sql.rows("SELECT a.tenant, count(*) FROM alerts_outgoing o JOIN alerts_alert a ON a.id = o.alert"
                + " WHERE o.recipient = ? GROUP BY a.tenant", row -> waiting.put(row.getString(1), row.getInt(2)), recipient));
        added(waiting);
        thread.start();
    }

    /** So many more rows are there, by tenant. */
    void added(Map<String, Integer> counts) {
        lock.lock();
        try {
            counts.forEach((tenant, count) -> {
                ledger(tenant).known(count);
                for (int i = 0; i < count; i++) {
                    ledger(tenant).entered();
                }
            });
            isWoken = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private SubscriberLedger ledger(String tenant) {
        return ledgers.computeIfAbsent(tenant, name -> new SubscriberLedger());
    }

    /** What became of a tenant's alerts since it began; alerts of other processes that it sent are not known before. */
    SubscriberSums sums(String tenant) {
        lock.lock();
        try {
            SubscriberLedger ledger = ledgers.get(tenant);
            return ledger == null ? SubscriberSums.ZERO : ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                boolean isMore = true;
                while (isMore) {
                    isMore = sendSome();
                }
            }
        } catch (InterruptedException e) {
            // It is closed.
        } catch (StoreClosedException e) {
            // What waits is there in the next process.
        }
    }

    /** Says {@code false} when it is closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            long endNs = environment.clock().nanoTime() + (isHeldUp ? PAUSE_NS : LOOK_NS);
            while ((!isWoken || isHeldUp) && !isClosed && environment.clock().nanoTime() - endNs < 0) {
                environment.clock().await(lock, woken, endNs);
            }
            isWoken = false;
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether there may be more. */
    private boolean sendSome() throws InterruptedException {
        isHeldUp = false;
        List<AlertRows.Outgoing> some;
        try {
            some = store.read(sql -> AlertRows.outgoing(sql, recipient, TAKEN_TOGETHER));
        } catch (StoreClosedException e) {
            throw e;
        } catch (StoreException e) {
            isHeldUp = true;
            return false;
        }
        var over = new ArrayList<Long>();
        var ended = new ArrayList<Ended>();
        for (AlertRows.Outgoing one : some) {
            PublishResult result = Thread.currentThread().isInterrupted() ? PublishResult.CLOSED : offer(one.alert());
            switch (result) {
                case ACCEPTED -> ended.add(new Ended(one.alert().tenant(), Optional.empty()));
                case DROPPED -> ended.add(new Ended(one.alert().tenant(), Optional.of(LossReason.OVERFLOW)));
                case TOO_LARGE -> ended.add(new Ended(one.alert().tenant(), Optional.of(LossReason.DEAD_LETTER)));
                case BACK_PRESSURED, NOT_CONNECTED, CLOSED -> isHeldUp = true;
            }
            if (isHeldUp) {
                break;
            }
            over.add(one.row());
        }
        if (!over.isEmpty()) {
            remove(over);
            count(ended);
        }
        return !isHeldUp && some.size() == TAKEN_TOGETHER;
    }

    private PublishResult offer(Alert alert) {
        try {
            PublishResult result = publish.publish(alert);
            hasThrown = false;
            return result;
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreClosedException closed) {
                throw closed;
            }
            return PublishResult.BACK_PRESSURED;
        } catch (RuntimeException e) {
            if (!hasThrown) {
                hasThrown = true;
                environment.tell(new Notice.Degraded("alerts to " + shown(), "its publisher threw: " + e));
            }
            return PublishResult.NOT_CONNECTED;
        }
    }

    /** Until it is on disk: otherwise they would be sent again for as long as the process lives. */
    private void remove(List<Long> rows) throws InterruptedException {
        while (true) {
            try {
                store.writeFromReserve(sql -> sql.rowsOf("DELETE FROM alerts_outgoing WHERE id IN ", rows, " RETURNING id",
                        row -> row.getLong(1))).join();
                return;
            } catch (CompletionException e) {
                if (e.getCause() instanceof StoreClosedException closed) {
                    throw closed;
                }
                pause();
            }
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            environment.clock().await(lock, woken, environment.clock().nanoTime() + PAUSE_NS);
        } finally {
            lock.unlock();
        }
    }

    private void count(List<Ended> ended) {
        lock.lock();
        try {
            for (Ended one : ended) {
                SubscriberLedger ledger = ledger(one.tenant);
                one.lost.ifPresentOrElse(reason -> ledger.lost(reason, 1), ledger::delivered);
                ledger.left();
            }
        } finally {
            lock.unlock();
        }
        long tooLarge = ended.stream().filter(one -> one.lost.equals(Optional.of(LossReason.DEAD_LETTER))).count();
        if (tooLarge > 0) {
            environment.tell(new Notice.Degraded("alerts to " + shown(), "larger than it takes: " + tooLarge + " were given up"));
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(LINGER);
            thread.interrupt();
            thread.join(LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
