package io.heliograph.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Processes that a test has started, and ends. */
final class Children implements AutoCloseable {

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final List<Child> started = new ArrayList<>();

    /** As the program's jar says in its manifest. */
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    /** Starts the program with files of its own below {@code folder} for its outputs. */
    Child start(Path folder, String... arguments) throws IOException {
        return startJava(folder, List.of(), arguments);
    }

    /** Starts the program with flags for the JVM. */
    Child startJava(Path folder, List<String> flags, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", NATIVE_ACCESS));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return startCommand(folder, command);
    }

    /** Starts the program in a line of shell, where {@code $heliograph} is how it is called. */
    Child startShell(Path folder, String line) throws IOException {
        return startCommand(folder, List.of("sh", "-c", "heliograph() { '" + JAVA
                + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC " + NATIVE_ACCESS + " -cp '" + System.getProperty("java.class.path") + "' "
                + Main.class.getName() + " \"$@\"; }; " + line));
    }

    private Child startCommand(Path folder, List<String> command) throws IOException {
        Path output = folder.resolve("out-" + started.size());
        Path errors = folder.resolve("err-" + started.size());
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        var child = new Child(process, output, errors);
        started.add(child);
        return child;
    }

    @Override
    public void close() {
        started.forEach(Child::end);
    }
}
