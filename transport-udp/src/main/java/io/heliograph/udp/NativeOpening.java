package io.heliograph.udp;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A native socket to be.
 *
 * @param address     where it is to be bound
 * @param preparation binds it, and does the rest
 */
record NativeOpening(InetSocketAddress address, Preparation preparation) {

    /** What makes a fresh socket ready. */
    @FunctionalInterface
    interface Preparation {
        void prepare(NativeSocket socket) throws IOException;
    }

    static NativeOpening own(InetSocketAddress address, int bufferBytes) {
        return new NativeOpening(address, socket -> {
            setBuffers(socket, bufferBytes);
            socket.bind(address);
        });
    }

    static NativeOpening joined(InetSocketAddress group, NetworkInterface networkInterface, Optional<InetAddress> source,
            int bufferBytes) {
        return new NativeOpening(group, socket -> {
            setBuffers(socket, bufferBytes);
            NativeMulticast.join(socket, group, networkInterface, source);
        });
    }

    static NativeOpening sender(InetAddress local, NetworkInterface networkInterface, int timeToLive, int bufferBytes) {
        InetSocketAddress any = new InetSocketAddress(local, 0);
        return new NativeOpening(any, socket -> {
            setBuffers(socket, bufferBytes);
            NativeMulticast.leaveThrough(socket, networkInterface, timeToLive);
            socket.bind(any);
        });
    }

    /**
     * @param degraded hears of what the kernel cannot do, in words
     * @throws AddressInUseException if the address is taken
     */
    NativeSocket open(Consumer<String> degraded) throws IOException {
        NativeSocket socket = NativeSocket.open(address.getAddress());
        try {
            preparation.prepare(socket);
            prepareTrains(socket, degraded);
            return socket;
        } catch (BindException e) {
            socket.close();
            throw new AddressInUseException("UDP " + Endpoints.text(address), "close the program that holds it, or take another port");
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Kernels before 5.0 cannot: datagrams then come singly. */
    private static void prepareTrains(NativeSocket socket, Consumer<String> degraded) {
        try {
            socket.setOption("UDP_GRO", LinuxConstants.SOL_UDP, LinuxConstants.UDP_GRO, 1);
        } catch (IOException e) {
            degraded.accept("datagrams arrive singly, which is slower: " + e.getMessage());
        }
    }

    private static void setBuffers(NativeSocket socket, int bufferBytes) throws IOException {
        socket.setOption("SO_RCVBUF", LinuxConstants.SOL_SOCKET, LinuxConstants.SO_RCVBUF, bufferBytes);
        socket.setOption("SO_SNDBUF", LinuxConstants.SOL_SOCKET, LinuxConstants.SO_SNDBUF, bufferBytes);
    }
}
