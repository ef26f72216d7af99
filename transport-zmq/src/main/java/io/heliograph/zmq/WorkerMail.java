package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what a worker is to be sent next. Stateless; used under the publisher's lock. */
final class WorkerMail {

    /** Word of what a group does not want waits so long for an event that takes it along. */
    private static final long FILTERED_NS = Duration.ofMillis(10).toNanos();
    /** After ZeroMQ was full for this one. */
    private static final long AGAIN_NS = Duration.ofMillis(1).toNanos();

    private WorkerMail() {
    }

    /** The next message for {@code worker}, if one is due. */
    static Optional<ByteBuffer> next(RemoteWorker worker, long session, WorkRules rules, ZmqLimits limits, long epochNanos,
            long nowNs) {
        if (worker.unsent.isPresent()) {
            if (nowNs - worker.refusedNs < AGAIN_NS) {
                return Optional.empty();
            }
            Optional<ByteBuffer> again = worker.unsent;
            worker.unsent = Optional.empty();
            return again;
        }
        if (worker.isPlaceDue) {
            worker.isPlaceDue = false;
            return Optional.of(WorkMessages.place(session, worker.id, rules));
        }
        if (!worker.recalls.isEmpty()) {
            List<Settlement> some = worker.recalls.subList(0, Math.min(worker.recalls.size(), Settlement.MOST_IN_MESSAGE));
            ByteBuffer recall = WorkMessages.recall(session, worker.id, some);
            some.clear();
            return Optional.of(recall);
        }
        if (!worker.outgoing.isEmpty()) {
            return Optional.of(tasks(worker, session, limits.frameBytes(), epochNanos));
        }
        boolean isFilteredDue = worker.filtered() > worker.filteredTold && nowNs - worker.lastSentNs >= FILTERED_NS;
        if (isFilteredDue || nowNs - worker.lastSentNs >= limits.heartbeat().toNanos()) {
            worker.filteredTold = worker.filtered();
            return Optional.of(WorkMessages.beat(session, worker.id, worker.filteredTold));
        }
        return Optional.empty();
    }

    private static ByteBuffer tasks(RemoteWorker worker, long session, int frameBytes, long epochNanos) {
        List<Task> tasks = new ArrayList<>();
        long bytes = 0;
        for (Task task : worker.outgoing) {
            bytes += WorkMessages.TASK_BYTES + task.parcel.frame().length;
            if (!tasks.isEmpty() && (bytes > frameBytes || tasks.size() >= WorkMessages.MOST_TASKS)) {
                break;
            }
            tasks.add(task);
        }
        worker.outgoing.subList(0, tasks.size()).clear();
        worker.filteredTold = worker.filtered();
        return WorkMessages.tasks(session, worker.id, worker.filteredTold, epochNanos, tasks);
    }

    static long untilDueNs(RemoteWorker worker, long heartbeatNs, long nowNs) {
        if (worker.unsent.isPresent()) {
            return worker.refusedNs + AGAIN_NS - nowNs;
        }
        if (worker.isPlaceDue || !worker.recalls.isEmpty() || !worker.outgoing.isEmpty()) {
            return 0;
        }
        long waitNs = worker.filtered() > worker.filteredTold ? FILTERED_NS : heartbeatNs;
        return worker.lastSentNs + waitNs - nowNs;
    }
}
