package io.heliograph.udp;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * {@link DatagramIo} on Linux's own socket calls. A train leaves in one call (UDP_SEGMENT), and datagrams of one sender
 * that arrive together are received as a train (UDP_GRO), several trains in one call (recvmmsg).
 *
 * <p>One that has joined groups has a socket for each and one that sends; all of them are drained in turn and waited for
 * together. Starts no thread; senders take turns at a lock, held for one train. Allocates nothing per train in steady state. A
 * virtual thread that waits in {@link #receive} keeps its carrier. Memory is freed by the garbage collector, the sockets
 * themselves when they are closed and the last call has left them.
 */
final class NativeDatagramIo implements DatagramIo {

    private final NativeSockets sockets;
    private final InetSocketAddress local;
    private final int receiveBufferBytes;
    private final Consumer<String> degraded;
    private final ReentrantLock sendLock = new ReentrantLock();
    /** Held while datagrams are handed over, not while they are waited for. */
    private final ReentrantLock receiveLock = new ReentrantLock();
    private final SendMessage message;
    private final AtomicLong refusals = new AtomicLong();
    private Optional<ReceiveBatch> batch = Optional.empty();
    private int nextSocket;
    private boolean isWithoutTrains;

    /** @param opened the first is the one that sends */
    private NativeDatagramIo(List<NativeSocket> opened, Consumer<String> degraded) throws IOException {
        NativeSocket sender = opened.getFirst();
        int granted = Integer.MAX_VALUE;
        for (NativeSocket socket : opened) {
            // The kernel doubles what it is asked for, to have room for its own notes, and tells the double: socket(7).
            granted = Math.min(granted, socket.option("SO_RCVBUF", LinuxConstants.SOL_SOCKET, LinuxConstants.SO_RCVBUF) / 2);
        }
        this.receiveBufferBytes = granted;
        this.degraded = degraded;
        this.local = sender.localAddress();
        this.message = new SendMessage(sender.family());
        this.sockets = new NativeSockets(opened);
    }

    /** As {@link DatagramIos#unicast}. */
    static NativeDatagramIo unicast(InetSocketAddress address, int bufferBytes, Consumer<String> degraded) {
        return open("bind UDP " + Endpoints.text(address), degraded, List.of(NativeOpening.own(address, bufferBytes)));
    }

    /** As {@link DatagramIos#multicastSender}. */
    static NativeDatagramIo multicastSender(InetAddress local, NetworkInterface networkInterface, int timeToLive,
            int bufferBytes, Consumer<String> degraded) {
        return open("open a multicast sender on " + networkInterface.getName(), degraded,
                List.of(NativeOpening.sender(local, networkInterface, timeToLive, bufferBytes)));
    }

    /** As {@link DatagramIos#multicastReceiver}. */
    static NativeDatagramIo multicastReceiver(InetSocketAddress group, NetworkInterface networkInterface,
            int bufferBytes, Consumer<String> degraded) {
        return open("join " + Endpoints.text(group) + " on " + networkInterface.getName(), degraded,
                List.of(NativeOpening.joined(group, networkInterface, Optional.empty(), bufferBytes)));
    }

    /** As {@link DatagramIos#multicastMember}. */
    static NativeDatagramIo multicastMember(List<InetSocketAddress> groups, InetAddress local,
            NetworkInterface networkInterface, Optional<InetAddress> source, int bufferBytes, Consumer<String> degraded) {
        var openings = new ArrayList<NativeOpening>();
        openings.add(NativeOpening.own(new InetSocketAddress(local, 0), bufferBytes));
        groups.forEach(group -> openings.add(NativeOpening.joined(group, networkInterface, source, bufferBytes)));
        return open("join " + Endpoints.text(groups) + " on " + networkInterface.getName(), degraded, openings);
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        if (!sockets.enter()) {
            return 0;
        }
        try {
            int received = drainInTurn(receiver);
            if (received > 0 || timeoutNs <= 0) {
                return received;
            }
            sockets.await(timeoutNs);
            return drainInTurn(receiver);
        } finally {
            sockets.exit();
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
        // A socket that only sends needs no megabyte to receive into.
        ReceiveBatch trains = batch.orElseGet(ReceiveBatch::new);
        if (batch.isEmpty()) {
            batch = Optional.of(trains);
        }
        int received = hand(trains, receiver);
        for (int i = 0; i < sockets.count() && !trains.hasMore() && !sockets.isClosed(); i++) {
            // Each call goes on behind the socket that was last, also where a receiver threw: so none is left out.
            int place = nextSocket;
            nextSocket = (place + 1) % sockets.count();
            fetch(trains, sockets.fd(place));
            received += hand(trains, receiver);
        }
        return received;
    }

    private int hand(ReceiveBatch trains, Receiver receiver) throws IOException {
        int received = 0;
        while (trains.hasMore() && !sockets.isClosed()) {
            received += trains.hand(receiver);
        }
        return received;
    }

    private void fetch(ReceiveBatch trains, int fd) throws IOException {
        int result;
        do {
            result = trains.fetch(fd);
        } while (isToBeRepeated(result));
        if (result < 0 && result != -LinuxConstants.EAGAIN) {
            throw failure("receive", result);
        }
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        int length = datagrams.remaining();
        Train.require(length, segmentBytes);
        if (!sockets.enter()) {
            throw new ClosedChannelException();
        }
        sendLock.lock();
        try {
            int start = datagrams.position();
            message.load(datagrams, target);
            datagrams.position(start);
            return sendLoaded(datagrams, length, segmentBytes);
        } finally {
            sendLock.unlock();
            sockets.exit();
        }
    }

    private boolean sendLoaded(ByteBuffer datagrams, int length, int segmentBytes) throws IOException {
        long refusal = 0;
        if (length > segmentBytes && !isWithoutTrains) {
            long result = sendPart(0, length, segmentBytes);
            boolean isRefused = result == -LinuxConstants.EIO || result == -LinuxConstants.EINVAL
                    || result == -LinuxConstants.EMSGSIZE;
            if (!isRefused) {
                boolean isTaken = isTaken(result);
                datagrams.position(isTaken ? datagrams.limit() : datagrams.position());
                return isTaken;
            }
            refusal = result;
        }
        // A device without checksums in hardware refuses trains, or one whose datagrams are shorter than the segments. If
        // the fault is another one, single datagrams fail too.
        boolean isSent = sendSingly(datagrams, length, segmentBytes);
        if (refusal != 0) {
            isWithoutTrains = true;
            degraded.accept("datagrams leave " + Endpoints.text(local) + " singly, which is slower: trains of " + segmentBytes
                    + " bytes a datagram are refused: " + LinuxCalls.text((int) -refusal));
        }
        return isSent;
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
        long result = message.send(sockets.fd(0), from, length, segmentBytes);
        if (result >= 0) {
            return result;
        }
        do {
            result = message.sendAgain(sockets.fd(0));
        } while (isToBeRepeated(result));
        if (result >= 0) {
            // What the first try said and this one does not: an error is told once.
            refusals.incrementAndGet();
        }
        return result;
    }

    private boolean isTaken(long result) throws IOException {
        if (result == -LinuxConstants.EAGAIN || result == -LinuxConstants.ENOBUFS) {
            return false;
        }
        if (result < 0) {
            throw failure("send", result);
        }
        return true;
    }

    /** Whether the call did nothing yet: a signal came, or it told of an earlier datagram that nobody listened for. */
    private boolean isToBeRepeated(long result) {
        if (result == -LinuxConstants.ECONNREFUSED) {
            refusals.incrementAndGet();
            return true;
        }
        return result == -LinuxConstants.EINTR;
    }

    private IOException failure(String what, long result) {
        return new IOException(what + " at UDP " + Endpoints.text(local) + ": " + LinuxCalls.text((int) -result));
    }

    @Override
    public void wakeUp() {
        sockets.wakeUp();
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
        if (!sockets.enter()) {
            return OptionalLong.empty();
        }
        try {
            long drops = sockets.drops();
            return drops < 0 ? OptionalLong.empty() : OptionalLong.of(drops);
        } finally {
            sockets.exit();
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
        sockets.close();
    }

    /** One socket, made ready by {@code preparation}. */
    static NativeDatagramIo open(String what, InetSocketAddress address, Consumer<String> degraded,
            NativeOpening.Preparation preparation) {
        return open(what, degraded, List.of(new NativeOpening(address, preparation)));
    }

    private static NativeDatagramIo open(String what, Consumer<String> degraded, List<NativeOpening> openings) {
        var opened = new ArrayList<NativeSocket>();
        try {
            for (NativeOpening opening : openings) {
                opened.add(opening.open(degraded));
            }
            return new NativeDatagramIo(opened, degraded);
        } catch (AddressInUseException e) {
            opened.forEach(NativeSocket::close);
            throw e;
        } catch (IOException | RuntimeException e) {
            opened.forEach(NativeSocket::close);
            throw new TransportException("cannot " + what, e);
        }
    }
}
