package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;

/**
 * Sends each event to every subscriber of a ZeroMQ address that wants it.
 *
 * <p>Thread-safe. Starts one daemon thread, {@code heliograph-zmq-publisher ADDRESS}, which alone uses the sockets, and
 * JeroMQ's own two (see {@link Sockets}). The buffer form of {@code publish} allocates nothing for an event; the bytes that
 * hundreds of them are packed in are made anew. With {@code last-values} it copies each event once.
 */
public final class ZmqPublisher implements Publisher {

    /** Each of their characters takes at most three bytes. */
    private static final int SHORT_FIELDS = 16 << 10;
    private static final Destination[] NOBODY = {};

    private final ZmqConfig config;
    private final Environment environment;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final long session;
    private final RemoteSubscribers remotes;
    private final PublisherPorts ports;
    private final boolean keepsLast;
    private FlowPolicy policy;
    /** A topic that has been checked; the very same object need not be again. */
    private String lastTopic = "events";
    private long nextSequence;
    /** The destinations all of which want the event that was judged last, and have room for it; others where one does not. */
    private Destination[] admitting = NOBODY;
    private boolean isClosed;
    private Optional<Announcement> announcement = Optional.empty();

    /**
     * @param policy in force at first
     */
    private ZmqPublisher(ZmqConfig config, FlowPolicy policy, Environment environment) {
        this.config = config;
        this.policy = config.requirePossible(policy);
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        this.remotes = new RemoteSubscribers(session, config, lock, environment);
        this.ports = new PublisherPorts(config, session, remotes, lock, this::onChange, () -> this.policy, this::onFailure,
                environment);
        this.keepsLast = remotes.keepsLast();
        remotes.changePolicy(this.policy);
    }

    /**
     * Opens a publisher, whose thread runs.
     *
     * @throws io.heliograph.ConfigException    for a policy that cannot be done
     * @throws io.heliograph.HeliographException if a port cannot be bound
     */
    static ZmqPublisher open(ZmqConfig config, FlowPolicy policy, Environment environment) {
        var publisher = new ZmqPublisher(config, policy, environment);
        publisher.ports.open();
        return publisher;
    }

