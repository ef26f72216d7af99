package io.heliograph.demo;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * This machine's own figures: processor, memory, disk and network. What the system does not tell is left out. Not
 * thread-safe.
 */
final class MachineFigures {

    private static final Path NETWORK = Path.of("/proc/net/dev");
    private static final Path DISKS = Path.of("/proc/diskstats");
    private static final int SECTOR_BYTES = 512;
    private static final double KIB = 1024;
    private static final double MIB = 1024 * 1024;

    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Growth received = new Growth("machine.network.in_kb");
    private final Growth sent = new Growth("machine.network.out_kb");
    private final Growth read = new Growth("machine.disk.read_kb");
    private final Growth written = new Growth("machine.disk.written_kb");

    /** The figures now, as StatsD lines; counters tell what came since the last call. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        gauge(lines, "machine.cpu.percent", 100 * system.getCpuLoad());
        gauge(lines, "machine.load.1m", system.getSystemLoadAverage());
        double total = system.getTotalMemorySize();
        double used = total - system.getFreeMemorySize();
        gauge(lines, "machine.memory.used_mb", used / MIB);
        gauge(lines, "machine.memory.used_percent", 100 * used / total);
        Runtime java = Runtime.getRuntime();
        gauge(lines, "machine.java.heap_mb", (java.totalMemory() - java.freeMemory()) / MIB);
        gauge(lines, "machine.java.threads", ManagementFactory.getThreadMXBean().getThreadCount());
        disk(lines);
        List<String> interfaces = linesOf(NETWORK).stream().filter(line -> line.contains(":")).toList();
        received.add(lines, sum(interfaces, line -> column(line.substring(line.indexOf(':') + 1), 0)));
        sent.add(lines, sum(interfaces, line -> column(line.substring(line.indexOf(':') + 1), 8)));
        List<String> disks = linesOf(DISKS).stream().filter(MachineFigures::isWholeDisk).toList();
        read.add(lines, sum(disks, line -> column(line, 5) * SECTOR_BYTES));
        written.add(lines, sum(disks, line -> column(line, 9) * SECTOR_BYTES));
        return lines;
    }

    private static void gauge(List<String> lines, String name, double value) {
        if (Double.isFinite(value) && value >= 0) {
            lines.add(name + ":" + decimal(value) + "|g");
        }
    }

    private static void disk(List<String> lines) {
        try {
            var store = Files.getFileStore(Path.of("").toAbsolutePath());
            double total = store.getTotalSpace();
            gauge(lines, "machine.disk.used_percent", total == 0 ? 0 : 100 * (total - store.getUsableSpace()) / total);
        } catch (IOException e) {
            // Some containers do not tell; the other figures stand without it.
        }
    }

    private static List<String> linesOf(Path table) {
        try {
            return Files.isReadable(table) ? Files.readAllLines(table) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Partitions and virtual devices would count the same bytes again. */
    private static boolean isWholeDisk(String line) {
        String name = line.trim().split("\\s+")[2];
        return name.matches("(sd|vd|xvd)[a-z]+|nvme[0-9]+n[0-9]+|mmcblk[0-9]+");
    }

    private static OptionalLong sum(List<String> rows, ToLongFunction<String> figure) {
        return rows.isEmpty() ? OptionalLong.empty() : OptionalLong.of(rows.stream().mapToLong(figure).sum());
    }

    private static long column(String row, int index) {
        return Long.parseLong(row.trim().split("\\s+")[index]);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** A figure that only grows, told as what came since it was last read. */
    private static final class Growth {

        private final String name;
        private OptionalLong last = OptionalLong.empty();

        Growth(String name) {
            this.name = name;
        }

        void add(List<String> lines, OptionalLong now) {
            if (now.isPresent()) {
                long grown = now.getAsLong() - last.orElse(now.getAsLong());
                lines.add(name + ":" + decimal(Math.max(0, grown) / KIB) + "|c");
            }
            last = now;
        }
    }
}
