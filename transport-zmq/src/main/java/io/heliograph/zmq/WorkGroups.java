package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.TopicFilter;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A publisher's groups. A group is its name and its filter, and is there from its first member on; without members it keeps what
 * waits until that is in the way of a group that has some. Guarded by the publisher's lock.
 */
final class WorkGroups {

    /** At once; those without members or anything left make room for new ones. */
    static final int MOST = 256;

    /** A group and since when nobody has worked for it. */
    private static final class Entry {
        private final WorkGroup group;
        private long idleSinceNs;

        private Entry(WorkGroup group) {
            this.group = group;
        }
    }

    private final WorkConfig config;
    private final WorkRules rules;
    private final TellingLock lock;
    private final Environment environment;
    private final WorkGroup.DeadLetters deadLetters;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /** The same, to be walked for each event; never changed but replaced. */
    private WorkGroup[] all = {};
    private boolean isFull;

    WorkGroups(WorkConfig config, WorkRules rules, TellingLock lock, Environment environment, WorkGroup.DeadLetters deadLetters) {
        this.config = config;
        this.rules = rules;
        this.lock = lock;
        this.environment = environment;
        this.deadLetters = deadLetters;
    }

    /** Those there are; not to be changed. */
    WorkGroup[] all() {
        return all;
    }

    /** The group of that name and filter, which is made if there is place for it. */
    Optional<WorkGroup> of(String name, TopicFilter filter) {
        return of(name, filter, false);
    }

    /** That of foreign peers. */
    Optional<WorkGroup> foreign() {
        return of("foreign", TopicFilter.ALL, true);
    }

    private Optional<WorkGroup> of(String name, TopicFilter filter, boolean isForeign) {
        String key = (isForeign ? "foreign" : name + ' ' + filter);
        Entry known = entries.get(key);
        if (known != null) {
            return Optional.of(known.group);
        }
        if (entries.size() >= MOST && !forgetOne()) {
            if (!isFull) {
                isFull = true;
                lock.tellLater(environment, new Notice.Degraded(config.text(),
                        "more than " + MOST + " groups have members or something that waits; new ones are not served"));
            }
            return Optional.empty();
        }
        isFull = false;
        var group = new WorkGroup(name, filter, isForeign, rules, deadLetters);
        entries.put(key, new Entry(group));
        list();
        return Optional.of(group);
    }

    private boolean forgetOne() {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            WorkGroup group = entry.getValue().group;
            if (group.members().isEmpty() && group.isIdle()) {
                entries.remove(entry.getKey());
                list();
                return true;
            }
        }
        return false;
    }

    private void list() {
        all = entries.values().stream().map(entry -> entry.group).toArray(WorkGroup[]::new);
    }

    void join(RemoteWorker worker) {
        worker.group.join(worker);
    }

    void leave(RemoteWorker worker, String why, long nowNs) {
        worker.group.leave(worker, why);
        for (Entry entry : entries.values()) {
            if (entry.group == worker.group) {
                entry.idleSinceNs = nowNs;
            }
        }
    }

    /** Whether there is somebody to take an event of {@code topic} now. */
    boolean hasTaker(String topic) {
        for (WorkGroup group : all) {
            if (group.takes(topic) && !group.members().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * What all groups that want an event say together: it enters every one that takes it, or none. Gives up groups without
     * members that are in its way.
     */
    Verdict judge(String topic, FlowPolicy policy, int size, long waitedNs, long nowNs) {
        boolean isTaken = false;
        boolean isWanted = false;
        Verdict together = Verdict.ADMIT;
        for (Entry entry : entries.values()) {
            WorkGroup group = entry.group;
            if (group.takes(topic)) {
                Verdict verdict = group.judge(policy, size, waitedNs);
                boolean isFull = verdict == Verdict.BACK_PRESSURED || verdict == Verdict.WAIT;
                if (isFull && giveUp(entry, nowNs)) {
                    continue;
                }
                isWanted = true;
                isTaken |= verdict.takes();
                if (isFull && together != Verdict.BACK_PRESSURED) {
                    together = verdict;
                }
            }
        }
        return together == Verdict.ADMIT && isWanted && !isTaken ? Verdict.DROP : together;
    }

    /** Gives up a group that nobody has worked for since long ago; says whether it is one. */
    private boolean giveUp(Entry entry, long nowNs) {
        if (!entry.group.members().isEmpty() || nowNs - entry.idleSinceNs < config.limits().eviction().toNanos()) {
            return false;
        }
        entry.group.giveUp();
        lock.tellLater(environment, new Notice.SubscriberEvicted(config.text(), "group " + entry.group.name()));
        return true;
    }

    /** How long until another group without members may be given up for an event of {@code topic}. */
    long untilAbandonedNs(String topic, long nowNs) {
        long until = Long.MAX_VALUE;
        for (Entry entry : entries.values()) {
            long untilThisNs = entry.idleSinceNs + config.limits().eviction().toNanos() - nowNs;
            if (entry.group.takes(topic) && entry.group.members().isEmpty() && untilThisNs > 0) {
                until = Math.min(until, untilThisNs);
            }
        }
        return until;
    }

    /** Each group's sums. */
    List<GroupSums> sums() {
        var sums = new ArrayList<GroupSums>();
        for (WorkGroup group : all) {
            sums.add(group.sums(group.members().size()));
        }
        return sums;
    }

    boolean isIdle() {
        for (WorkGroup group : all) {
            if (!group.isIdle()) {
                return false;
            }
        }
        return true;
    }

    /** Whether there are members that may still finish what they have or what waits. */
    boolean isWorking() {
        for (WorkGroup group : all) {
            if (!group.isIdle() && !group.members().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    void close() {
        for (WorkGroup group : all) {
            group.close();
        }
    }
}
