package io.heliograph.udp;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@link DatagramIo} on the JDK's {@link DatagramChannel}: runs wherever Java does. A train leaves as single datagrams,
 * and every datagram is received as a train of its own. Starts no thread. Receiving allocates the source address where it
 * is not the one before's, as the JDK does; nothing else is allocated per datagram.
 */
public final class PortableDatagramIo implements DatagramIo {

    /** The most bytes a UDP datagram over IPv4 can carry. */
    public static final int MAX_DATAGRAM_BYTES = MAX_TRAIN_BYTES;

    private static final int DATAGRAMS_PER_CALL = 64;

    /** The first is the one that sends. */
    private final DatagramChannel[] channels;
    private final Selector selector;
    private final InetSocketAddress local;
    private final int receiveBufferBytes;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    /** Held while datagrams are handed over, not while they are waited for. */
    private final ReentrantLock receiveLock = new ReentrantLock();
    private int nextChannel;

    private PortableDatagramIo(List<DatagramChannel> opened) throws IOException {
        this.channels = opened.toArray(new DatagramChannel[0]);
        this.local = (InetSocketAddress) channels[0].getLocalAddress();
        int granted = Integer.MAX_VALUE;
        for (DatagramChannel channel : channels) {
            granted = Math.min(granted, channel.getOption(StandardSocketOptions.SO_RCVBUF));
            channel.configureBlocking(false);
        }
        this.receiveBufferBytes = granted;
        this.selector = Selector.open();
        for (DatagramChannel channel : channels) {
            channel.register(selector, SelectionKey.OP_READ);
        }
    }

    /**
     * A socket of its own on {@code address}; port 0 takes a free one. The address is never shared: a second socket
     * there fails, whoever opens it, and this one fails where another was first.
     *
     * @param bufferBytes what to ask of the operating system for its receive and send buffers; it may grant less
     * @throws AddressInUseException if the address is taken
     * @throws TransportException    if the operating system refuses
     */
    public static PortableDatagramIo unicast(InetSocketAddress address, int bufferBytes) {
        return open("bind UDP " + Endpoints.text(address), List.of(own(address, bufferBytes)));
    }

