package io.heliograph.webhook;

import io.heliograph.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * All endpoints in memory: by id, by tenant, by what they want, by group. Thread-safe; changes are one at a time, and reads wait for
 * none of them.
 */
final class EndpointDirectory {

    private record Entry(Endpoint endpoint, Optional<Predicate<Event>> condition) {
    }

    private record Group(String tenant, String name) {
    }

    private final Conditions conditions;
    private final Map<String, Entry> byId = new ConcurrentHashMap<>();
    private final Map<String, NavigableMap<String, Endpoint>> byTenant = new ConcurrentHashMap<>();
    private final Map<Group, NavigableMap<String, Endpoint>> byGroup = new ConcurrentHashMap<>();
    private final TopicIndex byTopic = new TopicIndex();
    private final AtomicLong turns = new AtomicLong();
    private final ReentrantLock changing = new ReentrantLock();
    /** How many have a query: while none has, nobody looks for one. */
    private final AtomicInteger queries = new AtomicInteger();

    EndpointDirectory(Conditions conditions) {
        this.conditions = conditions;
    }

    /** Says what an endpoint says from now on. */
    void put(Endpoint endpoint) {
        changing.lock();
        try {
            Entry before = byId.get(endpoint.id());
            Optional<String> query = endpoint.spec().query();
            Optional<Predicate<Event>> condition = before != null && before.endpoint.spec().query().equals(query)
                    ? before.condition : query.map(conditions::compile);
            boolean isSamePlace = before != null && before.endpoint.spec().topics().equals(endpoint.spec().topics());
            if (before != null && !isSamePlace) {
                byTopic.remove(endpoint.tenant(), before.endpoint.spec().topics(), endpoint.id());
            }
            if (before != null && !before.endpoint.spec().group().equals(endpoint.spec().group())) {
                leaveGroup(before.endpoint);
            }
            byId.put(endpoint.id(), new Entry(endpoint, condition));
            byTenant.computeIfAbsent(endpoint.tenant(), tenant -> new ConcurrentSkipListMap<>()).put(endpoint.id(), endpoint);
            endpoint.spec().group().ifPresent(name -> byGroup.computeIfAbsent(new Group(endpoint.tenant(), name),
                    group -> new ConcurrentSkipListMap<>()).put(endpoint.id(), endpoint));
            if (!isSamePlace) {
                byTopic.add(endpoint.tenant(), endpoint.spec().topics(), endpoint.id());
            }
            queries.addAndGet((condition.isPresent() ? 1 : 0) - (before != null && before.condition.isPresent() ? 1 : 0));
        } finally {
            changing.unlock();
        }
    }

    void remove(String id) {
        changing.lock();
        try {
            Entry before = byId.remove(id);
            if (before != null) {
                Endpoint endpoint = before.endpoint;
                byTopic.remove(endpoint.tenant(), endpoint.spec().topics(), id);
                leaveGroup(endpoint);
                byTenant.computeIfPresent(endpoint.tenant(), (tenant, its) -> without(its, id));
                queries.addAndGet(before.condition.isPresent() ? -1 : 0);
            }
        } finally {
            changing.unlock();
        }
    }

    private void leaveGroup(Endpoint endpoint) {
        endpoint.spec().group().ifPresent(name -> byGroup.computeIfPresent(new Group(endpoint.tenant(), name), (group, members) -> {
            without(members, endpoint.id());
            return members.isEmpty() ? null : members;
        }));
    }

    private static NavigableMap<String, Endpoint> without(NavigableMap<String, Endpoint> endpoints, String id) {
        endpoints.remove(id);
        return endpoints;
    }

    Optional<Endpoint> find(String id) {
        return Optional.ofNullable(byId.get(id)).map(Entry::endpoint);
    }

    int size() {
        return byId.size();
    }

    List<Endpoint> all() {
        return byId.values().stream().map(Entry::endpoint).toList();
    }

    /** A tenant's, by id. */
    NavigableMap<String, Endpoint> of(String tenant) {
        return byTenant.getOrDefault(tenant, Collections.emptyNavigableMap());
    }

    /** The active members of its group, itself among them, by id; none if it is in no group. */
    List<Endpoint> activeMembers(Endpoint member) {
        return member.spec().group().map(name -> byGroup.getOrDefault(new Group(member.tenant(), name),
                Collections.emptyNavigableMap()).values().stream().filter(Endpoint::isActive).toList()).orElse(List.of());
    }

    /** The members of a group that get its events: the active ones, or, where there are none, those that are paused; by id. */
    List<Endpoint> takingMembers(String tenant, String group) {
        List<Endpoint> taking = byGroup.getOrDefault(new Group(tenant, group), Collections.emptyNavigableMap()).values().stream()
                .filter(Endpoint::takesEvents).toList();
        List<Endpoint> active = taking.stream().filter(Endpoint::isActive).toList();
        return active.isEmpty() ? taking : active;
    }

    /** Finds out which queries an event matches, so that it need not be done inside a write. */
    void judge(Submission submission) {
        if (queries.get() > 0) {
            for (Entry entry : wanting(submission)) {
                matches(entry, submission.verdicts());
            }
        }
    }

    /** Who gets an event: all that want it, and of each group one after the other. */
    Receivers receivers(Submission submission) {
        var takers = new ArrayList<Endpoint>();
        var filtered = new ArrayList<Endpoint>();
        var groups = new LinkedHashMap<String, List<Endpoint>>();
        for (Entry entry : wanting(submission)) {
            Endpoint endpoint = entry.endpoint;
            if (!matches(entry, submission.verdicts())) {
                filtered.add(endpoint);
            } else if (endpoint.spec().group().isPresent()) {
                groups.computeIfAbsent(endpoint.spec().group().get(), name -> new ArrayList<>()).add(endpoint);
            } else {
                takers.add(endpoint);
            }
        }
        for (List<Endpoint> members : groups.values()) {
            List<Endpoint> active = members.stream().filter(Endpoint::isActive).toList();
            List<Endpoint> eligible = (active.isEmpty() ? members : active).stream().sorted(Comparator.comparing(Endpoint::id)).toList();
            takers.add(eligible.get((int) Math.floorMod(turns.getAndIncrement(), (long) eligible.size())));
        }
        return new Receivers(takers, filtered);
    }

    /** Those that take new events, and want this topic. */
    private List<Entry> wanting(Submission submission) {
        String topic = submission.event().topic();
        List<String> candidates = byTopic.candidates(submission.tenant(), topic);
        // One with several filters may be there several times.
        Set<String> ids = new LinkedHashSet<>(candidates);
        var wanting = new ArrayList<Entry>(ids.size());
        for (String id : ids) {
            Entry entry = byId.get(id);
            if (entry != null && entry.endpoint.takesEvents() && entry.endpoint.spec().wants(topic)) {
                wanting.add(entry);
            }
        }
        return wanting;
    }

    private static boolean matches(Entry entry, Verdicts verdicts) {
        return entry.condition.map(condition -> verdicts.matches(entry.endpoint.spec().query().orElseThrow(), condition)).orElse(true);
    }

    /** Whether an endpoint wants an event, by topic and by query. */
    boolean wants(Endpoint endpoint, Submission submission) {
        Entry entry = byId.get(endpoint.id());
        return entry != null && endpoint.spec().wants(submission.event().topic()) && matches(entry, submission.verdicts());
    }
}
