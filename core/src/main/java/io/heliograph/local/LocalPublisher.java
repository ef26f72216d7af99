package io.heliograph.local;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.SessionIntake;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Hands each event straight to the intakes of its channel, under the channel's lock: it enters every backlog that takes
 * it, or none. Thread-safe; starts no thread. Allocates the delivery, and a node in each backlog.
 */
final class LocalPublisher implements Publisher {

    private final Channel channel;
    private final Environment environment;
    private final long session;
    private final PublisherLedger ledger = new PublisherLedger();
    private final List<SessionIntake> targets = new ArrayList<>();
    private FlowPolicy policy;
    private long nextSequence;
    private boolean isClosed;

    LocalPublisher(Channel channel, FlowPolicy policy, Environment environment) {
        this.channel = channel;
        this.policy = policy;
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        channel.add(this);
    }

    @Override
    public PublishResult publish(Event event) {
        channel.lock.lock();
        try {
            return ledger.count(offer(event));
        } finally {
            channel.lock.unlock();
        }
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Topic.require(topic);
        Objects.checkFromIndexSize(from, length, bytes.length);
        return publish(Event.of(topic, Arrays.copyOfRange(bytes, from, from + length)));
    }

    private PublishResult offer(Event event) {
        long startNs = environment.clock().nanoTime();
        while (true) {
            if (isClosed) {
                return PublishResult.CLOSED;
            }
            long waitedNs = environment.clock().nanoTime() - startNs;
            Verdict verdict = judge(event, waitedNs);
            switch (verdict) {
                case ADMIT, EVICT_OLDEST, EVICT_SAME_KEY, SPILL -> {
                    handOut(event, waitedNs);
                    return PublishResult.ACCEPTED;
                }
                case DROP -> {
                    return PublishResult.DROPPED;
                }
                case TOO_LARGE -> {
                    return PublishResult.TOO_LARGE;
                }
                case BACK_PRESSURED -> {
                    return PublishResult.BACK_PRESSURED;
                }
                case WAIT -> {
                    if (!awaitChange(startNs + allowedWaitNs(event, waitedNs))) {
                        return PublishResult.BACK_PRESSURED;
                    }
                }
            }
        }
    }

    /** What all intakes that want the event say together: it enters every backlog that takes it, or none. */
    private Verdict judge(Event event, long waitedNs) {
        if (event.size() > policy.limit().bytes()) {
            return Verdict.TOO_LARGE;
        }
        Verdict together = Verdict.ADMIT;
        boolean isWanted = false;
        boolean isTaken = false;
        for (SessionIntake target : targets) {
            if (target.intake().wants(event.topic())) {
                isWanted = true;
                Verdict verdict = target.intake().judge(policy, event.size(), waitedNs);
                isTaken |= verdict.takes();
                if (verdict == Verdict.BACK_PRESSURED || verdict == Verdict.WAIT && together == Verdict.ADMIT) {
                    together = verdict;
                }
            }
        }
        return together == Verdict.ADMIT && isWanted && !isTaken ? Verdict.DROP : together;
    }

    /** The shortest of the waits that the intakes without room allow. */
    private long allowedWaitNs(Event event, long waitedNs) {
        return targets.stream()
                .map(SessionIntake::intake)
                .filter(intake -> intake.wants(event.topic()))
                .filter(intake -> intake.judge(policy, event.size(), waitedNs) == Verdict.WAIT)
                .mapToLong(intake -> intake.maxWait(policy).toNanos())
                .min()
                .orElse(0);
    }

    private boolean awaitChange(long deadlineNs) {
        try {
            environment.clock().await(channel.lock, channel.changed, deadlineNs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void handOut(Event event, long waitedNs) {
        long nowEpochNanos = environment.wallClock().epochNanos();
        long sequence = nextSequence++;
        var delivery = new Delivery(event, new Position(session, sequence), nowEpochNanos, nowEpochNanos);
        for (SessionIntake target : targets) {
            if (target.intake().wants(event.topic())) {
                target.offer(delivery, policy, waitedNs);
            } else {
                target.skip(sequence);
            }
        }
        if (targets.isEmpty()) {
            ledger.countUnheard();
        }
    }

    /** Under the channel's lock: a subscription begins here, at the next event. */
    void meet(Intake intake) {
        if (!isClosed) {
            targets.add(intake.join(session, nextSequence));
        }
    }

    /** Under the channel's lock: a subscription has left. */
    void part(Intake intake) {
        targets.removeIf(target -> target.intake() == intake);
    }

    @Override
    public FlowPolicy policy() {
        channel.lock.lock();
        try {
            return policy;
        } finally {
            channel.lock.unlock();
        }
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        LocalTransport.requirePossible(replacement);
        channel.lock.lock();
        try {
            policy = replacement;
            channel.signalChange();
        } finally {
            channel.lock.unlock();
        }
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        channel.lock.lock();
        try {
            while (targets.size() < count && !isClosed) {
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    return false;
                }
                environment.clock().await(channel.lock, channel.changed, deadlineNs);
            }
            return targets.size() >= count;
        } finally {
            channel.lock.unlock();
        }
    }

    @Override
    public int subscribers() {
        return channel.subscribers();
    }

    @Override
    public PublisherSums sums() {
        channel.lock.lock();
        try {
            return ledger.sums();
        } finally {
            channel.lock.unlock();
        }
    }

    /** What subscribers have taken in stays theirs to handle. */
    @Override
    public void close() {
        channel.lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
            targets.forEach(target -> target.end(nextSequence));
            channel.remove(this);
        } finally {
            channel.lock.unlock();
        }
        channel.exit();
    }
}
