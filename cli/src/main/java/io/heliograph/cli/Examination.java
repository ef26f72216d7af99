package io.heliograph.cli;

import io.heliograph.HeliographException;
import io.heliograph.udp.PortableDatagramIo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Looks at the machine as the rest of Heliograph will use it; each check tries the real thing. Stateless. */
final class Examination {

    private static final int NEEDED_JAVA = 25;
    private static final int SMALL_BUFFER_BYTES = 256 << 10;

    private Examination() {
    }

    /** One look at one thing. */
    @FunctionalInterface
    interface Look {
        Check look();
    }

    /** Everything that is looked at, in order. */
    static List<Look> all(UdpExamination udp) {
        return List.of(
                () -> java(Runtime.version().feature()),
                () -> udp.multicast(UdpExamination.Family.IPV4),
                () -> udp.multicast(UdpExamination.Family.IPV6),
                UdpExamination::receiveBuffer,
                UdpExamination::sendBuffer,
                UdpExamination::nativeSockets,
                () -> nativeAccess(Examination.class.getModule().isNativeAccessEnabled()),
                KernelCounts::look,
                () -> webPort(8080),
                () -> statsdPort(8125));
    }

    static Check java(int feature) {
        String found = "Java " + Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= NEEDED_JAVA
                ? Check.ok("java", found)
                : Check.fail("java", found, "install a JDK " + NEEDED_JAVA + " or newer and set JAVA_HOME to it");
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
