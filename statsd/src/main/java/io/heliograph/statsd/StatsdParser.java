package io.heliograph.statsd;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads the lines of one datagram: StatsD, and the DogStatsD extensions that clients send.
 *
 * <pre>
 * page.views:1:5:2|c|@0.5|#host:a,zone:b|c:83c0
 * ^^^^^^^^^^                                     name: UTF-8 without ':' and '|'
 *            ^^^^^                               values: decimals, joined by ':'; for a set, one element of any bytes
 *                  ^                             type: c, g, ms, h, s, d (as h)
 *                    ^^^^                        sample rate, above 0, at most 1; for a gauge or set without effect
 *                         ^^^^^^^^^^^^^^^^       tags, in any order
 *                                          ^^^^^^  extension, skipped: letters and ':', or 'T' and digits
 *
 * datagram  = line *( LF line )           a CR before the LF, and blank lines, are ignored
 * line      = name ":" values "|" type *( "|" field )
 * values    = number *( ":" number )      a gauge's number with a sign changes the gauge by that much
 * number    = [ "+" / "-" ] digits [ "." digits ] [ "e" [ "+" / "-" ] digits ]     spaces around are ignored
 * field     = "@" number / "#" [ tag *( "," tag ) ] / extension     in any order; the last of a kind holds
 * </pre>
 *
 * <p>A bad line is reported once, with the first fault found, and never touches the lines beside it: nothing of a line
 * is handed on before all of it was read. No bytes make the parser throw, and it allocates at most a copy of the
 * datagram, once. Not thread-safe.
 */
public final class StatsdParser {

    /** The largest magnitude of a value, so that no sum of values overflows. */
    public static final double MAX_MAGNITUDE = 1e100;

    /** The smallest sample rate. */
    public static final double MIN_SAMPLE_RATE = 1e-9;

    /** The most tags on one line. */
    public static final int MAX_TAGS = 64;

    /** The most bytes of tags on one line, commas included. */
    public static final int MAX_TAG_BYTES = 4096;

    /** The most bytes in an element of a set. */
    public static final int MAX_ELEMENT_BYTES = 255;

    private static final Optional<BadLine> FINE = Optional.empty();
    private static final byte[] EVENT_START = {'_', 'e', '{'};
    private static final byte[] CHECK_START = {'_', 's', 'c', '|'};

    private final int maxNameBytes;
    private final MetricLine line = new MetricLine();
    private byte[] bytes = new byte[2048];

    /** A parser that takes names of up to {@code maxNameBytes}. */
    public StatsdParser(int maxNameBytes) {
        this.maxNameBytes = maxNameBytes;
    }

    /**
     * Reads the buffer's remaining bytes, whose position stays, and hands each line that is not blank to
     * {@code handler}.
     *
     * @return how many lines that were
     */
    public int parse(ByteBuffer datagram, LineHandler handler) {
        int length = datagram.remaining();
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        datagram.get(datagram.position(), bytes, 0, length);
        int lines = 0;
        int from = 0;
        while (from < length) {
            int end = find('\n', from, length);
            int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
            if (to > from) {
                lines++;
                Optional<BadLine> fault = readLine(from, to);
                if (fault.isPresent()) {
                    handler.onBadLine(fault.get());
                } else {
                    handler.onMetric(line);
                }
            }
            from = end + 1;
        }
        return lines;
    }

    private Optional<BadLine> readLine(int from, int to) {
        if (startsWith(EVENT_START, from, to) || startsWith(CHECK_START, from, to)) {
            return Optional.of(BadLine.NOT_A_METRIC);
        }
        boolean plain = true;
        int nameTo = from;
        while (nameTo < to && bytes[nameTo] != ':' && bytes[nameTo] != '|') {
            plain &= Utf8.isPlain(bytes[nameTo]);
            nameTo++;
        }
        if (nameTo == from) {
            return Optional.of(BadLine.NO_NAME);
        }
        if (nameTo == to || bytes[nameTo] == '|' || nameTo + 1 == to) {
            return Optional.of(BadLine.NO_VALUE);
        }
        if (nameTo - from > maxNameBytes) {
            return Optional.of(BadLine.NAME_TOO_LONG);
        }
        if (!plain) {
            Optional<BadLine> fault = Utf8.fault(bytes, from, nameTo);
            if (fault.isPresent()) {
                return fault;
            }
        }
        line.begin(bytes, from, nameTo);
        return readAfterName(nameTo + 1, to);
    }