    /**
     * A socket that sends to multicast groups through {@code networkInterface} and hears answers at {@code address},
     * one of its addresses.
     *
     * @param timeToLive how many routers a datagram may cross, 0 to 255
     * @param bufferBytes what to ask of the operating system for its buffers
     * @throws TransportException if the operating system refuses
     */
    public static PortableDatagramIo multicastSender(InetAddress address, NetworkInterface networkInterface,
            int timeToLive, int bufferBytes) {
        InetSocketAddress any = new InetSocketAddress(address, 0);
        return open("open a multicast sender on " + networkInterface.getName(), List.of(new Wanted(any, channel -> {
            setBuffers(channel, bufferBytes);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, timeToLive);
            channel.bind(any);
        })));
    }

    /**
     * A socket that has joined {@code group} on {@code networkInterface}. Several may share a group and port; each gets
     * every datagram.
     *
     * @param bufferBytes what to ask of the operating system for its receive buffer
     * @throws AddressInUseException if a socket that does not share holds the port
     * @throws TransportException    if the operating system refuses
     */
    public static PortableDatagramIo multicastReceiver(InetSocketAddress group, NetworkInterface networkInterface,
            int bufferBytes) {
        return open("join " + Endpoints.text(group) + " on " + networkInterface.getName(),
                List.of(joined(group, networkInterface, Optional.empty(), bufferBytes)));
    }

    /** As {@link DatagramIos#multicastMember}. */
    static PortableDatagramIo multicastMember(List<InetSocketAddress> groups, InetAddress local,
            NetworkInterface networkInterface, Optional<InetAddress> source, int bufferBytes) {
        var wanted = new ArrayList<Wanted>();
        wanted.add(own(new InetSocketAddress(local, 0), bufferBytes));
        groups.forEach(group -> wanted.add(joined(group, networkInterface, source, bufferBytes)));
        return open("join " + Endpoints.text(groups) + " on " + networkInterface.getName(), wanted);
    }

    private static Wanted own(InetSocketAddress address, int bufferBytes) {
        return new Wanted(address, channel -> {
            setBuffers(channel, bufferBytes);
            channel.bind(address);
        });
    }

    private static Wanted joined(InetSocketAddress group, NetworkInterface networkInterface, Optional<InetAddress> source,
            int bufferBytes) {
        return new Wanted(group, channel -> {
            setBuffers(channel, bufferBytes);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(group);
            if (source.isPresent()) {
                channel.join(group.getAddress(), networkInterface, source.get());
            } else {
                channel.join(group.getAddress(), networkInterface);
            }
        });
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        try {
            int received = drainInTurn(receiver);
            if (received > 0 || timeoutNs <= 0) {
                return received;
            }
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs)));
            selector.selectedKeys().clear();
            return drainInTurn(receiver);
        } catch (ClosedChannelException | ClosedSelectorException e) {
            return 0;
        }
    }

    private int drainInTurn(Receiver receiver) throws IOException {
        if (receiveLock.isHeldByCurrentThread() || !receiveLock.tryLock()) {
            return 0;
        }
        try {
            return drain(receiver);
        } finally {
            receiveLock.unlock();
        }
    }

    private int drain(Receiver receiver) throws IOException {
        int received = 0;
        for (int i = 0; i < channels.length; i++) {
            // Each call goes on behind the channel that was last, also where a receiver threw: so none is left out.
            DatagramChannel channel = channels[nextChannel];
            nextChannel = (nextChannel + 1) % channels.length;
            received += drain(channel, receiver);
        }
        return received;
    }

    private int drain(DatagramChannel channel, Receiver receiver) throws IOException {
        for (int received = 0; received < DATAGRAMS_PER_CALL; received++) {
            buffer.clear();
            InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
            if (source == null) {
                return received;
            }
            receiver.onDatagrams(buffer.flip(), Math.max(1, buffer.limit()), source);
        }
        return DATAGRAMS_PER_CALL;
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        Train.require(datagrams.remaining(), segmentBytes);
        if (!target.isUnresolved() && Endpoints.isIpv6(target.getAddress()) != Endpoints.isIpv6(local.getAddress())) {
            // The JDK's own sockets of IPv6 would take it.
            throw new UnsupportedAddressTypeException();
        }
        int end = datagrams.limit();
        try {
            boolean isTaken;
            do {
                int start = datagrams.position();
                datagrams.limit(Math.min(start + segmentBytes, end));
                isTaken = channels[0].send(datagrams, target) == datagrams.limit() - start;
            } while (isTaken && datagrams.position() < end);
            return isTaken;
        } finally {
            datagrams.limit(end);
        }
    }

    @Override
    public void wakeUp() {
        if (selector.isOpen()) {
            selector.wakeup();
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    @Override
    public OptionalLong kernelDrops() {
        long sum = 0;
        try {
            for (DatagramChannel channel : channels) {
                OptionalLong drops = KernelDrops.at((InetSocketAddress) channel.getLocalAddress());
                if (drops.isEmpty()) {
                    return drops;
                }
                sum += drops.getAsLong();
            }
            return OptionalLong.of(sum);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close UDP " + Endpoints.text(local), e);
        }
    }

    /** What makes a fresh channel ready. */
    @FunctionalInterface
    private interface Preparation {
        void prepare(DatagramChannel channel) throws IOException;
    }

    /** A channel to be: where it is to be bound, and what does that and the rest. */
    private record Wanted(InetSocketAddress address, Preparation preparation) {
    }

    private static PortableDatagramIo open(String what, List<Wanted> wanted) {
        var opened = new ArrayList<DatagramChannel>();
        try {
            for (Wanted each : wanted) {
                DatagramChannel channel = DatagramChannel.open(Endpoints.family(each.address().getAddress()));
                opened.add(channel);
                prepare(channel, each);
            }
            return new PortableDatagramIo(opened);
        } catch (AddressInUseException e) {
            opened.forEach(PortableDatagramIo::closeQuietly);
            throw e;
        } catch (IOException | RuntimeException e) {
            opened.forEach(PortableDatagramIo::closeQuietly);
            throw new TransportException("cannot " + what, e);
        }
    }

    private static void prepare(DatagramChannel channel, Wanted wanted) throws IOException {
        try {
            wanted.preparation().prepare(channel);
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("in use")) {
                throw new AddressInUseException("UDP " + Endpoints.text(wanted.address()),
                        "close the program that holds it, or take another port");
            }
            throw e;
        }
    }

    private static void closeQuietly(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The error that led here is the one to report.
        }
    }

    private static void setBuffers(DatagramChannel channel, int bufferBytes) throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
    }
}
