package io.heliograph.udp;

import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;

/**
 * What a publisher has to do whether somebody publishes or not: forgets and asks receivers that are silent, sends what waits and
 * what is due, and says the end. Guarded by the publisher's lock, but for {@link #isDone}; allocates nothing.
 */
final class SenderDuty {

    private static final long LONGEST_WAIT_NS = 1_000_000_000;

    private final SessionSender sender;
    private final Receivers receivers;
    private final Credit credit;
    private final Condition changed;
    private final Consumer<Receivers.Receiver> tellEvicted;
    private volatile boolean isDone;

    /** @param changed signalled when receivers have changed, and at the end */
    SenderDuty(SessionSender sender, Receivers receivers, Credit credit, String address, TellingLock lock, Condition changed,
            Environment environment) {
        this.sender = sender;
        this.receivers = receivers;
        this.credit = credit;
        this.changed = changed;
        this.tellEvicted = gone -> lock.tellLater(environment, new Notice.SubscriberEvicted(address, gone.name()));
    }

    /** Whether the end of the stream has been said, or never will be. Thread-safe. */
    boolean isDone() {
        return isDone;
    }

    /** Does what is due. */
    void doWork(long nowNs) {
        int before = receivers.count();
        receivers.forgetSilent(nowNs, tellEvicted);
        if (receivers.count() != before) {
            credit.apply();
            changed.signalAll();
        }
        if (receivers.takeAskTurn(nowNs)) {
            sender.schedule().sayAt(nowNs);
        }
        if (!sender.isClosed()) {
            sender.doWork(credit.standing(), nowNs);
        } else if (sender.sayEnd(credit.standing(), receivers.subscriptions(), isWaitedFor(), nowNs)) {
            isDone = true;
            changed.signalAll();
        }
    }

    /** Whether somebody is there who has not got everything and is waited for: whoever falls silent is evicted. */
    private boolean isWaitedFor() {
        return sender.isReliable() && receivers.acknowledged() < sender.log().end();
    }

    /** How long until something is due. */
    long untilDueNs(long nowNs) {
        long untilDueNs = Math.min(sender.untilDueNs(nowNs), receivers.untilAskNs(nowNs));
        return isDone ? 0 : Math.min(untilDueNs, LONGEST_WAIT_NS);
    }

    /** Nothing will be sent any more. */
    void abandon() {
        sender.close();
        isDone = true;
        changed.signalAll();
    }
}
