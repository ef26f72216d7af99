package io.heliograph.cli;

import java.io.PrintStream;

/**
 * Lines on standard error, and under them one line of progress that is written over and over: on a terminal only.
 * Thread-safe.
 */
final class Messages {

    private final PrintStream err;
    private final boolean showsProgress;
    private int progressWidth;

    Messages(PrintStream err, Terminal terminal) {
        this.err = err;
        this.showsProgress = terminal.errors();
    }

    /** Writes one line; whatever would break it or steer a terminal becomes a question mark. */
    synchronized void line(String text) {
        erase();
        err.println(oneLine(text));
        err.flush();
    }

    /** Rewrites the line of progress. */
    synchronized void progress(String text) {
        if (showsProgress) {
            erase();
            String line = oneLine(text);
            err.print(line);
            err.flush();
            progressWidth = line.length();
        }
    }

    /** Takes the line of progress away. */
    synchronized void endProgress() {
        erase();
        err.flush();
    }

    private void erase() {
        if (progressWidth > 0) {
            err.print("\r" + " ".repeat(progressWidth) + "\r");
            progressWidth = 0;
        }
    }

    static String oneLine(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
