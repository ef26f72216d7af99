package io.heliograph.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What there is for saved searches. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Saves searches on a server, tries them, and follows their alerts; 'heliograph serve' is the server.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands (each has its own --help):%n",
        footer = {
            "",
            "Queries: title:garden AND price:[* TO 250000], in Lucene's syntax. On the machine",
            "of the server the key is read from its data folder.",
        })
final class SearchCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    CommandSpec spec;

    SearchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.USAGE;
    }
}
