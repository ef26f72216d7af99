package io.heliograph.udp;

import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where one session's datagrams go: to one place, or by two lines that carry the same. Counts those that the operating system
 * did not take. Guarded by the publisher's lock; allocates nothing.
 */
final class Lines {

    private final String address;
    private final List<InetSocketAddress> targets;
    private final boolean isReliable;
    private final DatagramIo io;
    private final TellingLock lock;
    private final Environment environment;
    private long datagramsNotSent;

    /** @param io sends; the owner closes it */
    Lines(Feed feed, DatagramIo io, TellingLock lock, Environment environment) {
        this.address = feed.address();
        this.targets = feed.targets();
        this.isReliable = feed.isReliable();
        this.io = io;
        this.lock = lock;
        this.environment = environment;
    }

    List<InetSocketAddress> targets() {
        return targets;
    }

    /** How many times a datagram leaves that goes by every line. */
    int count() {
        return targets.size();
    }

    /** Datagrams that the operating system did not take, nor will be asked to again. */
    long datagramsNotSent() {
        return datagramsNotSent;
    }

    /**
     * Sends a train to every line.
     *
     * @return how many datagrams need not be sent again: less than {@code datagrams} if the operating system is to be tried
     *     again later
     */
    int sendTrain(Chunk chunk, long sequence, int datagrams) {
        int segmentBytes = chunk.length(sequence);
        for (int line = 0; line < targets.size(); line++) {
            ByteBuffer train = chunk.view(sequence, datagrams);
            if (!send(train, segmentBytes, targets.get(line))) {
                int left = datagrams(train, segmentBytes);
                if (isReliable && line == 0) {
                    return datagrams - left;
                }
                datagramsNotSent += left;
            }
        }
        return datagrams;
    }

    /** Sends a datagram to one target; says {@code false} if the operating system did not take it. */
    boolean send(ByteBuffer datagram, InetSocketAddress target) {
        return send(datagram, datagram.remaining(), target);
    }

    /** Sends a datagram to a target that is one of the lines; what is not taken is counted. */
    void sendOrCount(ByteBuffer datagram, InetSocketAddress target) {
        if (!send(datagram, target)) {
            datagramsNotSent++;
        }
    }

    /** Sends a train to one target; says {@code false} if the operating system did not take what remains of it. */
    boolean send(ByteBuffer train, int segmentBytes, InetSocketAddress target) {
        try {
            return io.send(train, segmentBytes, target);
        } catch (IOException e) {
            if (datagramsNotSent == 0) {
                lock.tellLater(environment, new Notice.Degraded(address, "a datagram could not be sent: " + e.getMessage()));
            }
            datagramsNotSent += datagrams(train, segmentBytes);
            train.position(train.limit());
            return true;
        }
    }

    private static int datagrams(ByteBuffer train, int segmentBytes) {
        return (train.remaining() + segmentBytes - 1) / segmentBytes;
    }
}
