package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workers that a publisher serves, and what they say. Guarded by the publisher's lock. */
final class RemoteWorkers {

    private final long session;
    private final WorkConfig config;
    private final WorkGroups groups;
    private final TellingLock lock;
    private final Environment environment;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final WorkMessage message = new WorkMessage();
    private final Map<Long, RemoteWorker> byId = new LinkedHashMap<>();
    private boolean isClosing;
    private boolean isFull;
    private long lastProgressNs;

    /** What a message changed. */
    enum Change {
        /** Nothing that anybody waits for. */
        NONE,
        /** Room, or the set of workers. */
        ROOM,
        /** The worker is not known: it is to enrol. */
        STRANGER
    }

    RemoteWorkers(long session, WorkConfig config, WorkGroups groups, TellingLock lock, Environment environment) {
        this.session = session;
        this.config = config;
        this.groups = groups;
        this.lock = lock;
        this.environment = environment;
    }

    Collection<RemoteWorker> all() {
        return byId.values();
    }

    /** How many there are that take events. */
    int working() {
        int count = 0;
        for (RemoteWorker worker : byId.values()) {
            count += worker.credit > 0 ? 1 : 0;
        }
        return count;
    }

    ZmqCounters.Tally tally() {
        return tally;
    }

    void beginClose() {
        if (!isClosing) {
            isClosing = true;
            lastProgressNs = environment.clock().nanoTime();
        }
    }

    void progress(long nowNs) {
        lastProgressNs = nowNs;
    }

    /** Whether all is settled, or nothing has moved for so long that it never will be. */
    boolean isDone(FlowPolicy policy, long nowNs) {
        if (!isClosing) {
            return false;
        }
        ZmqLimits limits = config.limits();
        boolean isWaitedFor = policy.waits() && groups.isWorking();
        long patienceNs = isWaitedFor ? Math.max(limits.linger().toNanos(), limits.eviction().toNanos()) : limits.linger().toNanos();
        return groups.isIdle() || nowNs - lastProgressNs >= patienceNs;
    }

    /** Takes a message in. */
    Change receive(Peer from, ByteBuffer bytes, long nowNs) {
        tally.received(bytes.remaining());
        Optional<MalformedMessage> fault = message.wrap(bytes);
        if (fault.isPresent()) {
            tally.malformed(fault.get());
            return Change.NONE;
        }
        return switch (message.type()) {
            case KNOCK -> Change.NONE;
            case ENROL -> onEnrol(from, nowNs);
            case SETTLE -> onSettle(from, nowNs);
            case RESIGN -> onResign(from, nowNs);
            case LOST -> onLost(from, nowNs);
            case WHO, PLACE, TASKS, RECALL, BEAT, DONE -> malformed(MalformedMessage.UNKNOWN_TYPE);
        };
    }

    private Change malformed(MalformedMessage reason) {
        tally.malformed(reason);
        return Change.NONE;
    }

    private Change onEnrol(Peer from, long nowNs) {
        Optional<Enrol> read = Enrol.read(message.session(), message.body());
        if (read.isEmpty()) {
            return malformed(MalformedMessage.BAD_TEXT);
        }
        Enrol enrol = read.get();
        RemoteWorker known = byId.get(message.worker());
        if (known != null) {
            // It has not heard of its place yet.
            known.isPlaceDue |= known.peer.equals(from);
            return Change.NONE;
        }
        if (isClosing) {
            return Change.NONE;
        }
        if (byId.size() >= config.limits().peers()) {
            refuse();
            return Change.NONE;
        }
        Optional<WorkGroup> group = groups.of(enrol.group(), enrol.filter());
        if (group.isEmpty()) {
            tally.refusedPeers++;
            return Change.NONE;
        }
        isFull = false;
        comeBack(enrol, group.get(), nowNs);
        var worker = new RemoteWorker(message.worker(), from, enrol.name(), group.get(), enrol.credit(), nowNs);
        byId.put(worker.id, worker);
        groups.join(worker);
        return Change.ROOM;
    }

