package io.heliograph.testkit;

import io.heliograph.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * One receiver at a {@link SimLink}. Not thread-safe: it belongs to the thread that sends.
 *
 * <p>Every datagram draws the same number of random values whatever becomes of it, so that changing one probability
 * leaves the other faults where they were.
 */
public final class SimReceiver {

    private final SplittableRandom random;
    private final Clock clock;
    private final Faults faults;
    private final int maxQueued;
    private final Map<FaultKind, Long> counts = new EnumMap<>(FaultKind.class);
    /** What arrives by itself, by the moment due, then by place. */
    private final PriorityQueue<Flight> flying =
            new PriorityQueue<>(Comparator.comparingLong(Flight::dueNs).thenComparingLong(Flight::place));
    /** What is held back until others were sent. */
    private final List<Flight> held = new ArrayList<>();
    private final long startNs;
    private long accepted;
    private long received;
    private long highestReceived = -1;
    private boolean isCut;

    /**
     * @param number in the order sent
     * @param behind goes behind the datagram of this number; its own if it is not held
     * @param dueNs  when it arrives, since the start, so that the clock may overflow
     */
    private record Flight(long number, long behind, long dueNs, byte[] bytes) {
        long place() {
            return isHeld() ? 2 * behind + 1 : 2 * number;
        }

        boolean isHeld() {
            return behind > number;
        }

        Flight dueBy(long ns) {
            return new Flight(number, behind, ns, bytes);
        }
    }

    SimReceiver(long seed, Clock clock, Faults faults, int maxQueued) {
        this.random = new SplittableRandom(seed);
        this.clock = clock;
        this.faults = faults;
        this.maxQueued = maxQueued;
        this.startNs = clock.nanoTime();
    }

    void accept(byte[] datagram, Optional<FaultKind> lost) {
        boolean isDropped = random.nextDouble() < faults.drop();
        boolean isDoubled = random.nextDouble() < faults.duplicate();
        boolean isHeld = random.nextDouble() < faults.reorder();
        boolean isDelayed = random.nextDouble() < faults.delay();
        boolean isCutShort = random.nextDouble() < faults.truncate();
        boolean isFlipped = random.nextDouble() < faults.bitFlip();
        int overtakers = 1 + random.nextInt(faults.reorderSpan());
        long delayNs = 1 + random.nextLong(faults.longest().toNanos());
        double cutAt = random.nextDouble();
        double flipAt = random.nextDouble();

        long number = accepted++;
        if (lost.isPresent() || isCut) {
            count(lost.orElse(FaultKind.PARTITION));
            return;
        }
        if (isDropped) {
            count(FaultKind.DROP);
            return;
        }
        byte[] bytes = datagram.clone();
        if (isCutShort && bytes.length > 0) {
            bytes = Arrays.copyOf(bytes, (int) (bytes.length * cutAt));
            count(FaultKind.TRUNCATE);
        }
        if (isFlipped && bytes.length > 0) {
            int bit = (int) (bytes.length * 8L * flipAt);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            count(FaultKind.BIT_FLIP);
        }
        long nowNs = clock.nanoTime() - startNs;
        long dueNs = nowNs;
        if (isDelayed) {
            dueNs += delayNs;
            count(FaultKind.DELAY);
        }
        var flight = new Flight(number, isHeld ? number + overtakers : number, dueNs, bytes);
        enqueue(flight);
        if (isDoubled && enqueue(new Flight(number, number, dueNs, bytes.clone()))) {
            count(FaultKind.DUPLICATE);
        }
    }

    private boolean enqueue(Flight flight) {
        if (queued() >= maxQueued) {
            count(FaultKind.QUEUE_FULL);
            return false;
        }
        return flight.isHeld() ? held.add(flight) : flying.add(flight);
    }

    /** The next datagram that has arrived by now. */
    public Optional<byte[]> poll() {
        long nowNs = clock.nanoTime() - startNs;
        release(nowNs);
        if (flying.isEmpty() || flying.element().dueNs() > nowNs) {
            return Optional.empty();
        }
        Flight flight = flying.remove();
        received++;
        if (flight.isHeld() && highestReceived > flight.number()) {
            count(FaultKind.REORDER);
        }
        highestReceived = Math.max(highestReceived, flight.number());
        return Optional.of(flight.bytes());
    }

    /** Lets go of those that enough others have passed, and of those that were held for too long. */
    private void release(long nowNs) {
        for (var each = held.iterator(); each.hasNext(); ) {
            Flight flight = each.next();
            long latestNs = flight.dueNs() + faults.longest().toNanos();
            if (flight.behind() < accepted) {
                each.remove();
                flying.add(flight.dueBy(Math.min(nowNs, latestNs)));
            } else if (latestNs <= nowNs) {
                each.remove();
                flying.add(flight.dueBy(latestNs));
            }
        }
    }

    /** Cuts this receiver off: until {@link #heal}, nothing that is sent arrives here. */
    public void cut() {
        isCut = true;
    }

    /** Ends this receiver's own partition. */
    public void heal() {
        isCut = false;
    }

    /** How many datagrams have been polled. */
    public long received() {
        return received;
    }

    /** How many datagrams are on their way. */
    public int queued() {
        return flying.size() + held.size();
    }

    /** What happened on the way here. */
    public FaultCounts faultCounts() {
        return new FaultCounts(counts);
    }

    private void count(FaultKind kind) {
        counts.merge(kind, 1L, Long::sum);
    }
}
