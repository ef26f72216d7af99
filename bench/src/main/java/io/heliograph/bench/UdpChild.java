package io.heliograph.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The child of the suite {@code udp}: measures one side, task by task.
 *
 * <pre>
 *   harness                          child
 *     UdpTask.line()          ---->
 *                             <----  sample rate 6100000.0     (as many as there are windows)
 *                             <----  done                      (or: failed WHY)
 *     the end of its input    ---->  ends
 * </pre>
 */
public final class UdpChild {

    static final String DONE = "done";
    static final String FAILED = "failed ";
    static final String HELIOGRAPH = "heliograph";
    static final String AERON = "aeron";
    static final String BARE = "bare";
    static final String CPU = "cpu";

    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(10);

    private UdpChild() {
    }

    /** Measures the side that the first argument names. */
    public static void main(String[] arguments) throws Exception {
        var tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
            try {
                measure(arguments[0], UdpTask.parse(line));
                System.out.println(DONE);
            } catch (Exception | Error failure) {
                failure.printStackTrace();
                System.out.println(FAILED + failure + (failure.getCause() == null ? "" : ": " + failure.getCause()));
            }
        }
        // Whatever thread a failed measurement left must not keep the harness waiting.
        System.exit(0);
    }

    private static void measure(String name, UdpTask task) throws Exception {
        if (name.equals(BARE)) {
            BareLoop.measure(task, UdpChild::tell);
            return;
        }
        try (UdpSide side = side(name)) {
            switch (task.measure()) {
                case RATE, LATENCY -> OneWay.measure(side, task, UdpChild::tell);
                case ROUND_TRIP -> RoundTrip.measure(side, task, UdpChild::tell);
                case IDLE -> idle(side);
            }
        }
    }

    private static UdpSide side(String name) throws ReflectiveOperationException {
        return switch (name) {
            case HELIOGRAPH -> new HeliographSide();
            // Compiled with the peers only, so there is nothing to name here.
            case AERON -> (UdpSide) Class.forName("io.heliograph.bench.AeronSide").getDeclaredConstructor().newInstance();
            default -> throw new IllegalArgumentException("side " + name + "; allowed: " + HELIOGRAPH + ", " + AERON + ", " + BARE);
        };
    }

    /** The share of one core, in percent, that the process takes while a publisher and a subscriber have nothing to do. */
    private static void idle(UdpSide side) throws IOException, InterruptedException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (UdpSide.Opened _ = side.idle(UdpSide.Place.free(1))) {
            TimeUnit.NANOSECONDS.sleep(SETTLE_NS);
            long cpuBefore = system.getProcessCpuTime();
            long startNs = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(IDLE_NS);
            double cpu = system.getProcessCpuTime() - cpuBefore;
            tell(CPU, 100 * cpu / (System.nanoTime() - startNs));
        }
    }

    private static void tell(String name, double value) {
        System.out.println(Samples.line(name, value));
    }
}
