package io.heliograph.demo;

import io.heliograph.statsd.GeneratorSequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends StatsD lines as datagrams that are numbered, so that their loss is known exactly. One thread sends, any thread
 * reads the counts.
 */
final class MetricSender implements AutoCloseable {

    /** Fits an Ethernet frame, as clients of StatsD do it. */
    private static final int MAX_DATAGRAM_BYTES = 1_432;

    private final String id;
    private final InetSocketAddress target;
    private final DatagramChannel channel;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final StringBuilder datagram = new StringBuilder();

    /**
     * @param id     names this sender among all the server hears; a sender that starts again takes another one
     * @param target where the StatsD server listens
     */
    MetricSender(String id, InetSocketAddress target) {
        this.id = id;
        this.target = target;
        try {
            this.channel = DatagramChannel.open(StandardProtocolFamily.INET);
        } catch (IOException e) {
            throw new UncheckedIOException("open a UDP socket", e);
        }
    }

    /** Sends lines, as many in a datagram as it holds. The characters are ASCII. */
    void send(List<String> lines) {
        datagram.setLength(0);
        for (String line : lines) {
            if (datagram.length() + line.length() >= MAX_DATAGRAM_BYTES) {
                sendDatagram();
            }
            if (datagram.isEmpty()) {
                datagram.append(GeneratorSequence.firstLine(id, sent.get() + 1));
            }
            datagram.append(line).append('\n');
        }
        if (!datagram.isEmpty()) {
            sendDatagram();
        }
    }

    private void sendDatagram() {
        try {
            channel.send(ByteBuffer.wrap(datagram.toString().getBytes(StandardCharsets.US_ASCII)), target);
            sent.incrementAndGet();
        } catch (IOException e) {
            // Never left this machine, so its number is used again.
            unsent.incrementAndGet();
        }
        datagram.setLength(0);
    }

    /** The id in its numbered lines. */
    String id() {
        return id;
    }

    /** Datagrams that the operating system took. */
    long sent() {
        return sent.get();
    }

    /** Datagrams that it did not take. */
    long unsent() {
        return unsent.get();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close a UDP socket", e);
        }
    }
}
