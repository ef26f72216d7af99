package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * One member of a group: what it has been handed, in order, until its handler has seen it.
 *
 * <p>Its sum is that of the events that are its own: one that goes back to its group (its handler threw, its deadline passed, its
 * publisher took it back) is known to it no longer, and counted as returned. One that its handler threw at for the last time
 * is lost(failed), and what waits when it leaves is lost(left): to it, not to its group.
 *
 * <p>Guarded by the subscriber's lock; the handler runs outside it. Thread-safe, but for {@link #poll}, which belongs to one
 * thread at a time.
 */
final class Worker {

    final Interest interest;
    private final String name;
    private final int prefetch;
    private final TellingLock lock;
    private final Condition arrived;
    private final Runnable onSettled;
    private final Environment environment;
    private final SubscriberLedger ledger = new SubscriberLedger();
    private final ArrayDeque<Held> queue = new ArrayDeque<>();
    private final ArrayDeque<Gap> gaps = new ArrayDeque<>();
    private boolean isBusy;
    private boolean isFailing;
    private boolean isClosed;
    private long returned;

    /** @param onSettled called under the lock when its publisher is to be told something */
    Worker(String name, Interest interest, int prefetch, TellingLock lock, Runnable onSettled, Environment environment) {
        this.name = name;
        this.interest = interest;
        this.prefetch = prefetch;
        this.lock = lock;
        this.arrived = lock.newCondition();
        this.onSettled = onSettled;
        this.environment = environment;
    }

    String name() {
        return name;
    }

    // What the sockets' thread does, under the lock.

    /** How many events it will hold from here on. */
    int credit() {
        return isClosed ? 0 : prefetch;
    }

    /** Whether it leaves, and nothing is in its hands. */
    boolean isGone() {
        return isClosed && !isBusy;
    }

    /** An event has come; one that it has no place for goes back. */
    void take(Held held) {
        held.enrolment().held++;
        if (isClosed || held.enrolment().held > prefetch) {
            held.settle(Settlement.Kind.RELEASED);
            return;
        }
        ledger.known(1);
        ledger.entered();
        if (held.delivery().deliveryCount() > 1) {
            ledger.duplicates(1);
        }
        queue.addLast(held);
        arrived.signal();
    }

    /** An event has come that cannot be decoded. */
    void unreadable(Enrolment enrolment, int delivery, long sequence) {
        ledger.known(1);
        lose(new Position(enrolment.session, sequence), LossReason.UNREADABLE);
        enrolment.settle(new Settlement(Settlement.Kind.UNREADABLE, delivery, sequence), enrolment.id, enrolment.session);
    }

    /** So many events more were not wanted. */
    void filtered(long count) {
        if (!isClosed) {
            ledger.known(count);
            ledger.filtered(count);
        }
    }

    /** The publisher has taken an event back: unless it is in hand, it has not been seen here. */
    void recall(Enrolment enrolment, long sequence, int delivery) {
        for (Iterator<Held> each = queue.iterator(); each.hasNext();) {
            Held held = each.next();
            if (held.enrolment() == enrolment && held.under() == enrolment.id && held.sequence() == sequence
                    && held.delivery().deliveryCount() == delivery) {
                each.remove();
                giveBack(held);
            }
        }
    }

    /** What came on the connection before is others' now: the publisher has taken it back, or will. */
    void dropBefore(Enrolment enrolment) {
        queue.removeIf(held -> {
            boolean isOld = held.enrolment() == enrolment && held.delivery().position().session() == enrolment.session;
            if (isOld) {
                giveBack(held);
            }
            return isOld;
        });
    }

    private void giveBack(Held held) {
        ledger.left();
        ledger.known(-1);
        returned++;
        held.settle(Settlement.Kind.RELEASED);
    }

    /** The publisher has ended its session, and given up what was not settled. */
    void end(Enrolment enrolment) {
        abandon(Optional.of(enrolment), LossReason.CLOSED);
    }

    void tellTailUnknown(Enrolment enrolment) {
        lock.tellLater(environment, new Notice.TailUnknown(name, enrolment.session, enrolment.lastSequence));
    }

    // What its owner does.

