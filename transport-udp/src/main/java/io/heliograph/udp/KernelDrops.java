package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the drop counters of Linux's {@code /proc/net/udp} and {@code udp6}. The address there is one number of the
 * machine's byte order (little-endian on the machines this reads), or four such numbers for IPv6, the port in
 * hexadecimal, and drops are the last column. Sockets that share an address and port are added up.
 */
final class KernelDrops {

    private static final Path IPV4_TABLE = Path.of("/proc/net/udp");
    private static final Path IPV6_TABLE = Path.of("/proc/net/udp6");
    private static final int WORD = 4;

    private KernelDrops() {
    }

    static OptionalLong at(InetSocketAddress local) {
        Path table = Endpoints.isIpv6(local.getAddress()) ? IPV6_TABLE : IPV4_TABLE;
        if (!Files.isReadable(table)) {
            return OptionalLong.empty();
        }
        try {
            return sum(Files.readAllLines(table), tableKey(local));
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
        for (int word = 0; word < address.length; word += WORD) {
            for (int i = word + WORD - 1; i >= word; i--) {
                hex.append(HexFormat.of().withUpperCase().toHexDigits(address[i]));
            }
        }
        return hex + ":" + HexFormat.of().withUpperCase().toHexDigits((char) local.getPort());
    }
}
