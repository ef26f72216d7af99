package io.heliograph.statsd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Counts the datagrams of generators that number them, so that the hop from generator to server has exact figures
 * although UDP tells nothing.
 *
 * <pre>
 * heliograph.seq.shop:4711|g      first line of a datagram
 * ^^^^^^^^^^^^^^^                 reserved
 *                ^^^^             id: the rest of the name; a generator that starts again takes another one
 *                     ^^^^        number: 1 in the generator's first datagram, then one more each time
 * </pre>
 *
 * <p>The line is counted as applied, and never becomes a metric. Not thread-safe; allocates little, and that once a datagram.
 */
public final class GeneratorSequence {

    /** What the name of a numbered line begins with; nothing else may use it. */
    public static final String NAME_PREFIX = "heliograph.seq.";

    /** The most generators that are told apart. */
    public static final int MAX_GENERATORS = 64;

    /** How far behind the highest number a late datagram is still told from a duplicate. */
    public static final int WINDOW = 65_536;

    private static final byte[] PREFIX = NAME_PREFIX.getBytes(StandardCharsets.US_ASCII);
    private static final double MAX_NUMBER = 1L << 53;

    private final List<Track> tracks = new ArrayList<>();

    /** The line that a generator's datagram begins with, line feed included. */
    public static String firstLine(String id, long number) {
        return NAME_PREFIX + id + ":" + number + "|g\n";
    }

    /** The sums of each generator heard so far. */
    public List<GeneratorSums> sums() {
        return tracks.stream().map(Track::sums).toList();
    }

    /** Whether the name of {@code line} is reserved for numbered lines. */
    static boolean isReserved(MetricLine line) {
        int from = line.nameFrom();
        return line.nameTo() - from >= PREFIX.length
                && Arrays.equals(line.bytes(), from, from + PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /** What became of a numbered line. */
    enum Outcome {
        /** It was counted. */
        COUNTED,
        /** It is not as a numbered line must be. */
        MALFORMED,
        /** There are too many generators. */
        TOO_MANY
    }

    /** Counts a datagram by its first line. */
    Outcome accept(MetricLine line) {
        boolean numbered = line.type() == MetricType.GAUGE && line.nameTo() - line.nameFrom() > PREFIX.length
                && line.tagList().count() == 0 && line.nextValue() && !line.isDelta();
        double number = line.value();
        boolean whole = number >= 1 && number <= MAX_NUMBER && number == Math.rint(number);
        if (!numbered || !whole || line.nextValue()) {
            return Outcome.MALFORMED;
        }
        Optional<Track> track = trackOf(line);
        track.ifPresent(found -> found.accept((long) number));
        return track.isPresent() ? Outcome.COUNTED : Outcome.TOO_MANY;
    }

    private Optional<Track> trackOf(MetricLine line) {
        int from = line.nameFrom() + PREFIX.length;
        for (Track track : tracks) {
            if (Arrays.equals(track.idBytes, 0, track.idBytes.length, line.bytes(), from, line.nameTo())) {
                return Optional.of(track);
            }
        }
        if (tracks.size() == MAX_GENERATORS) {
            return Optional.empty();
        }
        var added = new Track(Arrays.copyOfRange(line.bytes(), from, line.nameTo()),
                line.name().substring(NAME_PREFIX.length()));
        tracks.add(added);
        return Optional.of(added);
    }

    /** One generator: its counts, and for each of the last {@value #WINDOW} numbers a bit that says whether it was seen. */
    private static final class Track {

        private final byte[] idBytes;
        private final String id;
        private final long[] seen = new long[WINDOW / Long.SIZE];
        private long highest;
        private long received;
        private long lost;
        private long duplicates;
        private long reordered;
        private long stale;

        Track(byte[] idBytes, String id) {
            this.idBytes = idBytes;
            this.id = id;
        }

        void accept(long number) {
            if (number > highest) {
                clearBetween(highest, number);
                lost += number - highest - 1;
                highest = number;
                received++;
                mark(number);
            } else if (number <= highest - WINDOW) {
                stale++;
            } else if (isMarked(number)) {
                duplicates++;
            } else {
                mark(number);
                received++;
                lost--;
                reordered++;
            }
        }

        GeneratorSums sums() {
            return new GeneratorSums(id, highest, received, lost, duplicates, reordered, stale);
        }

        /** The numbers above {@code low} up to {@code high} take the bits of others that left the window. */
        private void clearBetween(long low, long high) {
            if (high - low >= WINDOW) {
                Arrays.fill(seen, 0);
                return;
            }
            for (long number = low + 1; number <= high; number++) {
                seen[word(number)] &= ~bit(number);
            }
        }

        private void mark(long number) {
            seen[word(number)] |= bit(number);
        }

        private boolean isMarked(long number) {
            return (seen[word(number)] & bit(number)) != 0;
        }

        private static int word(long number) {
            return (int) (number % WINDOW) / Long.SIZE;
        }

        private static long bit(long number) {
            return 1L << number;
        }
    }
}