    /** Leaves: what waits goes back. */
    void close() {
        lock.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                abandon(Optional.empty(), LossReason.LEFT);
                arrived.signalAll();
                onSettled.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives up what waits, from one publisher or from all; one gap for as much as follows in order. */
    private void abandon(Optional<Enrolment> from, LossReason reason) {
        ArrayDeque<Gap> lost = new ArrayDeque<>();
        queue.removeIf(held -> {
            if (from.isPresent() && from.get() != held.enrolment()) {
                return false;
            }
            Position at = held.delivery().position();
            ledger.left();
            ledger.lost(reason, 1);
            var gap = new Gap(at.session(), at.sequence(), at.sequence(), 1, reason);
            boolean isNext = !lost.isEmpty() && lost.getLast().isAlike(gap) && lost.getLast().to() < gap.from();
            lost.addLast(isNext ? lost.removeLast().merge(gap) : gap);
            held.settle(Settlement.Kind.RELEASED);
            return true;
        });
        gaps.addAll(lost);
        arrived.signalAll();
    }

    private void lose(Position at, LossReason reason) {
        ledger.lost(reason, 1);
        gaps.addLast(new Gap(at.session(), at.sequence(), at.sequence(), 1, reason));
        arrived.signal();
    }

    SubscriberSums sums() {
        lock.lock();
        try {
            return ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    /** How many events went back to their group. */
    long returned() {
        lock.lock();
        try {
            return returned;
        } finally {
            lock.unlock();
        }
    }

    /** Hands what waits to {@code handler}, without waiting; says how many events and gaps that were. */
    int poll(EventHandler handler, int limit) {
        int handed = 0;
        while (handed < limit) {
            Optional<Gap> gap = nextGap();
            Optional<Held> next = gap.isPresent() ? Optional.empty() : next();
            if (gap.isPresent()) {
                tell(gap.get(), handler);
            } else if (next.isPresent()) {
                hand(next.get(), handler);
            } else {
                break;
            }
            handed++;
        }
        return handed;
    }

    /** Waits until something can be polled or it is closed; says {@code false} once it is closed and empty. */
    boolean awaitArrival(long deadlineNs) throws InterruptedException {
        lock.lock();
        try {
            while (queue.isEmpty() && gaps.isEmpty() && !isClosed && deadlineNs - environment.clock().nanoTime() > 0) {
                environment.clock().await(lock, arrived, deadlineNs);
            }
            return !queue.isEmpty() || !gaps.isEmpty() || !isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** What is lost before the next event, if anything is. */
    private Optional<Gap> nextGap() {
        lock.lock();
        try {
            expire();
            return Optional.ofNullable(gaps.pollFirst());
        } finally {
            lock.unlock();
        }
    }

    private Optional<Held> next() {
        lock.lock();
        try {
            Optional<Held> next = Optional.ofNullable(queue.pollFirst());
            isBusy = next.isPresent();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void expire() {
        long nowNs = environment.clock().nanoTime();
        for (Held first = queue.peekFirst(); first != null && first.isExpired(nowNs); first = queue.peekFirst()) {
            queue.removeFirst();
            ledger.left();
            first.settle(Settlement.Kind.EXPIRED);
            lose(first.delivery().position(), LossReason.EXPIRED);
            onSettled.run();
        }
    }

    private void hand(Held held, EventHandler handler) {
        Optional<Throwable> failure = Optional.empty();
        try {
            handler.onEvent(held.delivery());
        } catch (Throwable thrown) {
            // Whatever a stranger's handler throws must not end the thread that serves it.
            failure = Optional.of(thrown);
        }
        finish(held, failure);
    }

    private void finish(Held held, Optional<Throwable> failure) {
        lock.lock();
        try {
            isBusy = false;
            ledger.left();
            if (failure.isEmpty()) {
                ledger.delivered();
                isFailing = false;
                held.settle(Settlement.Kind.ACKNOWLEDGED);
            } else {
                fail(held, failure.get());
            }
            onSettled.run();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Held held, Throwable thrown) {
        note(held.delivery().position(), thrown);
        held.settle(Settlement.Kind.FAILED);
        Delivery delivery = held.delivery();
        if (held.isLast()) {
            ledger.lost(LossReason.FAILED, 1);
            Position at = delivery.position();
            gaps.addFirst(new Gap(at.session(), at.sequence(), at.sequence(), 1, LossReason.FAILED));
        } else {
            ledger.known(-1);
            returned++;
            releaseKey(held);
        }
    }

    /** What follows a failed event of the same key must not overtake it. */
    private void releaseKey(Held failed) {
        Optional<String> key = failed.delivery().event().key();
        if (!failed.enrolment().keepsKeys || key.isEmpty()) {
            return;
        }
        queue.removeIf(held -> {
            boolean isFollower = held.enrolment() == failed.enrolment() && held.delivery().event().key().equals(key);
            if (isFollower) {
                giveBack(held);
            }
            return isFollower;
        });
    }

    private void note(Position at, Throwable thrown) {
        ledger.failure();
        if (!isFailing) {
            isFailing = true;
            lock.tellLater(environment, new Notice.HandlerFailed(name, at, String.valueOf(thrown)));
        }
    }

    private void tell(Gap gap, EventHandler handler) {
        Optional<Throwable> failure = Optional.empty();
        try {
            handler.onGap(gap);
        } catch (Throwable thrown) {
            // As above.
            failure = Optional.of(thrown);
        }
        lock.lock();
        try {
            ledger.gap();
            failure.ifPresent(thrown -> note(new Position(gap.session(), gap.from()), thrown));
            lock.tellLater(environment, new Notice.GapTold(name, gap));
        } finally {
            lock.unlock();
        }
    }
}
