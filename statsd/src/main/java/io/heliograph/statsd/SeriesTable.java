package io.heliograph.statsd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds a line's series by the bytes of its type, name and tags: a hash table with open addressing, so that a line of a
 * series already known allocates nothing. Not thread-safe.
 *
 * <pre>
 * key   | type's letter | name | '|' | tags, sorted, joined by ',' |
 * </pre>
 *
 * <p>The hash is seeded, so that a stranger can't send names that all fall on one slot.
 */
final class SeriesTable {

    /** One series and where it gathers. */
    static final class Series {

        /** Stands for no series: in an empty slot, and where another would be one too many. */
        static final Series NONE = new Series(new byte[0], 0, new SeriesId(MetricType.COUNTER, "", List.of()),
                new Cell.CounterCell(), -1);

        final SeriesId id;
        final Cell cell;
        private final byte[] key;
        private final long hash;

        /** The number of the last pane in which a value was applied. */
        long lastPane;

        private Series(byte[] key, long hash, SeriesId id, Cell cell, long lastPane) {
            this.key = key;
            this.hash = hash;
            this.id = id;
            this.cell = cell;
            this.lastPane = lastPane;
        }
    }

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
    private static final int LEAST_SLOTS = 1024;

    private final int maxSeries;
    private final long seed;
    private final Cell.ElementBudget budget;
    private final List<Series> inOrder = new ArrayList<>();
    private Series[] slots = emptySlots(LEAST_SLOTS);
    private byte[] key = new byte[1024];

    SeriesTable(int maxSeries, long seed, Cell.ElementBudget budget) {
        this.maxSeries = maxSeries;
        this.seed = seed;
        this.budget = budget;
    }

    /** All series, the first seen first. */
    List<Series> all() {
        return inOrder;
    }

    /** The series of {@code line}: a new one if it is not known yet; {@link Series#NONE} if there are too many. */
    Series of(MetricLine line, long pane) {
        int length = writeKey(line);
        long hash = hash(length);
        int slot = slotOf(hash);
        while (slots[slot] != Series.NONE) {
            Series found = slots[slot];
            if (found.hash == hash && Arrays.equals(found.key, 0, found.key.length, key, 0, length)) {
                return found;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (inOrder.size() == maxSeries) {
            return Series.NONE;
        }
        var id = new SeriesId(line.type(), line.name(), line.tags());
        var added = new Series(Arrays.copyOf(key, length), hash, id, Cell.of(line.type(), budget), pane - 1);
        inOrder.add(added);
        slots[slot] = added;
        if (inOrder.size() > slots.length / 2) {
            fill(slots.length * 2);
        }
        return added;
    }

    /** Forgets each series that {@code isIdle}. */
    void forget(Predicate<Series> isIdle) {
        if (inOrder.removeIf(isIdle)) {
            fill(slots.length);
        }
    }

    private void fill(int slotCount) {
        slots = emptySlots(slotCount);
        for (Series series : inOrder) {
            int slot = slotOf(series.hash);
            while (slots[slot] != Series.NONE) {
                slot = (slot + 1) & (slotCount - 1);
            }
            slots[slot] = series;
        }
    }

    private static Series[] emptySlots(int count) {
        var slots = new Series[count];
        Arrays.fill(slots, Series.NONE);
        return slots;
    }

    private int writeKey(MetricLine line) {
        int nameLength = line.nameTo() - line.nameFrom();
        int mostBytes = nameLength + 2 + StatsdParser.MAX_TAG_BYTES;
        if (key.length < mostBytes) {
            key = new byte[mostBytes];
        }
        key[0] = (byte) line.type().letter();
        System.arraycopy(line.bytes(), line.nameFrom(), key, 1, nameLength);
        int at = 1 + nameLength;
        if (line.tagList().count() == 0) {
            return at;
        }
        key[at] = '|';
        return line.tagList().copyTo(key, at + 1);
    }

    private int slotOf(long hash) {
        return (int) hash & (slots.length - 1);
    }

    private long hash(int length) {
        long hash = seed ^ length;
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(key, at));
        }
        long rest = 0;
        for (; at < length; at++) {
            rest = (rest << Byte.SIZE) | (key[at] & 0xff);
        }
        return mix(hash ^ rest);
    }

    private static long mix(long word) {
        long product = word * MULTIPLIER;
        return product ^ (product >>> 32);
    }
}
