package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.discovery.Announcement;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Hands each event to one member of each group of workers that wants it, and again to another if the one does not acknowledge
 * it: at least once, with a number of deliveries after which it is a dead letter.
 *
 * <p>An event is accepted where a worker is there to take it, or refused as {@code NOT_CONNECTED}. Each group has a queue of
 * its own under the policy.
 *
 * <p>Thread-safe. Starts one daemon thread, {@code heliograph-zmq-publisher ADDRESS}, which alone uses the sockets, and
 * JeroMQ's own two (see {@link Sockets}). Allocates each event's bytes, which all groups share, and for each group a small
 * object.
 */
public final class ZmqWorkPublisher implements Publisher {

    private static final Duration LONGEST_LINGER = Duration.ofMinutes(10);

    /** Each of their characters takes at most three bytes. */
    private static final int SHORT_FIELDS = 16 << 10;

    private final WorkConfig config;
    private final Environment environment;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final long session;
    private final WorkGroups groups;
    private final RemoteWorkers workers;
    private final DeadLetters deadLetters;
    private final WorkPublisherPorts ports;
    private FlowPolicy policy;
    private long nextSequence;
    private boolean isClosed;
    private Optional<Announcement> announcement = Optional.empty();

    private ZmqWorkPublisher(WorkConfig config, FlowPolicy policy, Environment environment) {
        this.config = config;
        this.policy = config.requirePossible(policy);
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        this.deadLetters = new DeadLetters(config.deadLetter());
        WorkRules rules = WorkRules.of(config);
        this.groups = new WorkGroups(config, rules, lock, environment, this::onDeadLetter);
        this.workers = new RemoteWorkers(session, config, groups, lock, environment);
        this.ports = new WorkPublisherPorts(config, rules, session, groups, workers, lock, new Desk(), this::onFailure, environment);
    }

    /**
     * Opens a publisher, whose thread runs.
     *
     * @throws io.heliograph.ConfigException    for a policy that cannot be done
     * @throws io.heliograph.HeliographException if a port cannot be bound
     */
    static ZmqWorkPublisher open(WorkConfig config, FlowPolicy policy, Environment environment) {
        var publisher = new ZmqWorkPublisher(config, policy, environment);
        publisher.ports.open();
        return publisher;
    }

    /**
     * Has it announced from here on, until it is closed.
     *
     * @throws RuntimeException if it cannot be; this is closed then
     */
    ZmqWorkPublisher announced(Optional<Announcing> asked) {
        try {
            announcement = asked.map(announcing -> announcing.open(environment));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        return this;
    }

    @Override
    public PublishResult publish(Event event) {
        lock.lock();
        try {
            return offer(event, 0);
        } finally {
            lock.unlock();
        }
    }

    /** @param waitedNs how long the event has waited already, for one that must not */
    private PublishResult offer(Event event, long waitedNs) {
        int size = event.size();
        boolean isTooLarge = size > config.limits().eventBytes() || !fitsFrame(event, size);
        return offer(event.topic(), size, isTooLarge, waitedNs, nowNs -> Parcel.of(nextSequence, event, nowNs));
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        Topic.require(topic);
        lock.lock();
        try {
            int size = PackedEntries.size(topic.length(), length);
            return offer(topic, size, size > config.limits().eventBytes(), 0,
                    nowNs -> Parcel.of(nextSequence, topic, bytes, from, length, size, nowNs));
        } finally {
            lock.unlock();
        }
    }

    private PublishResult offer(String topic, int size, boolean isTooLarge, long waitedNs, Function<Long, Parcel> packing) {
        if (isTooLarge) {
            return ledger.count(isClosed ? PublishResult.CLOSED : PublishResult.TOO_LARGE);
        }
        PublishResult result = admit(topic, size, waitedNs);
        if (result == PublishResult.ACCEPTED) {
            Parcel parcel = packing.apply(environment.clock().nanoTime());
            for (WorkGroup group : groups.all()) {
                if (group.takes(topic)) {
                    group.accept(parcel, policy);
                } else {
                    group.skip();
                }
            }
            nextSequence++;
            ports.wakeUp();
        }
        return ledger.count(result);
    }

    /** Whether a frame can hold the event: whatever its few fields are, if they are short. */
    private static boolean fitsFrame(Event event, int size) {
        return size - event.dataLength() < SHORT_FIELDS
                || FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC) != Integer.MAX_VALUE;
    }

