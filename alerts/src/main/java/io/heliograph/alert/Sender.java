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
import java.util.List;
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
    private final SubscriberLedger ledger = new SubscriberLedger();
    private final Thread thread;
    private boolean isWoken = true;
    private boolean isClosed;
    private boolean isHeldUp;
    /** Told once, until it goes again: it is tried ten times a second. */
    private boolean hasThrown;

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
        long waiting = store.read(sql -> sql.row("SELECT count(*) FROM alerts_outgoing WHERE recipient = ?", row -> row.getLong(1), recipient))
                .orElseThrow();
        added(waiting);
        thread.start();
    }

    /** So many more rows are there. */
    void added(long count) {
        lock.lock();
        try {
            ledger.known(count);
            for (long i = 0; i < count; i++) {
                ledger.entered();
            }
            isWoken = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What became of its alerts since it began; alerts of other processes that it sent are not known before. */
    SubscriberSums sums() {
        lock.lock();
        try {
            return ledger.sums();
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
        var lost = new ArrayList<LossReason>();
        long delivered = 0;
        for (AlertRows.Outgoing one : some) {
            PublishResult result = Thread.currentThread().isInterrupted() ? PublishResult.CLOSED : offer(one.alert());
            switch (result) {
                case ACCEPTED -> delivered++;
                case DROPPED -> lost.add(LossReason.OVERFLOW);
                case TOO_LARGE -> lost.add(LossReason.DEAD_LETTER);
                case BACK_PRESSURED, NOT_CONNECTED, CLOSED -> isHeldUp = true;
            }
            if (isHeldUp) {
                break;
            }
            over.add(one.row());
        }
        if (!over.isEmpty()) {
            remove(over);
            count(delivered, lost);
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

    private void count(long delivered, List<LossReason> lost) {
        lock.lock();
        try {
            ledger.delivered(delivered);
            lost.forEach(reason -> ledger.lost(reason, 1));
            for (long i = 0; i < delivered + lost.size(); i++) {
                ledger.left();
            }
        } finally {
            lock.unlock();
        }
        if (lost.contains(LossReason.DEAD_LETTER)) {
            environment.tell(new Notice.Degraded("alerts to " + shown(), "larger than it takes: " + lost.size() + " were given up"));
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
