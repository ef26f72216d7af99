package io.heliograph.webhook;

import java.util.Random;

/** Makes hosts that some parser may read as an address, most of them of this machine. */
final class HostSpelling {

    private static final String[] TAILS = {"", "", "", ".", "%00", "/", ":80", "@a", "#", "%", ".nip.io", "\u3002", ".0x"};

    private HostSpelling() {
    }

    static String of(Random random) {
        int address = random.nextInt(4) == 0 ? random.nextInt() : 0x7f000001 + (random.nextInt(3) == 0 ? random.nextInt(1 << 24) : 0);
        String text = switch (random.nextInt(4)) {
            case 0 -> ipv6(random, address);
            case 1 -> number(random, address & 0xffffffffL);
            default -> dotted(random, address);
        };
        String cased = random.nextInt(8) == 0 ? text.toUpperCase(java.util.Locale.ROOT) : text;
        return random.nextInt(3) == 0 ? cased + TAILS[random.nextInt(TAILS.length)] : cased;
    }

    /** One to five parts, the last of which holds the rest. */
    private static String dotted(Random random, int address) {
        int parts = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 4;
        boolean isPlain = random.nextInt(3) == 0;
        var text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            boolean isLast = i == parts - 1;
            int shift = Math.max(0, 24 - 8 * i);
            long part = isLast ? address & 0xffffffffL >>> 8 * Math.min(i, 3) : address >>> shift & 0xff;
            text.append(i == 0 ? "" : ".").append(isPlain ? Long.toString(part) : number(random, part));
        }
        return text.toString();
    }

    private static String number(Random random, long value) {
        return switch (random.nextInt(5)) {
            case 0 -> "0x" + Long.toHexString(value);
            case 1 -> "0" + Long.toOctalString(value);
            case 2 -> "0".repeat(random.nextInt(4)) + value;
            case 3 -> Long.toString(value + (random.nextInt(4) == 0 ? 1L << 32 : 0));
            default -> Long.toString(value);
        };
    }

    private static String ipv6(Random random, int address) {
        String quad = (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
        String tail = random.nextBoolean() ? quad : Integer.toHexString(address >>> 16) + ":" + Integer.toHexString(address & 0xffff);
        String[] heads = {"::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "2002:", "fe80::", "::5efe:", "2400:cb00::5efe:", "2606::"};
        String zone = random.nextInt(6) == 0 ? "%25lo" : "";
        return random.nextInt(5) == 0 ? "[::1" + zone + "]" : "[" + heads[random.nextInt(heads.length)] + tail + zone + "]";
    }
}
