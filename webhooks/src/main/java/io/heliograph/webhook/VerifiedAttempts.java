package io.heliograph.webhook;

import java.time.Duration;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/** Attempts that were verified and would still pass again; the oldest go first when there are too many. Thread-safe. */
final class VerifiedAttempts {

    private record Attempt(String id, long seconds) implements Comparable<Attempt> {
        @Override
        public int compareTo(Attempt other) {
            return Long.compare(seconds, other.seconds);
        }
    }

    private final long toleranceSeconds;
    private final int limit;
    private final Set<Attempt> known = new HashSet<>();
    private final PriorityQueue<Attempt> oldestFirst = new PriorityQueue<>();
    private long forgottenEarly;

    VerifiedAttempts(Duration tolerance, int limit) {
        this.toleranceSeconds = tolerance.toSeconds();
        this.limit = limit;
    }

    /** Remembers an attempt; says {@code false} if it is known. */
    synchronized boolean add(String id, long seconds, long nowSeconds) {
        while (!oldestFirst.isEmpty() && nowSeconds - oldestFirst.peek().seconds() > toleranceSeconds) {
            known.remove(oldestFirst.poll());
        }
        var attempt = new Attempt(id, seconds);
        if (limit == 0) {
            return true;
        }
        if (!known.add(attempt)) {
            return false;
        }
        oldestFirst.add(attempt);
        if (known.size() > limit) {
            known.remove(oldestFirst.poll());
            forgottenEarly++;
        }
        return true;
    }

    synchronized long forgottenEarly() {
        return forgottenEarly;
    }
}
