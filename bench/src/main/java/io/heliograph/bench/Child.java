package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that measures one side, task by task.
 *
 * <pre>
 *   harness                          child
 *     Task.line()             ---->
 *                             <----  sample rate 6100000.0     (as many as there are windows)
 *                             <----  done                      (or: failed WHY)
 *     the end of its input    ---->  ends
 * </pre>
 */
final class Child {

    static final String DONE = "done";
    static final String FAILED = "failed ";

    private Child() {
    }

    /** What a child does for a line. */
    @FunctionalInterface
    interface Measurement {

        /** Measures and tells what {@code line} asks for. */
        void run(String line, Tell tell) throws Exception;
    }

    /**
     * The command that starts a child. Our side needs no option: the one that it gets only spares the reader the JDK's
     * warning.
     *
     * @param main    its class
     * @param side    its argument
     * @param options more of the JVM's options
     * @param jars    more class path, none if empty
     */
    static List<String> command(Class<?> main, String side, List<String> options, String jars) {
        String own = System.getProperty("java.class.path");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        command.addAll(List.of("-cp", jars.isEmpty() ? own : own + ":" + jars, main.getName(), side));
        return command;
    }

    /** Measures for as long as there are lines; then ends this JVM. */
    static void serve(Measurement measurement) throws IOException {
        var tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
            try {
                measurement.run(line, (name, value) -> System.out.println(Samples.line(name, value)));
                System.out.println(DONE);
            } catch (MeasurementFailed known) {
                System.out.println(FAILED + known.getMessage());
            } catch (Exception | Error failure) {
                failure.printStackTrace();
                System.out.println(FAILED + failure + (failure.getCause() == null ? "" : ": " + failure.getCause()));
            }
        }
        // Whatever thread a failed measurement left must not keep the harness waiting.
        System.exit(0);
    }
}
