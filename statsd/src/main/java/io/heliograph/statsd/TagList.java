package io.heliograph.statsd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tags of one line, as spans of its bytes, sorted and without repetition, so that their order in the line does not
 * matter. Not thread-safe; allocates only in {@link #texts}.
 */
final class TagList {

    private final int[] starts = new int[StatsdParser.MAX_TAGS];
    private final int[] ends = new int[StatsdParser.MAX_TAGS];
    private byte[] bytes = {};
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /**
     * Takes the tags that stand between commas in {@code [from, to)}; empty ones don't count.
     *
     * @return whether all of them fit
     */
    boolean read(byte[] source, int from, int to) {
        bytes = source;
        count = 0;
        int start = from;
        for (int at = from; at <= to; at++) {
            if (at == to || source[at] == ',') {
                if (at > start && !insert(start, at)) {
                    return false;
                }
                start = at + 1;
            }
        }
        return true;
    }

    /** Writes the tags, joined by commas, to {@code target}, and returns where they end. */
    int copyTo(byte[] target, int from) {
        int at = from;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                target[at++] = ',';
            }
            int length = ends[i] - starts[i];
            System.arraycopy(bytes, starts[i], target, at, length);
            at += length;
        }
        return at;
    }

    List<String> texts() {
        var texts = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            texts.add(new String(bytes, starts[i], ends[i] - starts[i], StandardCharsets.UTF_8));
        }
        return List.copyOf(texts);
    }

    private boolean insert(int start, int end) {
        int place = count;
        while (place > 0) {
            int order = Arrays.compareUnsigned(bytes, starts[place - 1], ends[place - 1], bytes, start, end);
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                break;
            }
            place--;
        }
        if (count == starts.length) {
            return false;
        }
        System.arraycopy(starts, place, starts, place + 1, count - place);
        System.arraycopy(ends, place, ends, place + 1, count - place);
        starts[place] = start;
        ends[place] = end;
        count++;
        return true;
    }
}
