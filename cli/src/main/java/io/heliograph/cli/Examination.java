package io.heliograph.cli;

import io.heliograph.HeliographException;
import io.heliograph.Notation;
import io.heliograph.udp.PortableDatagramIo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks at the machine as the rest of Heliograph will use it; each check tries the real thing. Stateless. */
final class Examination {

    private static final int NEEDED_JAVA = 25;
    private static final int WANTED_BUFFER_BYTES = 4 << 20;
    private static final int SMALL_BUFFER_BYTES = 256 << 10;
    private static final Path RMEM_MAX = Path.of("/proc/sys/net/core/rmem_max");
    private static final String GROUP = "239.77.255.250";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Examination() {
    }

    /** One look at one thing. */
    @FunctionalInterface
    interface Look {
        Check look();
    }

    /** Everything that is looked at, in order. */
    static List<Look> all() {
        return List.of(
                () -> java(Runtime.version().feature()),
                () -> multicast(NetworkInterface::getByInetAddress),
                Examination::buffers,
                () -> webPort(8080),
                () -> statsdPort(8125),
                () -> nativeAccess(Examination.class.getModule().isNativeAccessEnabled()));
    }

    static Check java(int feature) {
        String found = "Java " + Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= NEEDED_JAVA
                ? Check.ok("java", found)
                : Check.fail("java", found, "install a JDK " + NEEDED_JAVA + " or newer and set JAVA_HOME to it");
    }

    /** Finds the interface of an address. */
    @FunctionalInterface
    interface InterfaceFinder {
        NetworkInterface find(InetAddress address) throws IOException;
    }

    /** Joins a group on loopback, sends one datagram to it and waits for it to come back. */
    static Check multicast(InterfaceFinder finder) {
        String remedy = "on Linux: ip link set lo multicast on; until then use udp://127.0.0.1:PORT, which needs no group";
        try {
            InetAddress loopback = InetAddress.getByName("127.0.0.1");
            NetworkInterface networkInterface = finder.find(loopback);
            if (networkInterface == null) {
                return Check.fail("multicast", "no interface has the address 127.0.0.1", "on Linux: ip link set lo up");
            }
            var group = new InetSocketAddress(InetAddress.getByName(GROUP), 0);
            try (var receiver = PortableDatagramIo.multicastReceiver(group, networkInterface, SMALL_BUFFER_BYTES);
                    var sender = PortableDatagramIo.multicastSender(loopback, networkInterface, 0, SMALL_BUFFER_BYTES)) {
                boolean came = sendAndReceive(sender, receiver);
                return came
                        ? Check.ok("multicast", "a datagram to " + GROUP + " came back over " + networkInterface.getName())
                        : Check.fail("multicast", "a datagram to " + GROUP + " did not come back over "
                                + networkInterface.getName() + " within " + Notation.write(PATIENCE), remedy);
            }
        } catch (IOException | HeliographException e) {
            return Check.fail("multicast", String.valueOf(e.getMessage()), remedy);
        }
    }

    private static boolean sendAndReceive(PortableDatagramIo sender, PortableDatagramIo receiver) throws IOException {
        byte[] token = ("heliograph doctor " + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        sender.send(ByteBuffer.wrap(token), receiver.localAddress());
        var came = new AtomicBoolean();
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        long leftNs = PATIENCE.toNanos();
        while (!came.get() && leftNs > 0) {
            // Another doctor may be at work: only the own token counts.
            receiver.receive((datagram, source) -> {
                if (datagram.equals(ByteBuffer.wrap(token))) {
                    came.set(true);
                }
            }, leftNs);
            leftNs = deadlineNs - System.nanoTime();
        }
        return came.get();
    }

    /** Asks for a large receive buffer and compares with what is granted. */
    static Check buffers() {
        try (var socket = PortableDatagramIo.unicast(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), WANTED_BUFFER_BYTES)) {
            return buffers(socket.receiveBufferBytes());
        } catch (IOException | HeliographException e) {
            return Check.fail("socket buffers", String.valueOf(e.getMessage()), "allow this user to open UDP sockets");
        }
    }

    static Check buffers(int granted) {
        String found = "asked for " + Notation.write((long) WANTED_BUFFER_BYTES) + ", granted " + granted + " bytes"
                + limitOfSystem();
        return granted >= WANTED_BUFFER_BYTES
                ? Check.ok("socket buffers", found)
                : Check.warn("socket buffers", found, "bursts may be lost; on Linux: sysctl -w net.core.rmem_max="
                        + WANTED_BUFFER_BYTES + " net.core.wmem_max=" + WANTED_BUFFER_BYTES);
    }

    private static String limitOfSystem() {
        try {
            // Read in one piece: the kernel hands such a value out once, to the first read, whatever its size.
            return " (net.core.rmem_max is " + Files.readAllLines(RMEM_MAX).getFirst() + ")";
        } catch (IOException e) {
            return "";
        }
    }

    static Check webPort(int port) {
        String name = "port " + port + "/tcp";
        try (var socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return Check.ok(name, "free on " + socket.getInetAddress().getHostAddress());
        } catch (IOException e) {
            return Check.warn(name, String.valueOf(e.getMessage()),
                    "the demo's page takes the next free port; or choose one: --port N");
        }
    }

    static Check statsdPort(int port) {
        String name = "port " + port + "/udp";
        try (var socket = PortableDatagramIo.unicast(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), SMALL_BUFFER_BYTES)) {
            return Check.ok(name, "free on " + socket.localAddress().getAddress().getHostAddress());
        } catch (IOException | HeliographException e) {
            return Check.warn(name, String.valueOf(e.getMessage()),
                    "the demo's StatsD takes the next free port; or choose one: --statsd-port N");
        }
    }

    static Check nativeAccess(boolean isEnabled) {
        return isEnabled
                ? Check.ok("native access", "enabled")
                : Check.warn("native access", "not enabled: the JDK will warn once where native sockets are used",
                        "start with ./heliograph or java -jar, or add --enable-native-access=ALL-UNNAMED");
    }
}
