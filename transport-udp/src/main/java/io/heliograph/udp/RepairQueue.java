package io.heliograph.udp;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Repairs that wait for their turn where there is a rate to keep; in the order in which they were asked for, at most
 * {@value #MOST_DATAGRAMS}. Guarded by the publisher's lock.
 */
final class RepairQueue {

    private static final int MOST_DATAGRAMS = 1 << 14;

    private record Run(long from, long end, List<InetSocketAddress> to) {
    }

    private final RepairGate gate;

    private final Deque<Run> runs = new ArrayDeque<>();
    private long datagrams;

    /** @param gate hears what waits and what has left */
    RepairQueue(RepairGate gate) {
        this.gate = gate;
    }

    /** Takes in what has its place; whoever needs the rest asks again. */
    void add(long from, long count, List<InetSocketAddress> to, long nowNs) {
        long taken = Math.min(count, MOST_DATAGRAMS - datagrams);
        if (taken > 0) {
            runs.add(new Run(from, from + taken, to));
            gate.waiting(from, from + taken, nowNs);
            datagrams += taken;
        }
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** The first datagram that waits. */
    long from() {
        return runs.element().from();
    }

    /** Sequence behind the last one that waits with {@link #from} for the same targets. */
    long end() {
        return runs.element().end();
    }

    /** Where {@link #from} goes to. */
    List<InetSocketAddress> to() {
        return runs.element().to();
    }

    /** What waits before {@code next}, up to {@link #end}, is done with. */
    void advance(long next, long nowNs) {
        Run run = runs.remove();
        gate.left(run.from(), Math.min(next, run.end()), nowNs);
        long begin = Math.clamp(next, run.from(), run.end());
        datagrams -= begin - run.from();
        if (begin < run.end()) {
            runs.addFirst(new Run(begin, run.end(), run.to()));
        }
    }
}