    /** Waits as the policy says, until the event may go to every group that takes it, or says why it may not. */
    private PublishResult admit(String topic, int size, long alreadyWaitedNs) {
        long startNs = environment.clock().nanoTime() - alreadyWaitedNs;
        while (!isClosed) {
            long nowNs = environment.clock().nanoTime();
            if (size > policy.limit().bytes()) {
                return PublishResult.TOO_LARGE;
            }
            if (!groups.hasTaker(topic)) {
                return PublishResult.NOT_CONNECTED;
            }
            Verdict verdict = groups.judge(topic, policy, size, nowNs - startNs, nowNs);
            switch (verdict) {
                case ADMIT -> {
                    return PublishResult.ACCEPTED;
                }
                case DROP -> {
                    return PublishResult.DROPPED;
                }
                case BACK_PRESSURED -> {
                    return PublishResult.BACK_PRESSURED;
                }
                default -> {
                    long untilOverNs = policy.maxWait().toNanos() - (nowNs - startNs);
                    if (!awaitRoom(nowNs + Math.min(untilOverNs, groups.untilAbandonedNs(topic, nowNs)))) {
                        return PublishResult.BACK_PRESSURED;
                    }
                }
            }
        }
        return PublishResult.CLOSED;
    }

    private boolean awaitRoom(long deadlineNs) {
        try {
            environment.clock().await(lock, changed, deadlineNs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void onDeadLetter(WorkGroup group, Task task, String why) {
        var position = new Position(session, task.sequence());
        deadLetters.add(group.name(), position, task, why);
        lock.tellLater(environment, new Notice.DeadLettered(config.text(), group.name(), position, task.deliveries, why));
    }

    /** On the sockets' thread, which waits for nothing: a dead letter that finds no room is refused, and that is told. */
    private void publishDeadLetters() {
        for (Optional<Event> letter = deadLetters.poll(); letter.isPresent(); letter = deadLetters.poll()) {
            PublishResult result = offer(letter.get(), policy.maxWait().toNanos());
            if (result != PublishResult.ACCEPTED) {
                lock.tellLater(environment, new Notice.Degraded(config.text(), "a dead letter was not published on "
                        + letter.get().topic() + ": " + result));
            }
        }
    }

    private void onFailure(Throwable failure) {
        lock.lock();
        try {
            if (isClosed && ports.isDone()) {
                return;
            }
            isClosed = true;
            groups.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        environment.tell(new Notice.TransportFailed(config.text(), String.valueOf(failure)));
    }

    @Override
    public FlowPolicy policy() {
        return locked(() -> policy);
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        config.requirePossible(replacement);
        lock.lock();
        try {
            policy = replacement;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (ports.working() < count && !isClosed) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(lock, changed, deadlineNs);
            }
            return ports.working() >= count;
        } finally {
            lock.unlock();
        }
    }

    /** How many workers there are, over all groups; foreign peers are one, however many. */
    @Override
    public int subscribers() {
        return locked(ports::working);
    }

    @Override
    public PublisherSums sums() {
        return locked(ledger::sums);
    }

    /** Where each group's events went. */
    public List<GroupSums> groups() {
        return locked(groups::sums);
    }

    /** What came to the own port. */
    public ZmqCounters counters() {
        return locked(() -> workers.tally().snapshot());
    }

    /** This publisher's session. */
    public long session() {
        return session;
    }

    private <T> T locked(Supplier<T> reading) {
        lock.lock();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the stream, when every event is acknowledged or nothing has moved for the linger time; under a policy that waits,
     * and where there are workers, for as long as a silent one would be evicted after. What is left then is lost(closed).
     */
    @Override
    public void close() {
        announcement.ifPresent(Announcement::close);
        lock.lock();
        try {
            isClosed = true;
            workers.beginClose();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ports.close(LONGEST_LINGER);
    }

    /** What is done on the sockets' thread, under the lock. */
    private final class Desk implements WorkPublisherPorts.Desk {

        @Override
        public void turn(long nowNs) {
            boolean hasChanged = false;
            for (WorkGroup group : groups.all()) {
                hasChanged |= group.recallOverdue(nowNs);
                hasChanged |= group.assign(nowNs);
            }
            if (hasChanged) {
                changed.signalAll();
            }
            publishDeadLetters();
        }

        @Override
        public void onChange() {
            changed.signalAll();
        }

        @Override
        public boolean isDone(long nowNs) {
            if (!workers.isDone(policy, nowNs)) {
                return false;
            }
            groups.close();
            return true;
        }
    }
}
