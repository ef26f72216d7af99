package io.heliograph.cli;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that teaches a shell the commands and flags. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints a script that completes commands and flags.",
        footer = {"", "source <(heliograph completion bash)"})
final class CompletionCommand implements Callable<Integer> {

    private static final Set<String> SHELLS = Set.of("bash", "zsh");

    private final Console console;

    @Spec
    CommandSpec spec;

    @Parameters(index = "0", paramLabel = "bash|zsh", description = "The shell.")
    String shell = "";

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (!SHELLS.contains(shell)) {
            throw new ConfigException("shell", shell, "bash or zsh");
        }
        // One script serves both: under zsh it first loads zsh's own emulation of bash's completion.
        String script = AutoComplete.bash(spec.root().name(), spec.root().commandLine());
        console.out().write(script.getBytes(StandardCharsets.UTF_8));
        console.out().flush();
        return ExitCode.OK;
    }
}
