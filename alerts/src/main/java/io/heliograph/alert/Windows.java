package io.heliograph.alert;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * What conditions have counted so far, in memory, by the time when events were stored. Bounded: beyond so many events the windows
 * that were longest unused are given up, and counted. Confined to the matcher's thread, but for the counter.
 */
final class Windows {

    private static final long NEVER = Long.MIN_VALUE;

    private final int mostEntries;
    private final Environment environment;
    private final Map<Key, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final LongAdder givenUp = new LongAdder();
    private long entries;

    /** A search that was changed counts anew. */
    private record Key(String tenant, String search, long revision, String by) {
    }

    private record Timer(long dueMs, Key key) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.compare(dueMs, other.dueMs);
        }
    }

    private sealed interface Window {
        int entries();

        /** From when on it counts for nothing. */
        long endMs();
    }

    private record Counting(ArrayDeque<Long> times, long withinMs) implements Window {
        @Override
        public int entries() {
            return Math.max(1, times.size());
        }

        @Override
        public long endMs() {
            return times.isEmpty() ? NEVER : times.getLast() + withinMs;
        }
    }

    /** When the latest row of events began that has come so far. */
    private record Following(long[] begunMs, long withinMs) implements Window {
        @Override
        public int entries() {
            return begunMs.length;
        }

        @Override
        public long endMs() {
            return Arrays.stream(begunMs).max().orElse(NEVER) + withinMs;
        }
    }

    private record Missing(Outcome first, long dueMs) implements Window {
        @Override
        public int entries() {
            return 1;
        }

        @Override
        public long endMs() {
            // Its timer ends it.
            return Long.MAX_VALUE;
        }
    }

    Windows(int mostEntries, Environment environment) {
        this.mostEntries = mostEntries;
        this.environment = environment;
    }

    /**
     * An event matched a search, or one of the other queries of its condition.
     *
     * @param match the match of the search's own query, if that matched
     * @param parts which of the condition's queries matched, from 1 on
     * @return whether the condition is met by it
     */
    boolean isMetBy(SavedSearch search, Condition condition, PendingEvent event, Optional<Outcome> match, Set<Integer> parts) {
        String by = condition.by().map(field -> FieldValue.of(event.event(), field)).orElse("");
        var key = new Key(search.tenant(), search.id(), search.revision(), by);
        return switch (condition) {
            case Condition.Count count -> match.isPresent() && count(key, count, event.atMs());
            case Condition.Sequence sequence -> match.isPresent() && follow(key, sequence, event.atMs(), parts);
            case Condition.Absent absent -> {
                miss(key, absent, event.atMs(), match, parts);
                yield false;
            }
        };
    }

    private boolean count(Key key, Condition.Count count, long atMs) {
        long withinMs = count.within().toMillis();
        var window = (Counting) windows.computeIfAbsent(key, k -> new Counting(new ArrayDeque<>(), withinMs));
        int before = sizeOf(window);
        while (!window.times.isEmpty() && atMs - window.times.getFirst() >= withinMs) {
            window.times.removeFirst();
        }
        window.times.addLast(atMs);
        boolean isMet = window.times.size() >= count.count();
        if (isMet) {
            remove(key, before);
        } else {
            resized(window.entries() - before);
        }
        return isMet;
    }

    private boolean follow(Key key, Condition.Sequence sequence, long atMs, Set<Integer> parts) {
        int length = sequence.queries().size();
        long withinMs = sequence.within().toMillis();
        boolean isNew = !windows.containsKey(key);
        if (isNew && !parts.contains(1)) {
            return false;
        }
        var window = (Following) windows.computeIfAbsent(key, k -> {
            long[] begun = new long[length];
            Arrays.fill(begun, NEVER);
            return new Following(begun, withinMs);
        });
        // From the end, so that one event is only one step.
        for (int step = length; step >= 2; step--) {
            long begunMs = window.begunMs[step - 2];
            if (parts.contains(step) && begunMs != NEVER && atMs - begunMs < withinMs) {
                if (step == length) {
                    remove(key, isNew ? 0 : length);
                    return true;
                }
                window.begunMs[step - 1] = begunMs;
            }
        }
        if (parts.contains(1)) {
            window.begunMs[0] = atMs;
        }
        resized(isNew ? length : 0);
        return false;
    }

    private void miss(Key key, Condition.Absent absent, long atMs, Optional<Outcome> match, Set<Integer> parts) {
        if (parts.contains(1)) {
            if (windows.containsKey(key)) {
                remove(key, 1);
            }
        } else if (match.isPresent() && !windows.containsKey(key)) {
            long dueMs = atMs + absent.within().toMillis();
            windows.put(key, new Missing(match.get(), dueMs));
            timers.add(new Timer(dueMs, key));
            resized(1);
        }
    }

    private static int sizeOf(Counting window) {
        return window.times.isEmpty() ? 0 : window.entries();
    }

    private void remove(Key key, int had) {
        windows.remove(key);
        entries -= had;
    }

    private void resized(int by) {
        entries += by;
        if (entries > mostEntries) {
            shrink();
        }
    }

    /** What is over goes first, then the longest unused, until a tenth is free. */
    private void shrink() {
        long nowMs = environment.wallClock().epochNanos() / 1_000_000;
        long goal = mostEntries - mostEntries / 10;
        removeWhile(window -> window.endMs() <= nowMs, Long.MIN_VALUE);
        long before = windows.size();
        removeWhile(window -> true, goal);
        if (windows.size() < before) {
            givenUp.add(before - windows.size());
            environment.tell(new Notice.Degraded("conditions of searches", (before - windows.size()) + " of them begin to count anew: more"
                    + " than " + mostEntries + " events are counted (setting windowEntries)"));
        }
    }

    private void removeWhile(Predicate<Window> isOver, long goal) {
        Iterator<Window> eldest = windows.values().iterator();
        while (eldest.hasNext() && entries > goal) {
            Window window = eldest.next();
            if (isOver.test(window)) {
                eldest.remove();
                entries -= window.entries();
            }
        }
    }

    /** When the first of those is due that wait for something to stay away, in milliseconds since 1970. */
    OptionalLong nextDueMs() {
        return timers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(timers.peek().dueMs);
    }

    /** Those for which nothing came in time. */
    List<Outcome> due(long nowMs, int most) {
        var due = new ArrayList<Outcome>();
        while (due.size() < most && !timers.isEmpty() && timers.peek().dueMs <= nowMs) {
            Timer timer = timers.remove();
            if (windows.get(timer.key) instanceof Missing(Outcome first, long dueMs) && dueMs == timer.dueMs) {
                remove(timer.key, 1);
                due.add(first.as(Outcome.Kind.LATE));
            }
        }
        return due;
    }

    /** How many were given up. */
    long givenUp() {
        return givenUp.sum();
    }
}
