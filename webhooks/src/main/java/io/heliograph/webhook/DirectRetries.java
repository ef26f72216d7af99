package io.heliograph.webhook;

import io.heliograph.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * What waits for its next attempt beside a {@link DirectPublisher}'s backlog, up to {@value #MOST}. Confined to its publisher's lock.
 */
final class DirectRetries {

    private static final int MOST = 1_000;

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();

    /**
     * An event that is to be sent.
     *
     * @param message    the same in all attempts
     * @param made       how many were made
     * @param dueNs      when the next one is
     * @param acceptedNs when it was taken out of the backlog
     */
    record Task(Event event, MessageId message, int made, long dueNs, long acceptedNs) implements Comparable<Task> {

        @Override
        public int compareTo(Task other) {
            return Long.signum(dueNs - other.dueNs);
        }

        boolean isExpired(long nowNs) {
            return event.ttl().filter(ttl -> nowNs - acceptedNs >= ttl.toNanos()).isPresent();
        }

        Task again(int attempts, Duration wait, long nowNs) {
            return new Task(event, message, attempts, nowNs + wait.toNanos(), acceptedNs);
        }
    }

    void add(Task task) {
        tasks.add(task);
    }

    /** When the first of them is due. */
    Optional<Long> dueNs() {
        return Optional.ofNullable(tasks.peek()).map(Task::dueNs);
    }

    boolean isDue(long nowNs) {
        return !tasks.isEmpty() && tasks.peek().dueNs() - nowNs <= 0;
    }

    boolean isFull() {
        return tasks.size() >= MOST;
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** The one that is due first; there is one. */
    Task take() {
        return tasks.remove();
    }
}