    /**
     * Has it announced from here on, until it is closed.
     *
     * @throws RuntimeException if it cannot be; this is closed then
     */
    ZmqPublisher announced(Optional<Announcing> asked) {
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
        SpinThenPark.lock(lock);
        try {
            int size = event.size();
            if (size > config.limits().eventBytes() || !fitsFrame(event, size)) {
                return ledger.count(isClosed ? PublishResult.CLOSED : PublishResult.TOO_LARGE);
            }
            PublishResult result = admit(event.topic(), size);
            if (result == PublishResult.ACCEPTED) {
                long nowNs = event.ttl().isPresent() ? environment.clock().nanoTime() : 0;
                if (keepsLast) {
                    remotes.keepLast(event, nowNs);
                }
                remotes.fanOut().expect(event.topic(), size, event.ttl().isEmpty());
                Destination[] destinations = remotes.fanOut().destinations();
                boolean doAllAdmit = destinations == admitting;
                for (Destination to : destinations) {
                    if (doAllAdmit || take(to, event.topic(), size)) {
                        to.accept(event, policy, nowNs);
                    }
                }
                finish();
            }
            return ledger.count(result);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("StringEquality")
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        SpinThenPark.lock(lock);
        try {
            if (topic != lastTopic) {
                lastTopic = Topic.require(topic);
            }
            int size = PackedEntries.size(topic.length(), length);
            if (size > config.limits().eventBytes()) {
                return ledger.count(isClosed ? PublishResult.CLOSED : PublishResult.TOO_LARGE);
            }
            PublishResult result = admit(topic, size);
            if (result == PublishResult.ACCEPTED) {
                if (keepsLast) {
                    remotes.keepLast(Event.builder(topic).dataFrom(ByteBuffer.wrap(bytes, from, length)).build(), 0);
                }
                remotes.fanOut().expect(topic, size, true);
                Destination[] destinations = remotes.fanOut().destinations();
                boolean doAllAdmit = destinations == admitting;
                for (Destination to : destinations) {
                    if (doAllAdmit || take(to, topic, size)) {
                        to.accept(topic, bytes, from, length, policy);
                    }
                }
                finish();
            }
            return ledger.count(result);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a frame can hold the event: whatever its few fields are, if they are short. */
    private static boolean fitsFrame(Event event, int size) {
        return size - event.dataLength() < SHORT_FIELDS || FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC) != Integer.MAX_VALUE;
    }

    /** Waits as the policy says, until the event may go to every lane that takes it, or says why it may not. */
    private PublishResult admit(String topic, int size) {
        if (isClosed) {
            return PublishResult.CLOSED;
        }
        Verdict verdict = judge(topic, size, 0);
        if (verdict == Verdict.WAIT) {
            return await(topic, size);
        }
        return result(verdict);
    }

    private PublishResult await(String topic, int size) {
        long startNs = environment.clock().nanoTime();
        while (!isClosed) {
            long waitedNs = environment.clock().nanoTime() - startNs;
            Verdict verdict = judge(topic, size, waitedNs);
            if (verdict != Verdict.WAIT) {
                return result(verdict);
            }
            try {
                environment.clock().await(lock, changed, startNs + allowedWaitNs(topic, size, waitedNs));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return PublishResult.BACK_PRESSURED;
            }
        }
        return PublishResult.CLOSED;
    }

    private static PublishResult result(Verdict verdict) {
        return switch (verdict) {
            case ADMIT, EVICT_OLDEST, EVICT_SAME_KEY, SPILL -> PublishResult.ACCEPTED;
            case DROP -> PublishResult.DROPPED;
            case TOO_LARGE -> PublishResult.TOO_LARGE;
            case BACK_PRESSURED -> PublishResult.BACK_PRESSURED;
            case WAIT -> throw new IllegalStateException("a wait is no result");
        };
    }

    /** What all lanes that want the event say together: it enters every one that takes it, or none. */
    private Verdict judge(String topic, int size, long waitedNs) {
        if (size > policy.limit().bytes()) {
            return Verdict.TOO_LARGE;
        }
        remotes.fanOut().propose(size);
        Verdict together = Verdict.ADMIT;
        boolean isWanted = false;
        boolean isTaken = false;
        boolean doAllAdmit = true;
        Destination[] destinations = remotes.fanOut().destinations();
        for (Destination to : destinations) {
            if (to.wants(topic)) {
                isWanted = true;
                Verdict verdict = to.judge(policy, size, waitedNs);
                isTaken |= verdict.takes();
                doAllAdmit &= verdict == Verdict.ADMIT;
                if (verdict == Verdict.BACK_PRESSURED || verdict == Verdict.WAIT && together == Verdict.ADMIT) {
                    together = verdict;
                }
            } else {
                doAllAdmit = false;
            }
        }
        admitting = doAllAdmit ? destinations : NOBODY;
        return together == Verdict.ADMIT && isWanted && !isTaken ? Verdict.DROP : together;
    }

    /** The shortest of the waits that the lanes without room allow. */
    private long allowedWaitNs(String topic, int size, long waitedNs) {
        long allowedNs = Long.MAX_VALUE;
        for (Destination to : remotes.fanOut().destinations()) {
            if (to.wants(topic) && to.judge(policy, size, waitedNs) == Verdict.WAIT) {
                allowedNs = Math.min(allowedNs, to.policy(policy).maxWait().toNanos());
            }
        }
        return allowedNs;
    }

    /** Whether the event enters the lane; if not, the lane has word of it. */
    private boolean take(Destination to, String topic, int size) {
        if (!to.wants(topic)) {
            to.skip();
            return false;
        }
        if (!to.makeRoom(policy, size, 0)) {
            to.lose();
            return false;
        }
        return true;
    }

    private void finish() {
        nextSequence++;
        remotes.next(nextSequence);
        if (remotes.fanOut().destinations().length == 0) {
            ledger.countUnheard();
        } else {
            ports.wakeUp();
        }
    }

    /** A lane has room, or the subscribers are others: under the lock. */
    private void onChange() {
        changed.signalAll();
    }

    private void onFailure(Throwable failure) {
        lock.lock();
        try {
            if (isClosed && ports.isDone()) {
                return;
            }
            isClosed = true;
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
            remotes.changePolicy(replacement);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ports.wakeUp();
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (remotes.fanOut().subscriptions() < count && !isClosed) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(lock, changed, deadlineNs);
            }
            return remotes.fanOut().subscriptions() >= count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int subscribers() {
        return locked(remotes.fanOut()::subscriptions);
    }

    @Override
    public PublisherSums sums() {
        return locked(ledger::sums);
    }

    /** Events that this publisher gave up for one of its subscribers, all of them together; each subscriber is told of its own if it lives. */
    public long givenUp() {
        return locked(remotes.fanOut()::givenUp);
    }

    /** How many topics have a last event that is kept for those who come later. */
    public int lastValues() {
        return locked(() -> remotes.lastValues().map(LastValues::topics).orElse(0));
    }

    /** How many last events were forgotten because there was no room for them. */
    public long forgottenLastValues() {
        return locked(() -> remotes.lastValues().map(LastValues::forgotten).orElse(0L));
    }

    /** What came to the own port. */
    public ZmqCounters counters() {
        return locked(remotes::counters);
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
     * Ends the stream: sends what waits, then word of the end, until every subscriber has acknowledged it. One that is waited for
     * is so at the end too, however slow it is, until it is silent for so long that it is evicted, or for ten minutes; the others,
     * until none has come further for the linger time. What still waits for a subscriber then is lost(closed): it is told so, and it
     * is counted in {@link #givenUp}.
     */
    @Override
    public void close() {
        announcement.ifPresent(Announcement::close);
        lock.lock();
        try {
            isClosed = true;
            remotes.beginClose();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ports.close(Ending.LONGEST.plus(config.limits().linger().multipliedBy(3)));
    }
}
