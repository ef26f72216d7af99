package io.heliograph.webhook;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.store.Dialect;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends what an {@link Outbox} keeps, until it is closed.
 *
 * <pre>
 *   stored, and nothing waits before it
 *   -----------------------------------------.
 *   something is ready, or due      claim    v              gate                    one attempt, one virtual thread
 *   ------------------------> Lane ------> claimed ---------------------> WebhookClient ------------> settlement, on disk,
 *        one for each endpoint                    its turn                                            with many others
 *                 ^                                                                                       |
 *                 '------------------ due again, or the next one of its key ------------------------------'
 * </pre>
 *
 * <p>What is claimed and not settled when the process ends is sent again, with the same {@code webhook-id}: at least once, and
 * at most as many twice as were under way. A dead endpoint holds no thread: its lane sleeps.
 *
 * <p>Thread-safe. Owns the daemon thread {@code heliograph-webhook-deliveries}, and virtual threads: up to an endpoint's concurrency
 * named {@code heliograph-webhook-attempt}, {@code heliograph-webhook-return} where what was claimed is given back, or is written
 * again after a while, and {@code heliograph-webhook-notice}.
 */
public final class Deliveries implements AutoCloseable {

    static final Duration AFTER_OWN_FAILURE = Duration.ofSeconds(5);
    private static final Duration LINGER = Duration.ofSeconds(10);
    /** So many outcomes of one endpoint may be on their way to the disk, beside those that run and one batch. */
    private static final int MOST_UNSETTLED = 1_024;
    /** What waits longer for its turn is given back. */
    private static final long LONG_NS = Duration.ofSeconds(5).toNanos();
    /** So many times as many as are claimed at once may wait that came straight from where they are stored. */
    private static final int CLAIMS_HANDED_OVER = 4;

    private final Outbox outbox;
    private final Clock clock;
    private final Claims claims;
    private final Attempts attempts;
    private final Outcomes outcomes;
    private final Housekeeping housekeeping;
    private final int mostHandedOver;
    private final boolean isAlone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Rota rota = new Rota(changed);
    private final Lanes lanes;
    private final Thread thread;
    private int underWay;
    private volatile boolean isClosed;

    /** An attempt that may be made now. */
    private record Begun(Lane lane, EndpointGate gate, Parcel parcel) {
    }

    private Deliveries(Outbox outbox, WebhookClient client, Environment environment) {
        this.outbox = outbox;
        this.clock = environment.clock();
        var writer = new InsistentWriter(outbox.store(), clock);
        this.claims = new Claims(outbox, writer);
        this.attempts = new Attempts(outbox, client, environment);
        this.outcomes = new Outcomes(outbox, writer, environment, intake, sequel);
        this.housekeeping = new Housekeeping(outbox, environment, this::wake);
        this.lanes = new Lanes(outbox.endpoints(), clock, rota);
        // Where leases end by themselves and others share the queue, no more than a claim would take.
        this.isAlone = outbox.store().dialect() == Dialect.SQLITE;
        this.mostHandedOver = outbox.config().claim() * (isAlone ? CLAIMS_HANDED_OVER : 1);
        this.thread = Thread.ofPlatform().daemon().name("heliograph-webhook-deliveries").unstarted(this::run);
    }

    /**
     * Begins to send. What a process before this one had claimed is ready again.
     *
     * @param client not closed by this
     */
    public static Deliveries start(Outbox outbox, WebhookClient client, Environment environment) {
        var deliveries = new Deliveries(outbox, client, environment);
        deliveries.housekeeping.begin();
        outbox.handTo(deliveries.intake);
        outbox.endpoints().onChange(deliveries::endpointChanged);
        outbox.endpoints().all().forEach(endpoint -> deliveries.wake(endpoint.id()));
        deliveries.thread.start();
        return deliveries;
    }

    /** How many attempts run, or are not on disk yet. */
    public int underWay() {
        lock.lock();
        try {
            return underWay;
        } finally {
            lock.unlock();
        }
    }