    /** What it finished before its connection was noticed to be lost counts; what it had besides goes to whoever is next. */
    private void comeBack(Enrol enrol, WorkGroup group, long nowNs) {
        if (enrol.session() != session) {
            return;
        }
        RemoteWorker prior = byId.get(enrol.prior());
        if (prior != null && prior.group == group) {
            enrol.late().forEach(settlement -> group.settle(prior, settlement));
            remove(prior, nowNs, "its worker's connection was lost");
        } else {
            enrol.late().forEach(group::settleLate);
        }
    }

    private void refuse() {
        tally.refusedPeers++;
        if (!isFull) {
            isFull = true;
            lock.tellLater(environment, new Notice.Degraded(config.text(),
                    "more than " + config.limits().peers() + " workers want to be served; new ones are not"));
        }
    }

    private Change onSettle(Peer from, long nowNs) {
        RemoteWorker worker = byId.get(message.worker());
        if (worker == null || message.session() != session || !worker.peer.equals(from)) {
            tally.strays++;
            return Change.STRANGER;
        }
        ByteBuffer body = message.body();
        if (body.remaining() < Integer.BYTES) {
            return malformed(MalformedMessage.TOO_SHORT);
        }
        int credit = body.getInt();
        Optional<List<Settlement>> settlements = Settlement.readAll(body, message.flags());
        if (settlements.isEmpty() || credit < 0 || credit > WorkConfig.MOST_PREFETCH) {
            return malformed(MalformedMessage.BAD_LENGTH);
        }
        worker.lastHeardNs = nowNs;
        boolean isNew = worker.credit != credit;
        worker.credit = credit;
        for (Settlement settlement : settlements.get()) {
            if (worker.group.settle(worker, settlement)) {
                isNew = true;
                lastProgressNs = nowNs;
            }
        }
        return isNew || !settlements.get().isEmpty() ? Change.ROOM : Change.NONE;
    }

    private Change onResign(Peer from, long nowNs) {
        RemoteWorker worker = byId.get(message.worker());
        if (worker == null || !worker.peer.equals(from)) {
            return Change.NONE;
        }
        remove(worker, nowNs, "its worker left");
        return Change.ROOM;
    }

    private Change onLost(Peer from, long nowNs) {
        List<RemoteWorker> lost = byId.values().stream().filter(worker -> worker.peer.equals(from)).toList();
        lost.forEach(worker -> remove(worker, nowNs, "its worker's connection was lost"));
        return lost.isEmpty() ? Change.NONE : Change.ROOM;
    }

    /** ZeroMQ says that nobody is there. */
    void onGone(RemoteWorker worker, long nowNs) {
        if (byId.get(worker.id) == worker) {
            remove(worker, nowNs, "its worker's connection was lost");
        }
    }

    private void remove(RemoteWorker worker, long nowNs, String why) {
        byId.remove(worker.id);
        groups.leave(worker, why, nowNs);
    }

    /** Cuts off whoever has been silent for too long; says whether there was one. */
    boolean evictSilent(long nowNs) {
        List<RemoteWorker> silent = new ArrayList<>(0);
        for (RemoteWorker worker : byId.values()) {
            if (nowNs - worker.lastHeardNs >= config.limits().eviction().toNanos()) {
                silent.add(worker);
            }
        }
        for (RemoteWorker worker : silent) {
            remove(worker, nowNs, "its worker was silent");
            lock.tellLater(environment, new Notice.SubscriberEvicted(config.text(), worker.name));
        }
        return !silent.isEmpty();
    }

    /** How long until something may be due, if nothing else happens. */
    long untilDueNs(long nowNs) {
        ZmqLimits limits = config.limits();
        long until = isClosing ? limits.linger().toNanos() / 4 : Long.MAX_VALUE;
        for (RemoteWorker worker : byId.values()) {
            until = Math.min(until, worker.lastHeardNs + limits.eviction().toNanos() - nowNs);
            until = Math.min(until, WorkerMail.untilDueNs(worker, limits.heartbeat().toNanos(), nowNs));
        }
        for (WorkGroup group : groups.all()) {
            until = Math.min(until, group.untilOverdueNs(nowNs));
        }
        return until;
    }
}
