package io.heliograph.cli;

import io.heliograph.server.Access;
import io.heliograph.server.ApiKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key and prints it; it is stored as a hash, and never shown again. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Makes a key and prints it; it is stored as a hash, and never shown again.")
final class ServeKeysAddCommand implements Callable<Integer> {

    private final Console console;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder; ~/.heliograph/serve if left out.")
    Optional<String> data = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Whose it is; 'default' if left out.")
    String tenant = Access.DEFAULT_TENANT;

    ServeKeysAddCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ApiKeys.requireTenant(tenant);
        ApiKeys.Made made = KeyFile.open(data).add(tenant);
        console.out().write((made.key().reveal() + "\n").getBytes(StandardCharsets.UTF_8));
        console.out().flush();
        console.messages().line("serve keys: " + made.entry().id() + " of tenant " + tenant);
        return ExitCode.OK;
    }
}
