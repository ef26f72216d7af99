package io.heliograph.zmq;

import io.heliograph.testkit.ChildProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Programs of others that speak ZeroMQ; a test of one is left out, as not run, where it is not installed. */
enum ForeignProcess {
    /** Debian's {@code python3-zmq}. */
    PYTHON(List.of("/usr/bin/python3", "python3"), List.of("-B", "-c", "import zmq"), List.of("-B"), "python/peer.py",
            "python3-zmq is missing: apt install python3-zmq"),
    /** npm's {@code zeromq}; {@code NODE_PATH} says where it is. */
    NODE(List.of("node"), List.of("-e", "require('zeromq')"), List.of(), "node/peer.js",
            "zeromq is missing: npm install zeromq, and NODE_PATH=.../node_modules");

    static final Duration SOON = Duration.ofSeconds(30);

    private final List<String> programs;
    private final List<String> check;
    private final List<String> flags;
    private final String script;
    private final String missing;

    ForeignProcess(List<String> programs, List<String> check, List<String> flags, String script, String missing) {
        this.programs = programs;
        this.check = check;
        this.flags = flags;
        this.script = script;
        this.missing = missing;
    }

    /** Starts its script, and returns when that says that it is ready. */
    ChildProcess start(String... arguments) throws InterruptedException {
        return startScript(script, arguments);
    }

    /** The same with the one that pulls or pushes work. */
    ChildProcess startWork(String... arguments) throws InterruptedException {
        return startScript(script.replace("peer.", "work."), arguments);
    }

    private ChildProcess startScript(String file, String... arguments) throws InterruptedException {
        var command = new ArrayList<String>();
        command.add(program());
        command.addAll(flags);
        // Maven runs tests in the module's folder.
        command.add(Path.of("src", "test").resolve(file).toString());
        command.addAll(List.of(arguments));
        ChildProcess started = ChildProcess.start(command);
        started.awaitLine("ready"::equals, SOON);
        return started;
    }

    private String program() throws InterruptedException {
        for (String program : programs) {
            var command = new ArrayList<String>();
            command.add(program);
            command.addAll(check);
            try (var found = ChildProcess.start(command)) {
                if (found.awaitEnd(SOON) == 0) {
                    return program;
                }
            } catch (UncheckedIOException e) {
                // The next one.
            }
        }
        return Assumptions.abort(missing);
    }
}
