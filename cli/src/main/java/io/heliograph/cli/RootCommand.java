package io.heliograph.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program without a command: shows what there is. */
@Command(
        name = "heliograph",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Events straight from publishers to subscribers, with no broker between.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands (each has its own --help):%n",
        footer = {
            "",
            "Addresses: udp://HOST:PORT?interface=loopback&reliable=true or local:NAME",
            "Policies:  drop-oldest:10000, drop-newest:10000, drop-same-key:10000,",
            "           buffer:10000,64MiB,then=drop-oldest, backpressure:10000,wait=100ms",
            "Exit code: 0 done, 1 failed, 2 called wrongly, 3 the machine refuses, 130 Ctrl-C",
        })
final class RootCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    CommandSpec spec;

    RootCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.USAGE;
    }
}