    private final Handover intake = new Handover() {
        @Override
        public boolean takes(String endpoint, int already, int bytes) {
            return lanes.takes(endpoint, already) && !isClosed;
        }

        @Override
        public boolean takesBehind(Endpoint endpoint, int already) {
            return isAlone && lanes.takesBehind(endpoint, already) && !isClosed && !mayGiveUp(endpoint);
        }

        @Override
        public List<String> withoutNext(String endpoint, List<String> keys) {
            lock.lock();
            try {
                return lanes.withoutNext(endpoint, keys);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void stored(List<DueDelivery> claimed, Set<String> ready) {
            lock.lock();
            try {
                take(claimed);
                ready.forEach(Deliveries.this::wakeNow);
            } finally {
                lock.unlock();
            }
        }
    };

    private void endpointChanged(String id) {
        lock.lock();
        try {
            lanes.changed(id);
            wakeNow(id);
        } finally {
            lock.unlock();
        }
    }

    /** Something of an endpoint may be ready. */
    private void wake(String id) {
        lock.lock();
        try {
            wakeNow(id);
        } finally {
            lock.unlock();
        }
    }

    private void wakeNow(String id) {
        if (!isClosed) {
            lanes.wake(id);
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!isClosed) {
                for (Optional<Lane> lane = rota.next(); lane.isPresent(); lane = rota.next()) {
                    move(lane.get()).ifPresent(this::start);
                }
                long nowNs = clock.nanoTime();
                rota.wakeDue(nowNs);
                long tidyNs = housekeeping.tidy(nowNs);
                if (rota.isCalm()) {
                    clock.await(lock, changed, rota.nextNs(tidyNs));
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it but whoever wants it to end.
            isClosed = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins what may begin, and asks for more.
     *
     * @return one that the caller's thread is to make; the others have threads of their own
     */
    private Optional<Begun> move(Lane lane) {
        Optional<Endpoint> found = outbox.endpoints().find(lane.endpoint());
        if (isClosed) {
            return Optional.empty();
        }
        if (found.isEmpty() || !found.get().isActive()) {
            lane.shut();
            giveBack(lane);
            return Optional.empty();
        }
        lane.limit(found.get().spec().limits(), clock.nanoTime());
        lane.follow(found.get().spec().limits().ordering());
        if (lane.first().filter(claims::isLeaseUsedUp).isPresent()) {
            giveBack(lane);
        }
        boolean isBatching = found.get().spec().batch().isPresent();
        int most = most(found.get(), outbox.config().claim());
        int mostHere = most(found.get(), mostHandedOver);
        lane.openKeys(isBatching ? 0 : mostHere);
        Optional<Begun> first = Optional.empty();
        while (lane.unsettled() < MOST_UNSETTLED) {
            Optional<String> key = lane.first().flatMap(Parcel::orderKey);
            switch (lane.gate().turn(key, clock.nanoTime())) {
                case Turn.Now now when lane.first().isPresent() -> {
                    Begun begun = begin(lane);
                    if (first.isPresent()) {
                        start(begun);
                    } else {
                        first = Optional.of(begun);
                    }
                }
                case Turn.Now now when isBatching -> {
                    lane.shut();
                    if (lane.wantsBatches()) {
                        claimMore(lane, 0, claims.takeBatches(found.get(), lane.gate().room()));
                    }
                    return first;
                }
                case Turn.Now now -> {
                    return andAsk(lane, most, mostHere, first);
                }
                case Turn.At(long atNs, Turn.Wait why) -> {
                    lane.shut();
                    rota.sleep(lane, atNs);
                    if (atNs - clock.nanoTime() > LONG_NS) {
                        giveBack(lane);
                    }
                    return first;
                }
                case Turn.AfterAnother(Turn.Wait why) when why == Turn.Wait.BREAKER || isBatching -> {
                    lane.shut();
                    return first;
                }
                case Turn.AfterAnother(Turn.Wait why) -> {
                    return andAsk(lane, most, mostHere, first);
                }
            }
        }
        return isBatching ? first : andAsk(lane, most, mostHere, first);
    }

    private Optional<Begun> andAsk(Lane lane, int most, int mostHere, Optional<Begun> first) {
        if (lane.wantsMore(most)) {
            claimMore(lane, mostHere, claims.take(lane.endpoint(), most, count -> lane.openBehind(mostHere - most - count)));
        }
        lane.open(mostHere);
        return first;
    }

    /** How many of an endpoint may wait here, of so many: what is to be given up to make room must stay in the queue. */
    private int most(Endpoint endpoint, int wanted) {
        boolean givesUp = DeliveryRows.isEvictable(endpoint.spec().policy()) && endpoint.spec().policy().limit().events() < 2L * wanted;
        return givesUp || lanes.isCrowded() ? Math.min(endpoint.spec().limits().concurrency(), wanted) : wanted;
    }

    /** Whether what is behind others of its key may be given up soon, to make room or for one that comes: then it must stay in the queue. */
    private boolean mayGiveUp(Endpoint endpoint) {
        FlowPolicy policy = endpoint.spec().policy();
        boolean isSmall = policy.limit().events() < 2L * mostHandedOver || policy.limit().bytes() < Lanes.MOST_HELD_BYTES;
        return DeliveryRows.isConflating(policy) || DeliveryRows.isEvictable(policy) && isSmall;
    }

    /** What cannot go soon is nobody's, so that it may be given up to make room, or handed on. */
    private void giveBack(Lane lane) {
        giveBack(lane, lane.takeAll());
    }

    private void giveBack(Lane lane, List<DueDelivery> claimed) {
        if (!claimed.isEmpty()) {
            lane.goBack(claimed);
            Thread.ofVirtual().name("heliograph-webhook-return").start(() -> claims.giveBack(claimed, returned -> areBack(lane, returned)));
        }
    }

    private void areBack(Lane lane, List<DueDelivery> returned) {
        lock.lock();
        try {
            lane.areBack(returned);
            wakeNow(lane.endpoint());
        } finally {
            lock.unlock();
        }
    }

    /** @param mostHere how many may wait here once its queue is empty */
    private void claimMore(Lane lane, int mostHere, CompletableFuture<Claims.Claim> claiming) {
        lane.claimBegins();
        var _ = claiming.whenComplete((claim, failure) -> {
            lock.lock();
            try {
                lane.claimEnds();
                if (failure != null) {
                    rota.sleep(lane, clock.nanoTime() + AFTER_OWN_FAILURE.toNanos());
                    return;
                }
                var back = new ArrayList<DueDelivery>();
                for (Parcel parcel : claim.due()) {
                    if (!lane.add(parcel)) {
                        back.addAll(parcel.deliveries());
                    }
                }
                giveBack(lane, back);
                if (claim.isAll()) {
                    lane.nothingIsReady();
                }
                if (claim.nextMs().isPresent()) {
                    long waitMs = claim.nextMs().getAsLong() - outbox.nowMs();
                    if (waitMs <= 0) {
                        lane.moreIsReady();
                    } else {
                        rota.sleep(lane, clock.nanoTime() + waitMs * 1_000_000);
                    }
                }
                if (claim.isAll()) {
                    // Now, and not when somebody looks at the lane: what is stored in the next commit would go to the queue.
                    lane.open(mostHere);
                }
                rota.stir(lane);
            } finally {
                lock.unlock();
            }
        });
    }

    private Begun begin(Lane lane) {
        Parcel parcel = lane.take();
        lane.gate().begin(parcel.orderKey(), clock.nanoTime());
        lane.attemptBegins(parcel.size());
        underWay++;
        return new Begun(lane, lane.gate(), parcel);
    }

    private void start(Begun begun) {
        Thread.ofVirtual().name("heliograph-webhook-attempt").start(() -> work(begun));
    }

    /** Makes one attempt after the other, as long as its lane has one; whatever happens, the lane goes on. */
    private void work(Begun begun) {
        Optional<Begun> next = Optional.of(begun);
        while (next.isPresent()) {
            next = attempt(next.get());
        }
    }

    private Optional<Begun> attempt(Begun begun) {
        Instant at = Instant.ofEpochMilli(outbox.nowMs());
        AttemptResult result = attempts.make(begun.parcel, at);
        Optional<Begun> next;
        List<Settlement> settlements;
        lock.lock();
        try {
            begun.gate.end(begun.parcel.orderKey(), result, clock.nanoTime());
            settlements = isCutOff(begun.parcel, result, at) ? List.of() : attempts.judge(begun.lane, begun.parcel, result, at);
            if (settlements.isEmpty()) {
                forget(begun.lane, begun.parcel.size());
            }
            next = move(begun.lane);
        } finally {
            lock.unlock();
        }
        if (!settlements.isEmpty()) {
            outcomes.settle(new Outcomes.Ended(begun.lane, settlements));
        }
        return next;
    }

    /** By the end of this: it is made again in the next process. */
    private boolean isCutOff(Parcel parcel, AttemptResult result, Instant at) {
        return isClosed && result instanceof AttemptResult.Failed failed && !failed.reason().isEndpoints()
                && !parcel.aliveAt(at).isEmpty();
    }

    /** An attempt is not under way any more. */
    private void forget(Lane lane, int deliveries) {
        lane.attemptSettled(deliveries);
        underWay--;
        if (isClosed) {
            changed.signalAll();
        }
    }

    private final Outcomes.Sequel sequel = new Outcomes.Sequel() {
        @Override
        public void settled(List<Outcomes.Settled> group) {
            lock.lock();
            try {
                group.forEach(Deliveries.this::settled);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void forgotten(Outcomes.Ended ended) {
            lock.lock();
            try {
                forget(ended.lane(), ended.settlements().size());
            } finally {
                lock.unlock();
            }
        }
    };

    private void settled(Outcomes.Settled one) {
        Lane lane = one.ended().lane();
        forget(lane, one.ended().settlements().size());
        take(one.freed().claimed());
        one.freed().ready().forEach(this::wakeNow);
        for (Settlement settlement : one.ended().settlements()) {
            if (settlement.next() instanceof Settlement.Next.Done) {
                lane.delivered(settlement.delivery());
            } else {
                lane.undelivered(settlement.delivery());
            }
            settled(lane, settlement.next());
        }
        rota.stir(lane);
    }

    private void take(List<DueDelivery> claimed) {
        lanes.take(claimed).forEach(this::giveBack);
    }

    private void settled(Lane lane, Settlement.Next next) {
        switch (next) {
            case Settlement.Next.Done done -> { }
            // It is not there before; else each failure would cost a look into the queue.
            case Settlement.Next.Again(long dueMs) ->
                rota.sleep(lane, clock.nanoTime() + Math.max(0, dueMs - outbox.nowMs()) * 1_000_000);
            case Settlement.Next.HandedOn(String to, long dueMs) -> {
                lane.moreIsReady();
                wakeNow(to);
            }
            case Settlement.Next.Parked parked -> lane.moreIsReady();
            case Settlement.Next.Expired expired -> lane.moreIsReady();
            case Settlement.Next.GivenUp givenUp -> lane.moreIsReady();
        }
    }

    /** Begins no more attempts, waits for those that run, 10 s at most, and gives back what waits for its turn. Idempotent. */
    @Override
    public void close() {
        outbox.handTo(Handover.NONE);
        List<DueDelivery> left = List.of();
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
            long deadlineNs = clock.nanoTime() + LINGER.toNanos();
            while (underWay > 0 && deadlineNs - clock.nanoTime() > 0) {
                clock.await(lock, changed, deadlineNs);
            }
            left = lanes.takeAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (!left.isEmpty()) {
            claims.giveBack(left, returned -> { });
        }
    }
}