    private Optional<BadLine> readAfterName(int valueFrom, int to) {
        int valueTo = find('|', valueFrom, to);
        if (valueTo + 1 >= to) {
            return Optional.of(BadLine.NO_TYPE);
        }
        int typeTo = find('|', valueTo + 1, to);
        Optional<BadLine> fault = readType(valueTo + 1, typeTo);
        if (fault.isEmpty()) {
            fault = readValues(valueFrom, valueTo);
        }
        int at = typeTo;
        while (at < to && fault.isEmpty()) {
            int fieldTo = find('|', at + 1, to);
            fault = readField(at + 1, fieldTo);
            at = fieldTo;
        }
        return fault;
    }

    private Optional<BadLine> readType(int from, int to) {
        if (from == to) {
            return Optional.of(BadLine.NO_TYPE);
        }
        boolean milliseconds = to - from == 2 && bytes[from] == 'm' && bytes[from + 1] == 's';
        if (to - from > 1 && !milliseconds) {
            return Optional.of(BadLine.UNKNOWN_TYPE);
        }
        switch (bytes[from]) {
            case 'c' -> line.setType(MetricType.COUNTER);
            case 'g' -> line.setType(MetricType.GAUGE);
            case 'h', 'd' -> line.setType(MetricType.TIMER);
            case 's' -> line.setType(MetricType.SET);
            default -> {
                if (!milliseconds) {
                    return Optional.of(BadLine.UNKNOWN_TYPE);
                }
                line.setType(MetricType.TIMER);
            }
        }
        return FINE;
    }

    private Optional<BadLine> readValues(int from, int to) {
        line.setValues(from, to);
        if (line.type() == MetricType.SET) {
            return to - from > MAX_ELEMENT_BYTES ? Optional.of(BadLine.ELEMENT_TOO_LONG) : FINE;
        }
        if (from == to) {
            return Optional.of(BadLine.NO_VALUE);
        }
        int count = 0;
        while (line.nextValue()) {
            count++;
            boolean fits = Math.abs(line.value()) <= MAX_MAGNITUDE;
            if (!fits) {
                return Optional.of(BadLine.BAD_VALUE);
            }
        }
        line.rewind(count);
        return FINE;
    }

    private Optional<BadLine> readField(int from, int to) {
        if (from == to) {
            return Optional.of(BadLine.UNKNOWN_FIELD);
        }
        return switch (bytes[from]) {
            case '@' -> readRate(from + 1, to);
            case '#' -> readTags(from + 1, to);
            default -> isExtension(from, to) ? FINE : Optional.of(BadLine.UNKNOWN_FIELD);
        };
    }

    private Optional<BadLine> readRate(int from, int to) {
        double rate = Decimal.parse(bytes, from, to);
        boolean fits = rate >= MIN_SAMPLE_RATE && rate <= 1;
        if (!fits) {
            return Optional.of(BadLine.BAD_RATE);
        }
        line.setSampleRate(rate);
        return FINE;
    }

    private Optional<BadLine> readTags(int from, int to) {
        if (to - from > MAX_TAG_BYTES) {
            return Optional.of(BadLine.TAGS_TOO_LONG);
        }
        Optional<BadLine> fault = Utf8.fault(bytes, from, to);
        if (fault.isPresent()) {
            return fault;
        }
        return line.tagList().read(bytes, from, to) ? FINE : Optional.of(BadLine.TOO_MANY_TAGS);
    }

    /** Whether a field is one of DogStatsD's: {@code c:ID}, {@code e:ENV}, {@code card:low}, {@code T1656581400}. */
    private boolean isExtension(int from, int to) {
        int at = from;
        while (at < to && bytes[at] >= 'a' && bytes[at] <= 'z') {
            at++;
        }
        if (at > from) {
            return at < to && bytes[at] == ':';
        }
        boolean digits = bytes[from] == 'T' && to > from + 1;
        for (int i = from + 1; i < to && digits; i++) {
            digits = bytes[i] >= '0' && bytes[i] <= '9';
        }
        return digits;
    }

    private boolean startsWith(byte[] start, int from, int to) {
        if (to - from < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (bytes[from + i] != start[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where {@code wanted} is first found in {@code [from, to)}; {@code to} if it is not. */
    private int find(char wanted, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }
}
