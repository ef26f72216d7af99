package io.heliograph.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which of the three standard streams a person sits at, and whether colours are welcome there.
 *
 * @param input   lines are typed
 * @param output  data is read on a screen
 * @param errors  messages are read on a screen
 * @param colours the environment variable {@code NO_COLOR} is not set
 */
record Terminal(boolean input, boolean output, boolean errors, boolean colours) {

    /** Nobody is there: files and pipes. */
    static final Terminal NONE = new Terminal(false, false, false, false);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** What this process was given. Linux tells for each stream; elsewhere the JDK tells for all together. */
    static Terminal detect() {
        String noColour = System.getenv("NO_COLOR");
        boolean colours = noColour == null || noColour.isEmpty();
        if (Files.isDirectory(DESCRIPTORS)) {
            return new Terminal(isTerminal(0), isTerminal(1), isTerminal(2), colours);
        }
        boolean all = System.console() != null && System.console().isTerminal();
        return new Terminal(all, all, all, colours);
    }

    /** Whether data and messages would run into each other on one screen. */
    boolean isShared() {
        return output && errors;
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor))).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            // A closed stream is no terminal.
            return false;
        }
    }
}
