package io.heliograph.cli;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.HeliographException;
import io.heliograph.TransportException;
import io.heliograph.cli.Stop.Cause;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and what becomes of what they throw: one line on standard error and an {@link ExitCode}. Stateless. */
final class Program {

    private Program() {
    }

    /** Runs one command. */
    static int run(Console console, Stop stop, String... arguments) {
        int code = commandLine(console, stop).execute(arguments);
        boolean isInterrupted = stop.cause().filter(cause -> cause == Cause.INTERRUPT).isPresent();
        return isInterrupted ? ExitCode.INTERRUPTED : code;
    }

    static CommandLine commandLine(Console console, Stop stop) {
        Ansi ansi = console.terminal().output() && console.terminal().colours() ? Ansi.ON : Ansi.OFF;
        return new CommandLine(new RootCommand(console))
                .addSubcommand(new PubCommand(console, stop))
                .addSubcommand(new SubCommand(console, stop))
                .addSubcommand(new BenchCommand(console, stop))
                .addSubcommand(new DemoCommand(console, stop))
                .addSubcommand(new CommandLine(new SearchCommand(console))
                        .addSubcommand(new SearchPutCommand(console))
                        .addSubcommand(new SearchListCommand(console))
                        .addSubcommand(new SearchRmCommand(console))
                        .addSubcommand(new SearchTestCommand(console))
                        .addSubcommand(new SearchTailCommand(console, stop)))
                .addSubcommand(new CommandLine(new WebhookCommand(console))
                        .addSubcommand(new WebhookListenCommand(console, stop))
                        .addSubcommand(new WebhookEndpointsCommand(console))
                        .addSubcommand(new WebhookAttemptsCommand(console))
                        .addSubcommand(new WebhookResendCommand(console))
                        .addSubcommand(new WebhookSignCommand(console))
                        .addSubcommand(new WebhookVerifyCommand(console)))
                .addSubcommand(new CommandLine(new ServeCommand(console, stop))
                        .addSubcommand(new CommandLine(new ServeKeysCommand(console))
                                .addSubcommand(new ServeKeysAddCommand(console))
                                .addSubcommand(new ServeKeysListCommand(console))
                                .addSubcommand(new ServeKeysRevokeCommand(console))))
                .addSubcommand(new DoctorCommand(console, stop))
                .addSubcommand(new CompletionCommand(console))
                // An event's data may begin with '@'; picocli would take it for the name of a file of arguments.
                .setExpandAtFiles(false)
                .setOut(new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8), true))
                .setErr(new PrintWriter(console.err(), true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
                .setParameterExceptionHandler((failure, arguments) -> onMisuse(failure, console.messages()))
                .setExecutionExceptionHandler((failure, line, parsed) -> onFailure(failure, line, console));
    }

    private static int onMisuse(ParameterException failure, Messages messages) {
        CommandLine line = failure.getCommandLine();
        messages.line(nameOf(line) + ": " + describe(failure) + hint(line));
        return ExitCode.USAGE;
    }

    private static int onFailure(Exception failure, CommandLine line, Console console) {
        if (failure instanceof HeliographException expected) {
            return switch (expected) {
                case ConfigException e -> {
                    console.messages().line(nameOf(line) + ": " + e.getMessage() + hint(line));
                    yield ExitCode.USAGE;
                }
                case AddressInUseException e -> told(e, line, console);
                case TransportException e -> told(e, line, console);
            };
        }
        if (failure instanceof IOException io && Console.isReaderGone(io)) {
            return ExitCode.OK;
        }
        console.messages().line(nameOf(line) + ": unexpected " + failure);
        failure.printStackTrace(console.err());
        return ExitCode.FAILED;
    }

    private static int told(HeliographException failure, CommandLine line, Console console) {
        console.messages().line(nameOf(line) + ": " + failure.getMessage());
        return ExitCode.ENVIRONMENT;
    }

    private static String describe(ParameterException failure) {
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        return switch (failure) {
            case UnmatchedArgumentException e when e.isUnknownOption() ->
                "option '" + e.getUnmatched().getFirst() + "': allowed is " + options(command);
            case UnmatchedArgumentException e when !command.subcommands().isEmpty() ->
                "command '" + e.getUnmatched().getFirst() + "': allowed is "
                        + String.join(", ", command.subcommands().keySet());
            case UnmatchedArgumentException e ->
                "argument '" + e.getUnmatched().getFirst() + "' is one too many: allowed is " + arguments(command);
            case MissingParameterException e when e.getMissing().stream().allMatch(ArgSpec::isPositional) ->
                e.getMissing().stream().map(ArgSpec::paramLabel).collect(Collectors.joining(" "))
                        + " is missing: wanted is " + arguments(command);
            case MissingParameterException e when e.getMissing().size() == 1
                    && e.getMissing().getFirst() instanceof OptionSpec option ->
                "option '" + option.longestName() + "' has no value: wanted is " + option.longestName() + " "
                        + option.paramLabel();
            case OverwrittenOptionException e when e.getOverwritten() instanceof OptionSpec option ->
                "option '" + option.longestName() + "' is given twice: allowed is once";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String options(CommandSpec command) {
        return command.options().stream().map(option -> option.longestName()).collect(Collectors.joining(", "));
    }

    private static String arguments(CommandSpec command) {
        return command.qualifiedName()
                + command.positionalParameters().stream()
                        .map(p -> p.arity().min() == 0 ? " [" + p.paramLabel() + "]" : " " + p.paramLabel())
                        .collect(Collectors.joining());
    }

    private static String nameOf(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }

    private static String hint(CommandLine line) {
        return "; see " + nameOf(line) + " --help";
    }
}
