package io.heliograph.testkit;

import io.heliograph.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.SplittableRandom;

/** The way of one sender's datagrams to one address through an {@link ImpairedLink}. Confined to the link's lock. */
final class Lane {

    private final DatagramChannel out;
    private final InetSocketAddress to;
    private final Impairment impairment;
    private final SimReceiver queue;
    private final SplittableRandom random;
    private int burstLeft;
    private long received;
    private long sent;
    private long unsent;
    private long bursts;

    Lane(DatagramChannel out, InetSocketAddress to, Impairment impairment, long seed, Clock clock) {
        this.out = out;
        this.to = to;
        this.impairment = impairment;
        this.queue = new SimReceiver(seed, clock, impairment.faults(), SimLink.DEFAULT_MAX_QUEUED);
        this.random = new SplittableRandom(~seed);
    }

    /** Takes a datagram; what is due goes on with {@link #forward}. */
    void accept(byte[] datagram, Optional<FaultKind> cut) {
        received++;
        boolean isStruck = random.nextDouble() < impairment.burst();
        if (isStruck && burstLeft == 0) {
            burstLeft = impairment.burstLength();
            bursts++;
        }
        if (burstLeft > 0) {
            burstLeft--;
            queue.accept(datagram, cut.or(() -> Optional.of(FaultKind.DROP)));
        } else {
            queue.accept(datagram, cut);
        }
    }

    /** Sends what is due; returns how many datagrams still wait. */
    int forward() {
        for (Optional<byte[]> next = queue.poll(); next.isPresent(); next = queue.poll()) {
            if (isTaken(next.get())) {
                sent++;
            } else {
                unsent++;
            }
        }
        return queue.queued();
    }

    private boolean isTaken(byte[] datagram) {
        try {
            // 0 is also what a whole empty datagram gives; it counts as taken.
            return out.send(ByteBuffer.wrap(datagram), to) == datagram.length;
        } catch (IOException e) {
            // No route, a firewall's veto, no room: to the receiver all the same, and counted.
            return false;
        }
    }

    ImpairedLinkCounts.Way counts() {
        return new ImpairedLinkCounts.Way(received, sent, unsent, queue.queued(), bursts, queue.faultCounts());
    }
}
