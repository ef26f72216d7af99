package io.heliograph.zmq;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a group's workers have: by deadline, and by key where the order of a key's events matters. Guarded by the publisher's lock. */
final class HandedOut {

    private final WorkRules rules;
    private final Map<String, KeyHold> holds = new HashMap<>();
    /** In the order handed out, which is that of their deadlines. */
    private final LinkedHashMap<Long, Task> tasks = new LinkedHashMap<>();

    HandedOut(WorkRules rules) {
        this.rules = rules;
    }

    /** Which worker has the key of {@code task}. */
    Optional<KeyHold> hold(Task task) {
        return holds.isEmpty() ? Optional.empty() : task.parcel.key().flatMap(this::hold);
    }

    private Optional<KeyHold> hold(String key) {
        return Optional.ofNullable(holds.get(key));
    }

    void add(Task task, RemoteWorker worker, long nowNs) {
        task.place = Task.Place.IN_FLIGHT;
        task.deliveries++;
        task.isLast = task.attempts() >= rules.deliveries();
        task.deadlineNs = nowNs + rules.deadlineNs();
        task.worker = Optional.of(worker);
        tasks.put(task.sequence(), task);
        worker.held.put(task.sequence(), task);
        worker.heldBytes += task.parcel.frame().length;
        worker.outgoing.add(task);
        if (rules.keepsKeys()) {
            task.parcel.key().ifPresent(key -> holds.computeIfAbsent(key, k -> new KeyHold(worker)).inFlight++);
        }
    }

    /** It is its worker's no longer; gives back the hold on its key if that was the last of it. */
    Optional<KeyHold> remove(Task task) {
        RemoteWorker worker = task.worker.orElseThrow();
        task.worker = Optional.empty();
        tasks.remove(task.sequence());
        worker.held.remove(task.sequence());
        worker.heldBytes -= task.parcel.frame().length;
        worker.outgoing.remove(task);
        return rules.keepsKeys() ? task.parcel.key().flatMap(this::release) : Optional.empty();
    }

    private Optional<KeyHold> release(String key) {
        KeyHold hold = hold(key).orElseThrow();
        hold.inFlight--;
        if (hold.inFlight > 0) {
            return Optional.empty();
        }
        holds.remove(key);
        return Optional.of(hold);
    }

    /** The one whose deadline comes first. */
    Optional<Task> first() {
        return tasks.isEmpty() ? Optional.empty() : Optional.of(tasks.firstEntry().getValue());
    }

    /** With {@code task}, whatever else of its key its worker has: else the later ones would overtake it. */
    List<Task> withKey(Task task) {
        if (!rules.keepsKeys() || task.parcel.key().isEmpty()) {
            return List.of(task);
        }
        return task.worker.orElseThrow().held.values().stream()
                .filter(other -> other.parcel.key().equals(task.parcel.key())).toList();
    }
}
