package io.heliograph;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How amounts are written in addresses, policies and flags: {@code 100ms}, {@code 5s}, {@code 64MiB}. Stateless. */
public final class Notation {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,19})([A-Za-z]*)");

    private Notation() {
    }

    /**
     * Reads a duration: digits and one of {@code ns us ms s m h d}.
     *
     * @param setting the setting's name, for the error
     * @throws ConfigException if {@code text} is no duration
     */
    public static Duration duration(String setting, String text) {
        Matcher parts = NUMBER_AND_UNIT.matcher(text);
        if (parts.matches()) {
            Optional<ChronoUnit> unit = unit(parts.group(2));
            long number = number(parts.group(1));
            if (unit.isPresent() && number <= Long.MAX_VALUE / unit.get().getDuration().toNanos()) {
                return Duration.of(number, unit.get());
            }
        }
        throw new ConfigException(setting, text,
                "a number and one of ns, us, ms, s, m, h, d, such as 100ms, and at most 292 years");
    }

    private static Optional<ChronoUnit> unit(String text) {
        return switch (text) {
            case "ns" -> Optional.of(ChronoUnit.NANOS);
            case "us" -> Optional.of(ChronoUnit.MICROS);
            case "ms" -> Optional.of(ChronoUnit.MILLIS);
            case "s" -> Optional.of(ChronoUnit.SECONDS);
            case "m" -> Optional.of(ChronoUnit.MINUTES);
            case "h" -> Optional.of(ChronoUnit.HOURS);
            case "d" -> Optional.of(ChronoUnit.DAYS);
            default -> Optional.empty();
        };
    }

    /** The number that 1 to 19 digits write; one that is too large for a {@code long} is its largest value. */
    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The shortest way to write {@code duration} that {@link #duration} reads back as the same. */
    public static String write(Duration duration) {
        long ns = duration.getNano();
        if (ns % 1_000 != 0) {
            return duration.toNanos() + "ns";
        }
        if (ns % 1_000_000 != 0) {
            return duration.toNanos() / 1_000 + "us";
        }
        return ns != 0 ? duration.toMillis() + "ms" : duration.toSeconds() + "s";
    }

    /**
     * Reads a size in bytes: digits and one of {@code B KiB MiB GiB TiB}, or digits alone.
     *
     * @param setting the setting's name, for the error
     * @throws ConfigException if {@code text} is no size
     */
    public static long bytes(String setting, String text) {
        Matcher parts = NUMBER_AND_UNIT.matcher(text);
        if (parts.matches()) {
            long number = number(parts.group(1));
            int shift = switch (parts.group(2)) {
                case "", "B" -> 0;
                case "KiB" -> 10;
                case "MiB" -> 20;
                case "GiB" -> 30;
                case "TiB" -> 40;
                default -> -1;
            };
            if (shift >= 0 && number < Long.MAX_VALUE && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new ConfigException(setting, text, "a number and one of B, KiB, MiB, GiB, TiB, such as 64MiB");
    }

    /** The shortest way to write {@code bytes} that {@link #bytes} reads back as the same. */
    public static String write(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (bytes != 0 && unit < units.length - 1 && (bytes & 1023) == 0) {
            bytes >>= 10;
            unit++;
        }
        return bytes + units[unit];
    }

    /**
     * Reads a whole number within bounds.
     *
     * @param setting the setting's name, for the error
     * @throws ConfigException if {@code text} is no number from {@code least} to {@code most}
     */
    public static int integer(String setting, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException(setting, text, "a whole number from " + least + " to " + most);
    }

    /**
     * Reads {@code true} or {@code false}.
     *
     * @param setting the setting's name, for the error
     * @throws ConfigException if {@code text} is neither
     */
    public static boolean flag(String setting, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(setting, text, "true or false");
        };
    }
}
