package io.heliograph.udp;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * {@link DatagramIo} on Linux's own socket calls. A train leaves in one call (UDP_SEGMENT), and datagrams of one sender
 * that arrive together are received as a train (UDP_GRO), several trains in one call (recvmmsg).
 *
 * <p>Starts no thread; senders take turns at a lock, held for one train. Allocates nothing per train in steady state. A
 * virtual thread that waits in {@link #receive} keeps its carrier. Memory is freed by the garbage collector, the socket
 * itself when it is closed and the last call has left it.
 */
final class NativeDatagramIo implements DatagramIo {

    private final NativeSocket socket;
    private final InetSocketAddress local;
    private final int receiveBufferBytes;
    private final Consumer<String> degraded;
    private final ReentrantLock sendLock = new ReentrantLock();
    private final SendMessage message = new SendMessage();
    private final AtomicLong refusals = new AtomicLong();
    private Optional<ReceiveBatch> batch = Optional.empty();
    private boolean isWithoutTrains;

    private NativeDatagramIo(NativeSocket socket, Consumer<String> degraded) throws IOException {
        this.socket = socket;
        this.degraded = degraded;
        this.local = socket.localAddress();
        // The kernel doubles what it is asked for, to have room for its own notes, and tells the double: socket(7).
        this.receiveBufferBytes = socket.option("SO_RCVBUF", Linux.SOL_SOCKET, Linux.SO_RCVBUF) / 2;
    }

    /** As {@link DatagramIos#unicast}. */
    static NativeDatagramIo unicast(InetSocketAddress address, int bufferBytes, Consumer<String> degraded) {
        return open("bind UDP " + text(address), address, degraded, socket -> {
            setBuffers(socket, bufferBytes);
            socket.bind(address);
        });
    }

    /** As {@link DatagramIos#multicastSender}. */
    static NativeDatagramIo multicastSender(InetAddress local, NetworkInterface networkInterface, int timeToLive,
            int bufferBytes, Consumer<String> degraded) {
        InetSocketAddress any = new InetSocketAddress(local, 0);
        return open("open a multicast sender on " + networkInterface.getName(), any, degraded, socket -> {
            setBuffers(socket, bufferBytes);
            setMembership(socket, "IP_MULTICAST_IF", Linux.IP_MULTICAST_IF, InetAddress.ofLiteral("0.0.0.0"), local,
                    networkInterface);
            socket.setOption("IP_MULTICAST_TTL", Linux.IPPROTO_IP, Linux.IP_MULTICAST_TTL, timeToLive);
            socket.bind(any);
        });
    }

    /** As {@link DatagramIos#multicastReceiver}. */
    static NativeDatagramIo multicastReceiver(InetSocketAddress group, NetworkInterface networkInterface,
            int bufferBytes, Consumer<String> degraded) {
        return open("join " + text(group) + " on " + networkInterface.getName(), group, degraded, socket -> {
            setBuffers(socket, bufferBytes);
            socket.setOption("SO_REUSEADDR", Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
            // Otherwise the socket hears its group on every interface where anybody on this machine has joined it.
            socket.setOption("IP_MULTICAST_ALL", Linux.IPPROTO_IP, Linux.IP_MULTICAST_ALL, 0);
            socket.bind(group);
            setMembership(socket, "IP_ADD_MEMBERSHIP", Linux.IP_ADD_MEMBERSHIP, group.getAddress(),
                    InetAddress.ofLiteral("0.0.0.0"), networkInterface);
        });
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        if (!socket.enter()) {
            return 0;
        }
        try {
            int received = drain(receiver);
            if (received > 0 || timeoutNs <= 0) {
                return received;
            }
            socket.await(timeoutNs);
            return drain(receiver);
        } finally {
            socket.exit();
        }
    }

    private int drain(Receiver receiver) throws IOException {
        // A socket that only sends needs no megabyte to receive into.
        ReceiveBatch trains = batch.orElseGet(ReceiveBatch::new);
        if (batch.isEmpty()) {
            batch = Optional.of(trains);
        }
        if (!trains.hasMore() && !fetch(trains)) {
            return 0;
        }
        int received = 0;
        while (trains.hasMore() && !socket.isClosed()) {
            received += trains.hand(receiver);
        }
        return received;
    }

    private boolean fetch(ReceiveBatch trains) throws IOException {
        int result = trains.fetch(socket.fd());
        while (isToBeRepeated(result)) {
            result = trains.fetch(socket.fd());
        }
        if (result < 0 && result != -Linux.EAGAIN) {
            throw failure("receive", result);
        }
        return result > 0;
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        int length = datagrams.remaining();
        Train.require(length, segmentBytes);
        if (!socket.enter()) {
            throw new ClosedChannelException();
        }
        sendLock.lock();
        try {
            int start = datagrams.position();
            message.load(datagrams, target);
            datagrams.position(start);
            return length > segmentBytes && !isWithoutTrains
                    ? sendTrain(datagrams, length, segmentBytes)
                    : sendSingly(datagrams, length, segmentBytes);
        } finally {
            sendLock.unlock();
            socket.exit();
        }
    }

    private boolean sendTrain(ByteBuffer datagrams, int length, int segmentBytes) throws IOException {
        long result = sendPart(0, length, segmentBytes);
        if (result == -Linux.EIO || result == -Linux.EINVAL || result == -Linux.EMSGSIZE) {
            // A device without checksums in hardware, or segments longer than it carries. If the fault is another one,
            // single datagrams fail too.
            boolean isSent = sendSingly(datagrams, length, segmentBytes);
            isWithoutTrains = true;
            degraded.accept("datagrams leave " + text(local) + " singly, which is slower: trains of " + segmentBytes
                    + " bytes a datagram are refused: " + Linux.text((int) -result));
            return isSent;
        }
        if (isTaken(result)) {
            datagrams.position(datagrams.limit());
            return true;
        }
        return false;
    }

    private boolean sendSingly(ByteBuffer datagrams, int length, int segmentBytes) throws IOException {
        int start = datagrams.position();
        int sent = 0;
        do {
            int next = Math.min(segmentBytes, length - sent);
            if (!isTaken(sendPart(sent, next, next))) {
                return false;
            }
            sent += next;
            datagrams.position(start + sent);
        } while (sent < length);
        return true;
    }

    private long sendPart(int from, int length, int segmentBytes) {
        long result = message.send(socket.fd(), from, length, segmentBytes);
        while (isToBeRepeated(result)) {
            result = message.send(socket.fd(), from, length, segmentBytes);
        }
        return result;
    }

    private boolean isTaken(long result) throws IOException {
        if (result == -Linux.EAGAIN || result == -Linux.ENOBUFS) {
            return false;
        }
        if (result < 0) {
            throw failure("send", result);
        }
        return true;
    }

    /** Whether the call did nothing yet: a signal came, or it told of an earlier datagram that nobody listened for. */
    private boolean isToBeRepeated(long result) {
        if (result == -Linux.ECONNREFUSED) {
            refusals.incrementAndGet();
            return true;
        }
        return result == -Linux.EINTR;
    }

    private IOException failure(String what, long result) {
        return new IOException(what + " at UDP " + text(local) + ": " + Linux.text((int) -result));
    }

    @Override
    public void wakeUp() {
        socket.wakeUp();
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
        if (!socket.enter()) {
            return OptionalLong.empty();
        }
        try {
            long drops = socket.drops();
            return drops < 0 ? OptionalLong.empty() : OptionalLong.of(drops);
        } finally {
            socket.exit();
        }
    }

    /** How often the kernel told that nobody listened where a datagram went; ignored otherwise. */
    long refusals() {
        return refusals.get();
    }

    /** How many objects for senders' addresses were made. For the receiving thread. */
    long addressesMade() {
        return batch.map(ReceiveBatch::addressesMade).orElse(0L);
    }

    @Override
    public void close() {
        socket.close();
    }

    /** What makes a fresh socket ready. */
    @FunctionalInterface
    interface Preparation {
        void prepare(NativeSocket socket) throws IOException;
    }

    static NativeDatagramIo open(String what, InetSocketAddress address, Consumer<String> degraded,
            Preparation preparation) {
        NativeSocket socket;
        try {
            socket = NativeSocket.open();
        } catch (IOException e) {
            throw new TransportException("cannot " + what, e);
        }
        try {
            preparation.prepare(socket);
            prepareTrains(socket, degraded);
            return new NativeDatagramIo(socket, degraded);
        } catch (BindException e) {
            socket.close();
            throw new AddressInUseException("UDP " + text(address), "close the program that holds it, or take another port");
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw new TransportException("cannot " + what, e);
        }
    }

    /** Kernels before 5.0 cannot: datagrams then come singly. */
    private static void prepareTrains(NativeSocket socket, Consumer<String> degraded) {
        try {
            socket.setOption("UDP_GRO", Linux.SOL_UDP, Linux.UDP_GRO, 1);
        } catch (IOException e) {
            degraded.accept("datagrams arrive singly, which is slower: " + e.getMessage());
        }
    }

    private static void setBuffers(NativeSocket socket, int bufferBytes) throws IOException {
        socket.setOption("SO_RCVBUF", Linux.SOL_SOCKET, Linux.SO_RCVBUF, bufferBytes);
        socket.setOption("SO_SNDBUF", Linux.SOL_SOCKET, Linux.SO_SNDBUF, bufferBytes);
    }

    private static void setMembership(NativeSocket socket, String name, int option, InetAddress group, InetAddress local,
            NetworkInterface networkInterface) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(Linux.IP_MREQN);
            SocketAddresses.writeHost(group, request, Linux.IMR_MULTIADDR);
            SocketAddresses.writeHost(local, request, Linux.IMR_ADDRESS);
            request.set(ValueLayout.JAVA_INT, Linux.IMR_IFINDEX, networkInterface.getIndex());
            socket.setOption(name, Linux.IPPROTO_IP, option, request);
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
