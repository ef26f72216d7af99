package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a class's {@code main} in a JVM of its own, with this one's class path and no other option. */
final class ChildJvm {

    private ChildJvm() {
    }

    /**
     * Waits for the child and takes in its samples; whatever else it prints goes to stderr.
     *
     * @return whether it ended well
     */
    static boolean run(Class<?> measurement, Samples samples) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), measurement.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = child.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!samples.take(line)) {
                    System.err.println(line);
                }
            }
            return child.waitFor() == 0;
        } finally {
            child.destroyForcibly();
        }
    }
}
