package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the drop counters of Linux's {@code /proc/net/udp}. The address there is the IPv4 address as a number of the
 * machine's byte order (little-endian on the machines this reads), the port in hexadecimal, and drops are the last
 * column. Sockets that share an address and port are added up.
 */
final class KernelDrops {

    private static final Path TABLE = Path.of("/proc/net/udp");

    private KernelDrops() {
    }

    static OptionalLong at(InetSocketAddress local) {
        if (!Files.isReadable(TABLE)) {
            return OptionalLong.empty();
        }
        try {
            return sum(Files.readAllLines(TABLE), tableKey(local));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong sum(List<String> lines, String key) {
        boolean found = false;
        long drops = 0;
        for (String line : lines) {
            String[] columns = line.trim().split("\\s+");
            if (columns.length > 3 && columns[1].equals(key)) {
                found = true;
                drops += Long.parseLong(columns[columns.length - 1]);
            }
        }
        return found ? OptionalLong.of(drops) : OptionalLong.empty();
    }

    static String tableKey(InetSocketAddress local) {
        byte[] address = local.getAddress().getAddress();
        var hex = new StringBuilder();
        for (int i = address.length - 1; i >= 0; i--) {
            hex.append(HexFormat.of().withUpperCase().toHexDigits(address[i]));
        }
        return hex + ":" + HexFormat.of().withUpperCase().toHexDigits((char) local.getPort());
    }
}
