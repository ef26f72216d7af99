package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Copies of what one io received, in the order received. Confined to one thread. */
final class Arrivals implements DatagramIo.Receiver {

    private static final Duration SOON = Duration.ofSeconds(10);

    final List<byte[]> datagrams = new ArrayList<>();
    final List<InetSocketAddress> sources = new ArrayList<>();
    int trains;

    private Arrivals() {
    }

    /** Receives until there are {@code count} datagrams; fails if they do not come soon. */
    static Arrivals await(DatagramIo io, int count) throws IOException {
        var arrivals = new Arrivals();
        long deadlineNs = System.nanoTime() + SOON.toNanos();
        int told = 0;
        while (arrivals.datagrams.size() < count && System.nanoTime() < deadlineNs) {
            told += io.receive(arrivals, deadlineNs - System.nanoTime());
        }
        assertThat(arrivals.datagrams).hasSize(count);
        assertThat(told).isEqualTo(count);
        return arrivals;
    }

    /** Receives what is there already. */
    static Arrivals present(DatagramIo io) throws IOException {
        var arrivals = new Arrivals();
        while (io.receive(arrivals, 0) > 0) {
            // The next look may find more.
        }
        return arrivals;
    }

    @Override
    public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
        trains++;
        DatagramIo.Receiver.super.onDatagrams(train, segmentBytes, source);
    }

    @Override
    public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        datagrams.add(bytes);
        sources.add(source);
    }
}
