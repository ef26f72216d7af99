package io.heliograph.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What Linux counts of UDP since the machine, or its network namespace, started: of every program, both families.
 *
 * @param received datagrams handed to programs
 * @param dropped  datagrams that a full receive buffer did not take
 */
record KernelCounts(long received, long dropped) {

    private static final Path IPV4 = Path.of("/proc/net/snmp");
    private static final Path IPV6 = Path.of("/proc/net/snmp6");
    /** Below one in so many nobody needs to care. */
    private static final long WORTH_A_WORD = 10_000;

    /** Looks, and judges. */
    static Check look() {
        try {
            KernelCounts counts = read(Files.readAllLines(IPV4));
            return (Files.isReadable(IPV6) ? counts.plus(read6(Files.readAllLines(IPV6))) : counts).judge();
        } catch (IOException | IllegalArgumentException e) {
            return Check.ok("kernel drops", "this system does not tell");
        }
    }

    /** A line of names, and a line of numbers below it. */
    static KernelCounts read(List<String> lines) {
        List<List<String>> udp = lines.stream().filter(line -> line.startsWith("Udp: ")).map(line -> List.of(line.split(" "))).toList();
        if (udp.size() != 2) {
            throw new IllegalArgumentException("no table of UDP");
        }
        return new KernelCounts(number(udp, "InDatagrams"), number(udp, "RcvbufErrors"));
    }

    private static long number(List<List<String>> table, String name) {
        int column = table.getFirst().indexOf(name);
        return column < 0 ? 0 : Long.parseLong(table.getLast().get(column));
    }

    /** A name and a number on each line. */
    static KernelCounts read6(List<String> lines) {
        return new KernelCounts(number6(lines, "Udp6InDatagrams"), number6(lines, "Udp6RcvbufErrors"));
    }

    private static long number6(List<String> lines, String name) {
        return lines.stream().map(line -> line.trim().split("\\s+")).filter(parts -> parts.length == 2 && parts[0].equals(name))
                .mapToLong(parts -> Long.parseLong(parts[1])).findFirst().orElse(0);
    }

    private KernelCounts plus(KernelCounts other) {
        return new KernelCounts(received + other.received, dropped + other.dropped);
    }

    Check judge() {
        String found = String.format(Locale.ROOT, "%d datagrams dropped for full receive buffers since the start, %d received, of every program",
                dropped, received);
        return dropped <= received / WORTH_A_WORD
                ? Check.ok("kernel drops", found)
                : Check.warn("kernel drops", found, "who handles slowly loses or waits for repairs: raise net.core.rmem_max, and the"
                        + " address's buffer, such as &buffer=16MiB");
    }
}
