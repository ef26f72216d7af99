package io.heliograph.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@link Child} of the suite {@code udp}. */
public final class UdpChild {

    static final String HELIOGRAPH = "heliograph";
    static final String AERON = "aeron";
    static final String CPU = "cpu";

    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final List<String> AERON_OPTIONS = List.of(
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/java.util.zip=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:+UseParallelGC",
            "-Dagrona.disable.bounds.checks=true",
            "-Daeron.pre.touch.mapped.memory=true");

    private UdpChild() {
    }

    /**
     * The command that starts it.
     *
     * @param peers the folder with the peers' jars
     */
    static List<String> command(String side, Path peers) {
        boolean isAeron = side.equals(AERON);
        return Child.command(UdpChild.class, side, isAeron ? AERON_OPTIONS : List.of(), isAeron ? peers.resolve("*").toString() : "");
    }

    /** Measures the side that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        Child.serve((line, tell) -> measure(arguments[0], UdpTask.parse(line), tell));
    }

    private static void measure(String name, UdpTask task, Tell tell) throws Exception {
        if (name.equals(Case.BARE)) {
            BareLoop.measure(task, tell);
            return;
        }
        try (UdpSide side = side(name, task)) {
            switch (task.measure()) {
                case RATE, LATENCY -> OneWay.measure(side, task, tell);
                case ROUND_TRIP -> RoundTrip.measure(side, task, tell);
                case IDLE -> idle(side, tell);
            }
        }
    }

    private static UdpSide side(String name, UdpTask task) throws ReflectiveOperationException {
        return switch (name) {
            case HELIOGRAPH -> new UdpHeliographSide(task);
            // Compiled with the peers only, so there is nothing to name here.
            case AERON -> (UdpSide) Class.forName("io.heliograph.bench.AeronSide").getDeclaredConstructor(UdpTask.class).newInstance(task);
            default -> throw new IllegalArgumentException(
                    "side " + name + "; allowed: " + HELIOGRAPH + ", " + AERON + ", " + Case.BARE);
        };
    }

    /** The share of one core, in percent, that the process takes while a publisher and a subscriber have nothing to do. */
    private static void idle(UdpSide side, Tell tell) throws IOException, InterruptedException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Side.Opened _ = side.idle(Place.udp(1))) {
            TimeUnit.NANOSECONDS.sleep(SETTLE_NS);
            long cpuBefore = system.getProcessCpuTime();
            long startNs = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(IDLE_NS);
            double cpu = system.getProcessCpuTime() - cpuBefore;
            tell.sample(CPU, 100 * cpu / (System.nanoTime() - startNs));
        }
    }
}
