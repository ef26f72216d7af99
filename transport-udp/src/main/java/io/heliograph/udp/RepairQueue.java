package io.heliograph.udp;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Repairs that wait for their turn where there is a rate to keep; in the order in which they were asked for, at most
 * {@value #MOST_DATAGRAMS}. What waits for one receiver and is then asked for by others too is left to the repair that goes to
 * all. Guarded by the publisher's lock.
 */
final class RepairQueue {

    private static final int MOST_DATAGRAMS = 1 << 14;

    private record Run(long from, long end, List<InetSocketAddress> to, RepairGate.Verdict verdict) {
    }

    private final RepairGate gate;
    private final Deque<Run> runs = new ArrayDeque<>();
    private long datagrams;
    private long from;
    private long end;

    /** @param gate hears what waits and what has left */
    RepairQueue(RepairGate gate) {
        this.gate = gate;
    }

    /** Takes in what has its place, by the gate's verdict; whoever needs the rest asks again. */
    void add(long first, long count, List<InetSocketAddress> to, RepairGate.Verdict verdict, long nowNs) {
        long taken = Math.min(count, MOST_DATAGRAMS - datagrams);
        if (taken > 0) {
            runs.add(new Run(first, first + taken, to, verdict));
            gate.waiting(first, first + taken, nowNs);
            datagrams += taken;
        }
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /**
     * Finds what is next, of what is kept still.
     *
     * @param trail the oldest datagram that is
     * @return whether there is any: from {@link #from} up to {@link #end}, for {@link #to}
     */
    boolean hasNext(long trail) {
        while (!runs.isEmpty()) {
            Run run = runs.element();
            from = Math.max(run.from(), Math.min(trail, run.end()));
            while (from < run.end() && isLeftToAll(run, from)) {
                from++;
            }
            if (from < run.end()) {
                end = from + 1;
                while (end < run.end() && !isLeftToAll(run, end)) {
                    end++;
                }
                return true;
            }
            replaceFirst(run.end());
        }
        return false;
    }

    private boolean isLeftToAll(Run run, long sequence) {
        return run.verdict() == RepairGate.Verdict.UNICAST && gate.isForAll(sequence);
    }

    private void replaceFirst(long next) {
        Run run = runs.remove();
        datagrams -= next - run.from();
        if (next < run.end()) {
            runs.addFirst(new Run(next, run.end(), run.to(), run.verdict()));
        }
    }

    /** The first datagram that is next. */
    long from() {
        return from;
    }

    /** Sequence behind the last one that is next. */
    long end() {
        return end;
    }

    /** Where they go to. */
    List<InetSocketAddress> to() {
        return runs.element().to();
    }

    /** The first {@code count} of what is next have left. */
    void left(int count, long nowNs) {
        gate.left(from, from + count, nowNs);
        replaceFirst(from + count);
    }
}
