package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import java.util.List;
import java.util.Optional;

/**
 * What a publisher keeps for those who come later, and what one who comes later asks for. Immutable and thread-safe.
 *
 * @param from where a subscription begins
 * @param kept the last events that a publisher keeps, one of each topic; empty for none
 */
public record Latecomers(From from, Optional<Limit> kept) {

    /** Where a subscription begins. */
    public enum From {
        /** With what is published from now on. */
        LIVE,
        /** With the last event of each topic that it wants; then what is published from now on. */
        LAST
    }

    /** Nobody keeps anything, and nobody asks. */
    static final Latecomers NONE = new Latecomers(From.LIVE, Optional.empty());

    private static final String FROM = "from";
    private static final String TOPICS = "last-values";
    private static final String BYTES = "last-value-bytes";
    private static final int MOST_TOPICS = 1_000_000;
    private static final long LEAST_BYTES = 1L << 10;
    private static final long MOST_BYTES = 64L << 30;
    private static final List<String> SETTINGS = List.of(FROM, TOPICS, BYTES);

    /** The settings that {@link #of} understands. */
    static List<String> settings() {
        return SETTINGS;
    }

    /**
     * Understands the settings
     *
     * <pre>
     * from               live | last: with the last event of each topic               live
     * last-values        0 to 1000000 topics whose last event a publisher keeps       0
     * last-value-bytes   1KiB to 64GiB, what those take together                      64MiB
     * </pre>
     *
     * @throws ConfigException for anything that cannot be used, and for all of them where the pattern is not fan-out
     */
    static Latecomers of(Address address, ZmqPattern pattern) {
        for (String setting : SETTINGS) {
            if (pattern != ZmqPattern.FAN_OUT && address.setting(setting).isPresent()) {
                throw new ConfigException(setting, address.setting(setting).get(), "none with pattern=" + pattern.label()
                        + ": only fan-out has last values");
            }
        }
        int topics = address.setting(TOPICS).map(text -> Notation.integer(TOPICS, text, 0, MOST_TOPICS)).orElse(0);
        Optional<Long> bytes = address.setting(BYTES).map(Latecomers::bytes);
        if (topics == 0 && bytes.isPresent()) {
            throw new ConfigException(BYTES, address.setting(BYTES).orElseThrow(), "none without " + TOPICS
                    + "=N: no last values are kept");
        }
        return new Latecomers(address.setting(FROM).map(Latecomers::from).orElse(From.LIVE),
                topics == 0 ? Optional.empty() : Optional.of(new Limit(topics, bytes.orElse(Limit.DEFAULT.bytes()))));
    }

    private static From from(String text) {
        return switch (text) {
            case "live" -> From.LIVE;
            case "last" -> From.LAST;
            default -> throw new ConfigException(FROM, text, "live or last: a publisher keeps no more than the last event of each topic,"
                    + " and that only with " + TOPICS + "=N in its address");
        };
    }

    private static long bytes(String text) {
        long bytes = Notation.bytes(BYTES, text);
        if (bytes < LEAST_BYTES || bytes > MOST_BYTES) {
            throw new ConfigException(BYTES, text, Notation.write(LEAST_BYTES) + " to " + Notation.write(MOST_BYTES));
        }
        return bytes;
    }
}
