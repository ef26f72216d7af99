package io.heliograph.cli;

import io.heliograph.HeliographException;
import io.heliograph.Notation;
import io.heliograph.Notice;
import io.heliograph.spi.Address;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.DatagramIos;
import io.heliograph.udp.IoChoice;
import io.heliograph.udp.UdpConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks at what UDP needs of the machine; each check tries the real thing. Immutable. */
final class UdpExamination {

    /** What is there unless something is broken. */
    static final String LOOPBACK = "loopback";

    private static final int WANTED_BUFFER_BYTES = 4 << 20;
    private static final int SMALL_BUFFER_BYTES = 256 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Path SYSTEM = Path.of("/proc/sys/net/core");
    private static final int SEGMENTS = 8;
    private static final int SEGMENT_BYTES = 1_200;

    private final String networkInterface;

    /** @param networkInterface as {@code interface=} of an address */
    UdpExamination(String networkInterface) {
        this.networkInterface = networkInterface;
    }

    /** The two families of groups, and how one is tried: of private scope, and nobody's. */
    enum Family {
        IPV4("multicast IPv4", "239.77.255.250"),
        IPV6("multicast IPv6", "ff15::4d:fffa");

        private final String check;
        private final String group;

        Family(String check, String group) {
            this.check = check;
            this.group = group;
        }

        private String literal() {
            return this == IPV6 ? "[" + group + "]" : group;
        }
    }

    /** @throws io.heliograph.ConfigException if there is no such interface */
    void requireInterface() {
        config(Family.IPV4);
    }

    private UdpConfig config(Family family) {
        return UdpConfig.of(Address.parse("udp://" + family.literal() + ":9?interface=" + networkInterface));
    }

    /** Joins a group on the interface, sends one datagram to it and waits for it to come back. */
    Check multicast(Family family) {
        try {
            UdpConfig config = config(family);
            var ios = DatagramIos.of(IoChoice.PORTABLE, config.text(), notice -> { });
            var group = new InetSocketAddress(InetAddress.ofLiteral(family.group), 0);
            String name = config.networkInterface().getName();
            try (var receiver = ios.multicastReceiver(group, config.networkInterface(), SMALL_BUFFER_BYTES);
                    var sender = ios.multicastSender(config.local(), config.networkInterface(), 0, SMALL_BUFFER_BYTES)) {
                return sendAndReceive(sender, receiver)
                        ? Check.ok(family.check, "a datagram to " + family.group + " came back over " + name)
                        : unusable(family, "a datagram to " + family.group + " did not come back over " + name + " within "
                                + Notation.write(PATIENCE));
            }
        } catch (IOException | HeliographException e) {
            return unusable(family, String.valueOf(e.getMessage()));
        }
    }

    /** IPv4 is what everything uses unless told otherwise; without IPv6 only who asks for it goes without. */
    private Check unusable(Family family, String why) {
        String name = networkInterface.equals(LOOPBACK) ? "lo" : networkInterface;
        if (family == Family.IPV4) {
            return Check.fail(family.check, why, "on Linux: ip link set " + name + " up multicast on; until then use"
                    + " udp://127.0.0.1:PORT, which needs no group");
        }
        if (why.contains("no route")) {
            return Check.warn(family.check, "no route ff00::/8 through " + name + ", so IPv6 groups cannot be sent to there",
                    "on Linux: ip -6 route add " + (name.equals("lo") ? "local" : "multicast") + " ff00::/8 dev " + name
                            + " table local; or use an IPv4 group");
        }
        return Check.warn(family.check, why, "on Linux: sysctl -w net.ipv6.conf." + name
                + ".disable_ipv6=0; or use an IPv4 group");
    }

