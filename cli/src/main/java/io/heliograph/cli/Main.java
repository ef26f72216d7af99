package io.heliograph.cli;

/** The program {@code heliograph}. */
public final class Main {

    private Main() {
    }

    /** Runs one command and ends the JVM with its exit code; see {@code heliograph --help}. */
    public static void main(String[] args) {
        var stop = new Stop();
        Signals.stopOn(stop);
        System.exit(Program.run(Console.ofProcess(), stop, args));
    }
}
