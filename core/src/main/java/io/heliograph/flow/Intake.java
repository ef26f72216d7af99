package io.heliograph.flow;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * One subscription's way from the wire to its handler. Every transport feeds one of these, so that places, filters,
 * admission, gaps and sums work the same everywhere.
 *
 * <pre>
 *  transport's thread, by SessionIntake                            handler's thread
 *
 *  offer, skip, lose, ----> place ----> filter ----> Admission ----> Backlog ----> poll ----> handler
 *  known, end                 |            |             |              |            |           |
 *                          duplicate    filtered     lost, gap      lost, gap     in hand    delivered, or filtered
 * </pre>
 *
 * <p>The filter is by topic; a condition on the event itself is asked in front of the handler, on its thread, since it may take
 * its time. An event is in flight from its admission until its handler has returned. All state is guarded by one lock, which
 * several intakes under one publisher may share; the handler runs outside it. Thread-safe, but for {@link #poll}, which
 * belongs to one thread at a time.
 */
public final class Intake {

    private final String name;
    private final Environment environment;
    private final TellingLock lock;
    private final IntakeNotices notices;
    private final Condition arrived;
    private final Runnable onRoom;
    private final Interest interest;
    private final Backlog backlog = new MemoryBacklog(this::onGivenUp);
    private final Map<Long, SessionIntake> sessions = new HashMap<>();
    private SubscriberSums endedSessions = SubscriberSums.ZERO;
    private Optional<FlowPolicy> asked;
    private long handed;
    private boolean isClosed;

    /**
     * @param name        who this is in notices, such as {@code prices.> at local:prices}
     * @param lock        guards this intake, and may guard others
     * @param onRoom      called under the lock whenever an event has left the backlog
     * @param environment clock and listener
     */
    public Intake(String name, Interest interest, TellingLock lock, Runnable onRoom, Environment environment) {
        this.name = name;
        this.interest = interest;
        this.asked = interest.policy();
        this.lock = lock;
        this.notices = new IntakeNotices(name, lock, environment);
        this.arrived = lock.newCondition();
        this.onRoom = onRoom;
        this.environment = environment;
    }

    /** Whether the topic filter wants {@code topic}. */
    public boolean wants(String topic) {
        return interest.filter().matches(topic);
    }

    /**
     * Begins a session at {@code sequence}: what came before is not this subscriber's. A session that has ended, and of
     * which something still waits here, is taken up again where it was.
     *
     * @throws IllegalStateException if the session has begun and not ended
     */
    public SessionIntake join(long session, long sequence) {
        lock.lock();
        try {
            SessionIntake known = sessions.get(session);
            if (known == null) {
                known = new SessionIntake(this, session, sequence);
                sessions.put(session, known);
            } else if (!known.resume()) {
                throw new IllegalStateException("session " + session + " has begun at " + name);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands what waits to {@code handler}, without waiting.
     *
     * @return how many events and gaps were handed out, or filtered by the interest's condition
     */
    public int poll(EventHandler handler, int limit) {
        int handed = 0;
        while (handed < limit) {
            Optional<Inbound> next = takeNext();
            if (next.isEmpty()) {
                break;
            }
            hand(next.get(), handler);
            handed++;
        }
        return handed;
    }

    /**
     * Waits until something can be polled, the intake is closed, or {@code deadlineNs} has come.
     *
     * @return whether it may be worth polling again: {@code false} once closed and empty
     */
    public boolean awaitArrival(long deadlineNs) throws InterruptedException {
        lock.lock();
        try {
            while (backlog.isEmpty() && !isClosed && deadlineNs - environment.clock().nanoTime() > 0) {
                environment.clock().await(lock, arrived, deadlineNs);
            }
            return !backlog.isEmpty() || !isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Puts another policy in force for what arrives from now on. */
    public void replacePolicy(FlowPolicy policy) {
        lock.lock();
        try {
            asked = Optional.of(policy);
            onRoom.run();
        } finally {
            lock.unlock();
        }
    }

    /** Leaves: what waits is lost(left), and what arrives later is nobody's. Idempotent. */
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            backlog.abandon(LossReason.LEFT);
            arrived.signalAll();
            onRoom.run();
        } finally {
            lock.unlock();
        }
    }

    /** The sums of all sessions together, at one moment. */
    public SubscriberSums sums() {
        lock.lock();
        try {
            SubscriberSums all = endedSessions;
            for (SessionIntake session : sessions.values()) {
                all = all.plus(session.ledger.sums());
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Gaps that were not told because too many waited; what they stood for is counted as lost. */
    public long untoldGaps() {
        lock.lock();
        try {
            return backlog.untoldGaps();
        } finally {
            lock.unlock();
        }
    }

    /** How many events wait for the handler now. */
    public int waiting() {
        lock.lock();
        try {
            return backlog.events();
        } finally {
            lock.unlock();
        }
    }

    /** How many events the handler has been handed so far. */
    public long handed() {
        lock.lock();
        try {
            return handed;
        } finally {
            lock.unlock();
        }
    }

    /** What the backlog would do with an event of {@code sizeBytes} under {@code ceiling}, now. */
    public Admission.Verdict judge(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        lock.lock();
        try {
            return backlog.judge(policyUnder(ceiling), sizeBytes, waitedNs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How this intake treats what it has no room for, under {@code ceiling}: whether its publisher must not go on, the
     * transport keeps it, or it is given up.
     */
    public FlowPolicy policy(FlowPolicy ceiling) {
        lock.lock();
        try {
            return policyUnder(ceiling);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether an event of {@code sizeBytes} may be offered now, under {@code ceiling}: a policy that waits has room for it;
     * always so where the policy gives up, and where nothing waits.
     */
    public boolean hasRoom(FlowPolicy ceiling, int sizeBytes) {
        lock.lock();
        try {
            FlowPolicy policy = policyUnder(ceiling);
            if (!policy.waits() || backlog.events() == 0) {
                return true;
            }
            Admission.Verdict verdict = backlog.judge(policy, sizeBytes, 0);
            return verdict != Admission.Verdict.WAIT && verdict != Admission.Verdict.BACK_PRESSURED;
        } finally {
            lock.unlock();
        }
    }

    /** How long a publisher under {@code ceiling} may wait for this intake. */
    public Duration maxWait(FlowPolicy ceiling) {
        lock.lock();
        try {
            return policyUnder(ceiling).maxWait();
        } finally {
            lock.unlock();
        }
    }

    // What SessionIntake does under the lock.

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    boolean isClosed() {
        return isClosed;
    }

    void admit(SessionIntake session, Delivery delivery, FlowPolicy ceiling, long waitedNs) {
        FlowPolicy policy = policyUnder(ceiling);
        Admission.Verdict verdict = backlog.offer(delivery, policy, waitedNs, environment.clock().nanoTime());
        if (verdict.takes()) {
            session.ledger.entered();
            arrived.signal();
        } else {
            session.ledger.lost(LossReason.OVERFLOW, 1);
            long sequence = delivery.position().sequence();
            tell(new Gap(delivery.position().session(), sequence, sequence, 1, LossReason.OVERFLOW));
            notices.slow(LossReason.OVERFLOW);
        }
    }

    void tell(Gap gap) {
        backlog.append(gap);
        arrived.signal();
        notices.untoldGaps(backlog.untoldGaps());
    }

    void tellTailUnknown(long session, long sequence) {
        notices.tailUnknown(session, sequence);
    }

    void forgetIfDone(SessionIntake session) {
        if (session.isEnded() && session.ledger.sums().inFlight() == 0) {
            if (sessions.remove(session.session(), session)) {
                endedSessions = endedSessions.plus(session.ledger.sums());
            }
        }
    }

    private FlowPolicy policyUnder(FlowPolicy ceiling) {
        return asked.isPresent() && FlowPolicy.isAllowedUnder(ceiling, asked.get()) ? asked.get() : ceiling;
    }

    private Optional<Inbound> takeNext() {
        lock.lock();
        try {
            Optional<Inbound> next = backlog.poll(environment.clock().nanoTime());
            if (next.isPresent() && next.get() instanceof Delivery) {
                handed++;
                onRoom.run();
            }
            if (backlog.isEmpty()) {
                notices.caughtUp();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void hand(Inbound inbound, EventHandler handler) {
        switch (inbound) {
            case Delivery delivery -> {
                Asked asked = ask(delivery);
                Optional<Throwable> failure = asked.isWanted() ? run(() -> handler.onEvent(delivery)) : asked.failure();
                finish(delivery, failure, asked.isWanted());
                if (failure.isPresent()) {
                    hand(failed(delivery.position()), handler);
                }
            }
            case Gap gap -> {
                Optional<Throwable> failure = run(() -> handler.onGap(gap));
                finish(gap, failure);
            }
        }
    }

    private static Gap failed(Position position) {
        return new Gap(position.session(), position.sequence(), position.sequence(), 1, LossReason.FAILED);
    }

    /** A handler at work. */
    @FunctionalInterface
    private interface Handling {
        void run() throws Exception;
    }

    /** What the interest's condition says of an event. */
    private record Asked(boolean isWanted, Optional<Throwable> failure) {
        static final Asked WANTED = new Asked(true, Optional.empty());
        static final Asked UNWANTED = new Asked(false, Optional.empty());
    }

    private Asked ask(Delivery delivery) {
        if (interest.condition().isEmpty()) {
            return Asked.WANTED;
        }
        try {
            return interest.condition().get().test(delivery.event()) ? Asked.WANTED : Asked.UNWANTED;
        } catch (Throwable thrown) {
            return new Asked(false, Optional.of(thrown));
        }
    }

    /** Whatever a stranger's handler throws, an Error included, must not end the thread that serves it. */
    private static Optional<Throwable> run(Handling handling) {
        try {
            handling.run();
            return Optional.empty();
        } catch (Throwable thrown) {
            return Optional.of(thrown);
        }
    }

    private void finish(Delivery delivery, Optional<Throwable> failure, boolean isWanted) {
        lock.lock();
        try {
            SessionIntake session = session(delivery.position());
            session.ledger.left();
            if (failure.isPresent()) {
                session.ledger.lost(LossReason.FAILED, 1);
                noteFailure(session.ledger, delivery.position(), failure.get());
            } else if (isWanted) {
                session.ledger.delivered();
                notices.handled();
            } else {
                session.ledger.filtered();
            }
            forgetIfDone(session);
        } finally {
            lock.unlock();
        }
    }

    private void finish(Gap gap, Optional<Throwable> failure) {
        lock.lock();
        try {
            SubscriberLedger ledger = Optional.ofNullable(sessions.get(gap.session()))
                    .map(session -> session.ledger)
                    .orElseGet(SubscriberLedger::new);
            ledger.gap();
            failure.ifPresent(thrown -> noteFailure(ledger, new Position(gap.session(), gap.from()), thrown));
            if (!sessions.containsKey(gap.session())) {
                endedSessions = endedSessions.plus(ledger.sums());
            }
            notices.gapTold(gap);
        } finally {
            lock.unlock();
        }
    }

    void noteFailure(SubscriberLedger ledger, Position position, Throwable thrown) {
        ledger.failure();
        notices.failed(position, thrown);
    }

    private void onGivenUp(Delivery delivery, LossReason reason) {
        SessionIntake session = session(delivery.position());
        session.ledger.left();
        session.ledger.lost(reason, 1);
        if (reason == LossReason.OVERFLOW || reason == LossReason.CONFLATED) {
            notices.slow(reason);
        }
        notices.untoldGaps(backlog.untoldGaps());
        onRoom.run();
        forgetIfDone(session);
    }

    /** The session that an event in flight belongs to; it is kept at least until that event has left. */
    private SessionIntake session(Position position) {
        return Objects.requireNonNull(sessions.get(position.session()), "an event in flight has a session");
    }
}
