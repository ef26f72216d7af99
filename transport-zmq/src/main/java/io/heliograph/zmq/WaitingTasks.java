package io.heliograph.zmq;

import io.heliograph.flow.Admission;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Occupancy;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What waits in one group, in the order of the session, and which of it may be given up. Bounded by the policy as to what is
 * taken in; what comes back from workers is beyond that, and bounded by what they may hold. Guarded by the publisher's lock.
 *
 * <pre>
 *   ready    3 - 4 - 6 - 9       for whichever worker has room
 *   parked   5(a) - 7(a) - 8(b)  with the worker that has events of their keys a, b in flight
 * </pre>
 */
final class WaitingTasks {

    private static final Occupancy NO_DISK = new Occupancy();

    private final TreeMap<Long, Task> ready = new TreeMap<>();
    private final TreeMap<Long, Task> evictables = new TreeMap<>();
    private final HandedOut handedOut;
    private final Occupancy memory = new Occupancy();
    private final Occupancy evictable = new Occupancy();

    /** @param handedOut knows which keys are with whom */
    WaitingTasks(HandedOut handedOut) {
        this.handedOut = handedOut;
    }

    Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs) {
        return Admission.judge(policy, memory, evictable, NO_DISK, sizeBytes, waitedNs);
    }

    int count() {
        return memory.events();
    }

    void add(Task task) {
        task.place = Task.Place.READY;
        ready.put(task.sequence(), task);
        memory.add(task.parcel.size());
        if (task.isEvictable && task.deliveries == 0) {
            evictables.put(task.sequence(), task);
            evictable.add(task.parcel.size());
        }
    }

    void remove(Task task) {
        if (task.place == Task.Place.PARKED) {
            KeyHold hold = handedOut.hold(task).orElseThrow();
            hold.parked.remove(task.sequence());
            hold.worker.parked.remove(task.sequence());
        } else {
            ready.remove(task.sequence());
        }
        memory.remove(task.parcel.size());
        if (evictables.remove(task.sequence()) != null) {
            evictable.remove(task.parcel.size());
        }
    }

    Task oldestEvictable() {
        return evictables.firstEntry().getValue();
    }

    /** The first of all; whoever it waits for. */
    Optional<Task> first() {
        return Optional.ofNullable(ready.firstEntry()).map(Map.Entry::getValue);
    }

    /** What {@code worker} may have next. */
    Optional<Task> first(RemoteWorker worker) {
        while (!ready.isEmpty()) {
            Task task = ready.firstEntry().getValue();
            Optional<KeyHold> hold = handedOut.hold(task);
            if (hold.isEmpty() || hold.get().worker == worker) {
                break;
            }
            ready.pollFirstEntry();
            task.place = Task.Place.PARKED;
            hold.get().parked.put(task.sequence(), task);
            hold.get().worker.parked.put(task.sequence(), task);
        }
        Optional<Task> parked = Optional.ofNullable(worker.parked.firstEntry()).map(Map.Entry::getValue);
        Optional<Task> free = first();
        if (parked.isPresent() && free.isPresent()) {
            return parked.get().sequence() < free.get().sequence() ? parked : free;
        }
        return parked.or(() -> free);
    }

    /** The key is nobody's any longer: what waited for its worker may go to any. */
    void unpark(KeyHold hold) {
        hold.parked.forEach((sequence, task) -> {
            task.place = Task.Place.READY;
            ready.put(sequence, task);
            hold.worker.parked.remove(sequence);
        });
        hold.parked.clear();
    }
}
