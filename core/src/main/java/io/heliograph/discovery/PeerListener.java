package io.heliograph.discovery;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Hears beacons on one interface and keeps the table of who sends them. Several may listen at one group.
 *
 * <p>Thread-safe. Runs one daemon thread, {@code heliograph-peer-listener GROUP}; if its socket fails, that is told as a
 * notice and the table runs empty.
 */
public final class PeerListener implements AutoCloseable {

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final DatagramChannel channel;
    private final DiscoveryGroup group;
    private final Environment environment;
    private final Peers peers;
    private final Thread thread;
    private volatile boolean isClosed;

    private PeerListener(DatagramChannel channel, DiscoveryGroup group, Environment environment) {
        this.channel = channel;
        this.group = group;
        this.environment = environment;
        this.peers = new Peers(environment.clock());
        this.thread = Thread.ofPlatform().daemon().name("heliograph-peer-listener " + group).unstarted(this::run);
    }

    /**
     * Begins to listen.
     *
     * @throws io.heliograph.ConfigException       for an interface without an IPv4 address
     * @throws io.heliograph.AddressInUseException if a socket that does not share holds the port
     * @throws io.heliograph.TransportException    if no socket can be opened
     */
    public static PeerListener open(NetworkInterface networkInterface, DiscoveryGroup group, Environment environment) {
        var listener = new PeerListener(DiscoverySockets.receiver(networkInterface, group), group, environment);
        listener.thread.start();
        return listener;
    }

    private void run() {
        // One more than any beacon has: what fills it was longer.
        ByteBuffer buffer = ByteBuffer.allocateDirect(BeaconCodec.MAX_BYTES + 1);
        try {
            while (!isClosed) {
                InetSocketAddress source = (InetSocketAddress) channel.receive(buffer.clear());
                peers.hear(buffer.flip(), source);
            }
        } catch (IOException e) {
            if (!isClosed) {
                environment.tell(new Notice.TransportFailed(group.toString(), "beacons are heard no more: " + e));
            }
        } finally {
            DiscoverySockets.close(channel);
        }
    }

    /** Who is there; filled as beacons come. */
    public Peers peers() {
        return peers;
    }

    /** Ends listening. Idempotent. */
    @Override
    public void close() {
        isClosed = true;
        DiscoverySockets.close(channel);
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, LONGEST_CLOSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
