package io.heliograph.testkit;

import io.heliograph.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A link for datagrams whose faults come from a seed: one sender, any number of receivers, each of whom suffers faults
 * of its own. The same seed, sends, polls and moments give the same run; a receiver's fate does not hang on who else
 * listens.
 *
 * <pre>
 *                            +-- faults --> queue --> receiver 0
 *  send --- partition? ------+
 *                            +-- faults --> queue --> receiver 1
 * </pre>
 *
 * <p>Pure: it touches no network and starts no thread. Not thread-safe: one thread sends, moves the clock and polls.
 */
public final class SimLink {

    /** How many datagrams may be on their way to one receiver, unless told otherwise. */
    public static final int DEFAULT_MAX_QUEUED = 100_000;

    private final long seed;
    private final Clock clock;
    private final int maxQueued;
    private final List<SimReceiver> receivers = new ArrayList<>();
    private boolean isCut;
    private long sent;

    /** A link whose datagrams arrive as {@code clock} says. */
    public SimLink(long seed, Clock clock) {
        this(seed, clock, DEFAULT_MAX_QUEUED);
    }

    /** @param maxQueued at most so many datagrams are on their way to one receiver; the others are lost, and counted */
    public SimLink(long seed, Clock clock, int maxQueued) {
        if (maxQueued < 1) {
            throw new IllegalArgumentException("maxQueued " + maxQueued + ": allowed is 1 or more");
        }
        this.seed = seed;
        this.clock = clock;
        this.maxQueued = maxQueued;
    }

    /** One more receiver, of what is sent from now on. */
    public SimReceiver receiver(Faults faults) {
        var receiver = new SimReceiver(seed + 0x9e3779b97f4a7c15L * (receivers.size() + 1), clock, faults, maxQueued);
        receivers.add(receiver);
        return receiver;
    }

    /** Sends a copy of {@code datagram} to every receiver. */
    public void send(byte[] datagram) {
        sent++;
        for (SimReceiver receiver : receivers) {
            receiver.accept(datagram, isCut ? Optional.of(FaultKind.PARTITION) : Optional.empty());
        }
    }

    /** Cuts the link: until {@link #heal}, nothing that is sent arrives. What is on its way does. */
    public void cut() {
        isCut = true;
    }

    /** Mends the link. */
    public void heal() {
        isCut = false;
    }

    /** How many datagrams were sent. */
    public long sent() {
        return sent;
    }

    /** What happened on the way to all receivers together. */
    public FaultCounts faultCounts() {
        return receivers.stream().map(SimReceiver::faultCounts).reduce(FaultCounts.NONE, FaultCounts::plus);
    }

    @Override
    public String toString() {
        return "SimLink[seed " + seed + "L, sent " + sent + ", " + faultCounts() + "]";
    }
}
