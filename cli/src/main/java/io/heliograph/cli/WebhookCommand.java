package io.heliograph.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What there is for webhooks. */
@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Receives, signs and verifies webhooks (Standard Webhooks 1.0.0), with no server; tells what a server sent, and has it sent again.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands (each has its own --help):%n",
        footer = {
            "",
            "Keys: whsec_... is a secret that both sides hold (v1), whsk_... a sender's",
            "key pair and whpk_... its public half (v1a). Without --secret the key is taken",
            "from the variable HELIOGRAPH_WEBHOOK_SECRET: others can see an argument.",
        })
final class WebhookCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    CommandSpec spec;

    WebhookCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.USAGE;
    }
}
