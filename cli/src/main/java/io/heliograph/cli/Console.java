package io.heliograph.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The outside of the program, so that a test can be it.
 *
 * @param in       lines to publish
 * @param out      data; a write throws when its reader is gone, which {@link PrintStream} would hide
 * @param err      everything that is not data
 * @param terminal where a person sits
 */
record Console(InputStream in, OutputStream out, PrintStream err, Terminal terminal) {

    /** The process's own streams. Messages are UTF-8 whatever the locale, as the data is. */
    static Console ofProcess() {
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new Console(System.in, new FileOutputStream(FileDescriptor.out), err, Terminal.detect());
    }

    /** Whether a write failed because whoever read the output has gone, as {@code head} does: no fault of anybody. */
    static boolean isReaderGone(IOException failure) {
        // EPIPE has no exception of its own.
        return String.valueOf(failure.getMessage()).contains("roken pipe");
    }

    /** Where messages go. */
    Messages messages() {
        return new Messages(err, terminal);
    }
}