    private static boolean sendAndReceive(DatagramIo sender, DatagramIo receiver) throws IOException {
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
    static Check receiveBuffer() {
        try (var socket = DatagramIos.of(IoChoice.PORTABLE, "doctor", notice -> { }).unicast(anyPort(), WANTED_BUFFER_BYTES)) {
            return buffer("receive buffer", "rmem_max", socket.receiveBufferBytes());
        } catch (HeliographException e) {
            return Check.fail("receive buffer", String.valueOf(e.getMessage()), "allow this user to open UDP sockets");
        }
    }

    /** The same for what is sent. */
    static Check sendBuffer() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BUFFER_BYTES);
            return buffer("send buffer", "wmem_max", channel.getOption(StandardSocketOptions.SO_SNDBUF));
        } catch (IOException e) {
            return Check.fail("send buffer", String.valueOf(e.getMessage()), "allow this user to open UDP sockets");
        }
    }

    static Check buffer(String name, String setting, int granted) {
        String found = "asked for " + WANTED_BUFFER_BYTES + " bytes, granted " + granted + limitOfSystem(setting);
        String line = "net.core." + setting + "=" + WANTED_BUFFER_BYTES;
        return granted >= WANTED_BUFFER_BYTES
                ? Check.ok(name, found)
                : Check.warn(name, found, "bursts may be lost, and have to be repaired; on Linux: sysctl -w " + line
                        + "; to keep it: echo " + line + " >>/etc/sysctl.d/90-heliograph.conf");
    }

    private static String limitOfSystem(String setting) {
        try {
            // Read in one piece: the kernel hands such a value out once, to the first read, whatever its size.
            return " (net.core." + setting + " is " + Files.readAllLines(SYSTEM.resolve(setting)).getFirst() + ")";
        } catch (IOException e) {
            return "";
        }
    }

    /** Sends some datagrams as one train and looks whether they arrive as one. */
    static Check nativeSockets() {
        Optional<String> obstacle = DatagramIos.whyNotNative();
        if (obstacle.isPresent()) {
            return portable(obstacle.get());
        }
        var degraded = new ArrayList<String>();
        var ios = DatagramIos.of(IoChoice.NATIVE, "doctor", notice -> {
            if (notice instanceof Notice.Degraded(String address, String what)) {
                degraded.add(what);
            }
        });
        try (var receiver = ios.unicast(anyPort(), SMALL_BUFFER_BYTES); var sender = ios.unicast(anyPort(), SMALL_BUFFER_BYTES)) {
            return trains(longestTrain(sender, receiver), degraded);
        } catch (IOException | HeliographException e) {
            return portable(String.valueOf(e.getMessage()));
        }
    }

    static Check portable(String why) {
        return Check.warn("native sockets", "not used: " + why, why.contains("native access")
                ? "start with ./heliograph or java -jar, or add --enable-native-access=ALL-UNNAMED"
                : "nothing breaks: the JDK's own sockets are used, a call for each datagram, at a fraction of the rate");
    }

    static Check trains(int segments, List<String> degraded) {
        return segments == SEGMENTS && degraded.isEmpty()
                ? Check.ok("native sockets", SEGMENTS + " datagrams left in one call and arrived in one (UDP_SEGMENT, UDP_GRO)")
                : Check.warn("native sockets", "used, but at most " + segments + " of " + SEGMENTS + " datagrams arrived in one call"
                        + (degraded.isEmpty() ? "" : ": " + String.join("; ", degraded)),
                        "a kernel from 5.0 on gives and takes trains; until then expect a fraction of the rate");
    }

    private static int longestTrain(DatagramIo sender, DatagramIo receiver) throws IOException {
        sender.send(ByteBuffer.allocateDirect(SEGMENTS * SEGMENT_BYTES), SEGMENT_BYTES, receiver.localAddress());
        var came = new AtomicInteger();
        var longest = new AtomicInteger();
        var counting = new DatagramIo.Receiver() {
            @Override
            public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
                onDatagrams(datagram, SEGMENT_BYTES, source);
            }

            @Override
            public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
                int segments = (train.remaining() + segmentBytes - 1) / segmentBytes;
                came.addAndGet(segments);
                longest.accumulateAndGet(segments, Math::max);
            }
        };
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (came.get() < SEGMENTS && System.nanoTime() - deadlineNs < 0) {
            receiver.receive(counting, deadlineNs - System.nanoTime());
        }
        return longest.get();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    }
}
