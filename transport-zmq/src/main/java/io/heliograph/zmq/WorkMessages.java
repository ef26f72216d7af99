package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;

/** Writes what a publisher and its workers say to each other. Stateless; allocates each message. */
final class WorkMessages {

    /** In PLACE: events of one key are handled in order. */
    static final int KEEPS_KEYS = 1;

    // TASKS
    static final int TASKS_BYTES = 2 * Long.BYTES;
    /** Before the frame of each of them. */
    static final int TASK_BYTES = Long.BYTES + Short.BYTES;
    /** Above a delivery's number: it is the last one. */
    static final int LAST = 0x8000;
    static final int MOST_NUMBER = 0x7fff;
    /** In one message. */
    static final int MOST_TASKS = WorkConfig.MOST_PREFETCH;

    // RECALL
    static final int RECALL_BYTES = Long.BYTES + Short.BYTES;

    private WorkMessages() {
    }

    static ByteBuffer begin(WorkMessageType type, int flags, long session, long worker, int bodyBytes) {
        ByteBuffer message = ByteBuffer.allocate(MessageLayout.HEADER_BYTES + bodyBytes).order(ByteOrder.LITTLE_ENDIAN);
        return message.putShort((short) MessageLayout.MAGIC).put((byte) MessageLayout.VERSION).put((byte) type.code)
                .putInt(flags).putLong(session).putLong(worker);
    }

    private static ByteBuffer bare(WorkMessageType type, long session, long worker) {
        return begin(type, 0, session, worker, 0).flip();
    }

    static ByteBuffer who(long session) {
        return bare(WorkMessageType.WHO, session, 0);
    }

    /** It has its place. */
    static ByteBuffer place(long session, long worker, WorkRules rules) {
        return begin(WorkMessageType.PLACE, rules.keepsKeys() ? KEEPS_KEYS : 0, session, worker, 0).flip();
    }

    /** Events to be handled, in the order of {@code tasks}. */
    static ByteBuffer tasks(long session, long worker, long filtered, long sentEpochNanos, List<Task> tasks) {
        int bytes = TASKS_BYTES;
        for (Task task : tasks) {
            bytes += TASK_BYTES + task.parcel.frame().length;
        }
        ByteBuffer message = begin(WorkMessageType.TASKS, tasks.size(), session, worker, bytes);
        message.putLong(filtered).putLong(sentEpochNanos);
        for (Task task : tasks) {
            message.putLong(task.sequence()).putShort((short) (task.number() | (task.isLast ? LAST : 0))).put(task.parcel.frame());
        }
        return message.flip();
    }

    static ByteBuffer settle(long session, long worker, int credit, Collection<Settlement> settlements) {
        ByteBuffer message = begin(WorkMessageType.SETTLE, settlements.size(), session, worker,
                Integer.BYTES + settlements.size() * Settlement.BYTES);
        message.putInt(credit);
        settlements.forEach(settlement -> settlement.write(message));
        return message.flip();
    }

    static ByteBuffer recall(long session, long worker, List<Settlement> recalled) {
        ByteBuffer message = begin(WorkMessageType.RECALL, recalled.size(), session, worker, recalled.size() * RECALL_BYTES);
        recalled.forEach(one -> message.putLong(one.sequence()).putShort((short) one.delivery()));
        return message.flip();
    }

    static ByteBuffer beat(long session, long worker, long filtered) {
        return begin(WorkMessageType.BEAT, 0, session, worker, Long.BYTES).putLong(filtered).flip();
    }

    static ByteBuffer done(long session, long worker) {
        return bare(WorkMessageType.DONE, session, worker);
    }

    static ByteBuffer resign(long session, long worker) {
        return bare(WorkMessageType.RESIGN, session, worker);
    }
}
