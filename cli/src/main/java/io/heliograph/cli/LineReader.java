package io.heliograph.cli;

import io.heliograph.Notation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a stream into lines of bytes, without decoding them: what comes in goes out. A line ends with LF or CR LF; the
 * last one may end with the stream. Confined to one thread; holds at most one line.
 */
final class LineReader {

    /** The longest line: the bytes that a policy admits if nothing else is said. */
    static final int MAX_LINE_BYTES = 64 << 20;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] buffer = new byte[64 << 10];
    private int position;
    private int limit;
    private long number;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /** The number of the line handed out last, from 1. */
    long number() {
        return number;
    }

    /**
     * The next line, without its end; empty at the end of the stream. Waits for input.
     *
     * @throws UnreadableLineException if the line is too long; the next call begins behind it
     */
    Optional<byte[]> next() throws IOException, UnreadableLineException {
        if (!fill()) {
            return Optional.empty();
        }
        number++;
        var line = new ByteArrayOutputStream();
        long length = 0;
        while (fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            length += end - position;
            if (length <= maxLineBytes) {
                line.write(buffer, position, end - position);
            }
            boolean isComplete = end < limit;
            position = isComplete ? end + 1 : end;
            if (isComplete) {
                break;
            }
        }
        if (length > maxLineBytes) {
            throw new UnreadableLineException(
                    length + " bytes: allowed is at most " + Notation.write((long) maxLineBytes) + " a line");
        }
        return Optional.of(withoutReturn(line.toByteArray()));
    }

    private static byte[] withoutReturn(byte[] line) {
        boolean hasReturn = line.length > 0 && line[line.length - 1] == '\r';
        return hasReturn ? Arrays.copyOf(line, line.length - 1) : line;
    }

    private boolean fill() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer));
        }
        return position < limit;
    }
}
