package io.heliograph.udp;

import java.util.Optional;
import java.util.Set;

/** Whether native sockets can be used on this machine, by this JVM. */
final class NativeSupport {

    /** The 64-bit, little-endian machines whose kernel uses {@link LinuxConstants} and {@link LinuxStructs}. */
    private static final Set<String> MACHINES = Set.of("amd64", "aarch64", "riscv64");

    /** What stands in the way of them, found out once. */
    static final Optional<Obstacle> OBSTACLE = find(System.getProperty("os.name"), System.getProperty("os.arch"));

    private NativeSupport() {
    }

    /** @param isOnLinux whether the system is the right one, so that its user may wonder */
    record Obstacle(String text, boolean isOnLinux) {
    }

    static Optional<Obstacle> find(String system, String machine) {
        if (!system.equals("Linux")) {
            return Optional.of(new Obstacle("native sockets need Linux, this is " + system, false));
        }
        if (!MACHINES.contains(machine)) {
            return Optional.of(new Obstacle("native sockets know amd64, aarch64 and riscv64, this is " + machine, true));
        }
        try {
            LinuxCalls.load();
            return Optional.empty();
        } catch (LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(new Obstacle(cause instanceof IllegalCallerException
                    ? "native access is denied to this program; start java with --enable-native-access=ALL-UNNAMED"
                    : "the C library cannot be called: " + cause, true));
        }
    }
}
