package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import io.heliograph.store.Dialect;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreFullException;
import io.heliograph.store.Write;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

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
    /** What a delivery of a batch counts in a group of outcomes, so that few of them with large batches are enough for a write. */
    private static final long BYTES_IN_A_GROUP = 1 << 10;
    /** What waits longer for its turn is given back. */
    private static final long LONG_NS = Duration.ofSeconds(5).toNanos();
    /** So many times as many as are claimed at once may wait that came straight from where they are stored. */
    private static final int CLAIMS_HANDED_OVER = 4;
    /** What waits in memory for its turn, in all lanes; beyond it only as much is claimed as can be under way. */
    private static final long MOST_HELD_BYTES = 64L << 20;

    private final Outbox outbox;
    private final WebhookClient client;
    private final Environment environment;
    private final NextAttempt nextAttempt;
    private final InsistentWriter writer;
    private final Housekeeping housekeeping;
    private final WriteGroups<Ended, Settled> settlements;
    /** Of those for which others wait. */
    private final WriteGroups<Ended, Settled> awaitedSettlements;
    private final int mostHandedOver;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final ArrayDeque<Lane> restless = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final Thread thread;
    private int underWay;
    private volatile boolean isClosed;

    private record Alarm(long atNs, Lane lane) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.signum(atNs - other.atNs);
        }
    }

    /** An attempt that may be made now. */
    private record Begun(Lane lane, EndpointGate gate, Parcel parcel) {
    }

    /** An attempt that was made. */
    private record Ended(Lane lane, List<Settlement> settlements) {
    }

    /** What came of writing it; the first of a group has what was freed by all of it. */
    private record Settled(Ended ended, Settlement.Freed freed) {
    }

    private Deliveries(Outbox outbox, WebhookClient client, Environment environment) {
        this.outbox = outbox;
        this.client = client;
        this.environment = environment;
        this.nextAttempt = new NextAttempt(outbox.endpoints(), environment);
        this.writer = new InsistentWriter(outbox.store(), environment.clock());
        this.housekeeping = new Housekeeping(outbox, environment, this::wake);
        this.settlements = new WriteGroups<>(outbox.store(), (bytes, write) -> outbox.store().writeInCompany(write), this::write,
                this::settled);
        this.awaitedSettlements = new WriteGroups<>(outbox.store(), (bytes, write) -> outbox.store().writeFromReserve(write), this::write,
                this::settled);
        // Where leases end by themselves and others share the queue, no more than a claim would take.
        this.mostHandedOver = outbox.config().claim() * (outbox.store().dialect() == Dialect.SQLITE ? CLAIMS_HANDED_OVER : 1);
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
            Lane lane = lanes.get(endpoint);
            return lane != null && lane.room() > already && heldBytes.get() < MOST_HELD_BYTES && !isClosed;
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

    private void take(List<DueDelivery> claimed) {
        for (DueDelivery one : claimed) {
            Lane lane = lanes.get(one.endpoint());
            // An endpoint that was removed meanwhile has no lane, nor rows.
            if (lane != null) {
                lane.add(Parcel.of(one));
                stir(lane);
            }
        }
    }

    private void endpointChanged(String id) {
        lock.lock();
        try {
            Lane lane = lanes.get(id);
            Optional<Endpoint> endpoint = outbox.endpoints().find(id);
            if (lane != null && endpoint.isEmpty()) {
                lanes.remove(id);
                lane.takeAll();
            } else if (lane != null && endpoint.get().isActive() && endpoint.get().health().equals(EndpointHealth.GOOD)) {
                lane.reset(endpoint.get(), nowNs());
            }
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
        Optional<Endpoint> endpoint = outbox.endpoints().find(id);
        if (endpoint.isPresent() && !isClosed) {
            Lane lane = lanes.computeIfAbsent(id, name -> new Lane(endpoint.get(), heldBytes, nowNs()));
            lane.moreIsReady();
            stir(lane);
        }
    }

    private void stir(Lane lane) {
        if (lane.stir()) {
            restless.add(lane);
            changed.signalAll();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!isClosed) {
                for (Lane lane = restless.poll(); lane != null; lane = restless.poll()) {
                    lane.calm();
                    move(lane).ifPresent(this::start);
                }
                long nowNs = nowNs();
                while (!alarms.isEmpty() && alarms.peek().atNs() - nowNs <= 0) {
                    Alarm alarm = alarms.remove();
                    if (alarm.lane().wakesAt(alarm.atNs())) {
                        alarm.lane().moreIsReady();
                        stir(alarm.lane());
                    }
                }
                long tidyNs = housekeeping.tidy(nowNs);
                if (restless.isEmpty()) {
                    long nextNs = alarms.isEmpty() ? tidyNs : earlier(alarms.peek().atNs(), tidyNs);
                    environment.clock().await(lock, changed, nextNs);
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it but whoever wants it to end.
            isClosed = true;
        } finally {
            lock.unlock();
        }
    }

    private static long earlier(long oneNs, long otherNs) {
        return oneNs - otherNs < 0 ? oneNs : otherNs;
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
        lane.limit(found.get().spec().limits(), nowNs());
        if (lane.first().filter(this::isLeaseUsedUp).isPresent()) {
            giveBack(lane);
        }
        boolean isBatching = found.get().spec().batch().isPresent();
        int most = most(found.get(), outbox.config().claim());
        int mostHere = most(found.get(), mostHandedOver);
        Optional<Begun> first = Optional.empty();
        while (lane.unsettled() < MOST_UNSETTLED) {
            Optional<String> key = lane.first().flatMap(Parcel::orderKey);
            switch (lane.gate().turn(key, nowNs())) {
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
                        claimMore(lane, sql -> claimBatches(sql, found.get(), lane.gate().room()));
                    }
                    return first;
                }
                case Turn.Now now -> {
                    return andAsk(lane, most, mostHere, first);
                }
                case Turn.At(long atNs, Turn.Wait why) -> {
                    lane.shut();
                    sleep(lane, atNs);
                    if (atNs - nowNs() > LONG_NS) {
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

    /** An attempt is to end while what it is made at is this process's alone; what SQLite keeps is so in any case. */
    private boolean isLeaseUsedUp(Parcel parcel) {
        return outbox.store().dialect() != Dialect.SQLITE
                && parcel.first().leaseMs() - outbox.nowMs() < outbox.config().lease().toMillis() / 2;
    }

    private Optional<Begun> andAsk(Lane lane, int most, int mostHere, Optional<Begun> first) {
        if (lane.wantsMore(most)) {
            claimMore(lane, sql -> claim(sql, lane, most, mostHere));
        }
        lane.open(mostHere);
        return first;
    }

    /** How many of an endpoint may wait here, of so many: what is to be given up to make room must stay in the queue. */
    private int most(Endpoint endpoint, int wanted) {
        boolean givesUp = DeliveryRows.isEvictable(endpoint.spec().policy()) && endpoint.spec().policy().limit().events() < 2L * wanted;
        boolean isCrowded = heldBytes.get() >= MOST_HELD_BYTES;
        return givesUp || isCrowded ? Math.min(endpoint.spec().limits().concurrency(), wanted) : wanted;
    }

    private void sleep(Lane lane, long untilNs) {
        if (lane.sleepUntil(untilNs)) {
            alarms.add(new Alarm(untilNs, lane));
            changed.signalAll();
        }
    }

    /** What cannot go soon is nobody's, so that it may be given up to make room, or handed on. */
    private void giveBack(Lane lane) {
        List<DueDelivery> claimed = lane.takeAll();
        if (!claimed.isEmpty()) {
            Thread.ofVirtual().name("heliograph-webhook-return").start(() -> giveBack(claimed, returned -> wake(lane.endpoint())));
        }
    }

    /** Waits for the disk. */
    private void giveBack(List<DueDelivery> claimed, Consumer<List<DueDelivery>> onDisk) {
        writer.write(sql -> {
            DeliveryRows.release(sql, claimed.stream().map(DueDelivery::id).toList());
            return claimed;
        }, onDisk);
    }

    /** @param isAll whether nothing that is due is left in the queue */
    private record Claim(List<Parcel> due, OptionalLong nextMs, boolean isAll) {
    }

    private void claimMore(Lane lane, Write<Claim> claiming) {
        lane.claimBegins();
        var _ = outbox.store().writeFromReserve(claiming).whenComplete((claim, failure) -> {
            lock.lock();
            try {
                lane.claimEnds();
                if (failure != null) {
                    sleep(lane, nowNs() + AFTER_OWN_FAILURE.toNanos());
                    return;
                }
                claim.due().forEach(lane::add);
                if (claim.isAll()) {
                    lane.nothingIsReady();
                }
                if (claim.nextMs().isPresent()) {
                    long waitMs = claim.nextMs().getAsLong() - outbox.nowMs();
                    if (waitMs <= 0) {
                        lane.moreIsReady();
                    } else {
                        sleep(lane, nowNs() + waitMs * 1_000_000);
                    }
                }
                stir(lane);
            } finally {
                lock.unlock();
            }
        });
    }

    /** What is stored after it, in the same commit too, need not go to a queue that this has emptied; else it would never be empty. */
    private Claim claim(Statements sql, Lane lane, int most, int mostHere) throws SQLException {
        String endpoint = lane.endpoint();
        long nowMs = outbox.nowMs();
        List<DueDelivery> due = DeliveryRows.claim(sql, endpoint, nowMs, nowMs + outbox.config().lease().toMillis(), most);
        OptionalLong nextMs = DeliveryRows.nextDueMs(sql, endpoint);
        boolean isAll = due.size() < most && (nextMs.isEmpty() || nextMs.getAsLong() > nowMs);
        if (isAll) {
            lane.openBehind(mostHere - most - due.size());
        }
        return new Claim(due.stream().map(Parcel::of).toList(), nextMs, isAll);
    }

    private Claim claimBatches(Statements sql, Endpoint endpoint, int most) throws SQLException {
        long nowMs = outbox.nowMs();
        List<Parcel> due = BatchRows.claim(sql, endpoint, nowMs, nowMs + outbox.config().lease().toMillis(), most);
        return new Claim(due, DeliveryRows.nextDueMs(sql, endpoint.id()), false);
    }

    private Begun begin(Lane lane) {
        Parcel parcel = lane.take();
        lane.gate().begin(parcel.orderKey(), nowNs());
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
        long atMs = outbox.nowMs();
        List<DueDelivery> alive = begun.parcel.aliveAt(Instant.ofEpochMilli(atMs));
        AttemptResult result = alive.isEmpty() ? Courier.unsent("its time to live has ended") : send(begun.lane, new Parcel(alive), atMs);
        Optional<Begun> next;
        List<Settlement> settlements;
        lock.lock();
        try {
            begun.gate.end(begun.parcel.orderKey(), result, nowNs());
            settlements = judge(begun, alive, result, atMs);
            if (settlements.isEmpty()) {
                forget(begun.lane, begun.parcel.size());
            }
            next = move(begun.lane);
        } finally {
            lock.unlock();
        }
        if (!settlements.isEmpty()) {
            settle(new Ended(begun.lane, settlements));
        }
        return next;
    }

    private AttemptResult send(Lane lane, Parcel parcel, long atMs) {
        try {
            Optional<Endpoint> endpoint = outbox.endpoints().find(lane.endpoint());
            return endpoint.isEmpty() ? Courier.unsent("its endpoint is gone")
                    : Courier.send(client, endpoint.get().spec(), parcel, Instant.ofEpochMilli(atMs));
        } catch (RuntimeException | Error e) {
            // An Error has closed the client, and was told: the lane must not be left with an attempt that never ends.
            return Courier.unsent("it was not made: " + e);
        }
    }

    /** Nothing is to be written where its endpoint is gone, or it was cut off by the end of this. */
    private List<Settlement> judge(Begun begun, List<DueDelivery> alive, AttemptResult result, long atMs) {
        Optional<Endpoint> endpoint = outbox.endpoints().find(begun.lane.endpoint());
        boolean isCutOff = isClosed && result instanceof AttemptResult.Failed failed && !failed.reason().isEndpoints();
        if (endpoint.isEmpty() || isCutOff && !alive.isEmpty()) {
            return List.of();
        }
        var settlements = new ArrayList<Settlement>();
        for (DueDelivery delivery : begun.parcel.deliveries()) {
            if (delivery.isExpiredAt(Instant.ofEpochMilli(atMs))) {
                settlements.add(new Settlement(delivery, result, atMs, new Settlement.Next.Expired(), Optional.empty()));
            }
        }
        if (!alive.isEmpty()) {
            Settlement.Next next = nextAttempt.after(endpoint.get(), new Parcel(alive), result);
            Optional<EndpointHealth.Next> health = begun.lane.judge(result, outbox.config().patience(), Instant.ofEpochMilli(atMs));
            for (DueDelivery delivery : alive) {
                settlements.add(new Settlement(delivery, result, atMs, next, delivery == alive.getFirst() ? health : Optional.empty()));
            }
        }
        return settlements;
    }

    /** An attempt is not under way any more. */
    private void forget(Lane lane, int deliveries) {
        lane.attemptSettled(deliveries);
        underWay--;
        if (isClosed) {
            changed.signalAll();
        }
    }

    private void settle(Ended ended) {
        WriteGroups<Ended, Settled> groups = ended.settlements.stream().anyMatch(Deliveries::isAwaited) ? awaitedSettlements : settlements;
        var _ = groups.write(ended, BYTES_IN_A_GROUP * (ended.settlements.size() - 1)).whenComplete((done, failure) -> {
            if (failure != null) {
                unsettled(ended, failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
            }
        });
    }

    /** Whether others may go on once it is on disk: those behind it in its order, or the next member of its group. */
    private static boolean isAwaited(Settlement settlement) {
        return settlement.delivery().orderKey().isPresent() || settlement.next() instanceof Settlement.Next.HandedOn;
    }

    /** It is written again while the store is busy or full; one that is closed has ended this, and what was claimed is sent again. */
    private void unsettled(Ended ended, Throwable failure) {
        if (failure instanceof StoreBusyException || failure instanceof StoreFullException) {
            Thread.ofVirtual().name("heliograph-webhook-return").start(() -> {
                if (writer.pause()) {
                    settle(ended);
                }
            });
            return;
        }
        lock.lock();
        try {
            forget(ended.lane, ended.settlements.size());
        } finally {
            lock.unlock();
        }
    }

    private List<Settled> write(Statements sql, List<Ended> group) throws SQLException {
        List<Settlement> all = group.stream().flatMap(ended -> ended.settlements.stream()).toList();
        Settlement.Freed freed = Settlement.writeAll(sql, all, outbox.endpoints(), intake,
                outbox.nowMs() + outbox.config().lease().toMillis());
        var settled = new ArrayList<Settled>(group.size());
        for (Ended ended : group) {
            settled.add(new Settled(ended, settled.isEmpty() ? freed : Settlement.Freed.NOTHING));
        }
        return settled;
    }

    /** They are on disk; on the store's thread. */
    private void settled(List<Settled> group) {
        for (Settled one : group) {
            Ended ended = one.ended;
            ended.settlements.stream().flatMap(settlement -> settlement.health().stream()).forEach(health -> {
                outbox.endpoints().healthChanged(ended.lane.endpoint(), health);
                tell(ended.lane.endpoint(), health.change());
            });
        }
        lock.lock();
        try {
            for (Settled one : group) {
                settled(one);
            }
        } finally {
            lock.unlock();
        }
    }

    private void settled(Settled one) {
        Lane lane = one.ended.lane;
        forget(lane, one.ended.settlements.size());
        take(one.freed.claimed());
        one.freed.ready().forEach(this::wakeNow);
        for (Settlement settlement : one.ended.settlements) {
            settled(lane, settlement.next());
        }
        stir(lane);
    }

    private void settled(Lane lane, Settlement.Next next) {
        switch (next) {
            case Settlement.Next.Done done -> { }
            // It is not there before; else each failure would cost a look into the queue.
            case Settlement.Next.Again(long dueMs) -> sleep(lane, nowNs() + Math.max(0, dueMs - outbox.nowMs()) * 1_000_000);
            case Settlement.Next.HandedOn(String to, long dueMs) -> {
                lane.moreIsReady();
                wakeNow(to);
            }
            case Settlement.Next.Parked parked -> lane.moreIsReady();
            case Settlement.Next.Expired expired -> lane.moreIsReady();
            case Settlement.Next.GivenUp givenUp -> lane.moreIsReady();
        }
    }

    /** Listeners may be slow, and the store's thread must not wait for them. */
    private void tell(String id, EndpointHealth.Change change) {
        Optional<Endpoint> endpoint = outbox.endpoints().find(id);
        if (change != EndpointHealth.Change.NONE && endpoint.isPresent()) {
            Thread.ofVirtual().name("heliograph-webhook-notice").start(() -> Notices.tell(outbox, environment, endpoint.get(), change));
        }
    }

    private long nowNs() {
        return environment.clock().nanoTime();
    }

    /** Begins no more attempts, waits for those that run, 10 s at most, and gives back what waits for its turn. Idempotent. */
    @Override
    public void close() {
        outbox.handTo(Handover.NONE);
        var left = new ArrayList<DueDelivery>();
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
            long deadlineNs = nowNs() + LINGER.toNanos();
            while (underWay > 0 && deadlineNs - nowNs() > 0) {
                environment.clock().await(lock, changed, deadlineNs);
            }
            lanes.values().forEach(lane -> left.addAll(lane.takeAll()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (!left.isEmpty()) {
            giveBack(left, returned -> { });
        }
    }
}
