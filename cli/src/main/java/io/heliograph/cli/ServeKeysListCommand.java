package io.heliograph.cli;

import io.heliograph.server.ApiKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the keys: id, tenant, and when it was made. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Lists the keys: id, tenant, and when it was made.")
final class ServeKeysListCommand implements Callable<Integer> {

    private final Console console;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder; ~/.heliograph/serve if left out.")
    Optional<String> data = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Those of one tenant alone.")
    Optional<String> tenant = Optional.empty();

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    ServeKeysListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        for (ApiKeys.Entry entry : KeyFile.open(data).list()) {
            if (tenant.map(entry.tenant()::equals).orElse(true)) {
                console.out().write((line(entry) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        console.out().flush();
        return ExitCode.OK;
    }

    /** Neither id nor tenant holds anything that JSON would have to escape. */
    private String line(ApiKeys.Entry entry) {
        return isJson
                ? "{\"id\":\"" + entry.id() + "\",\"tenant\":\"" + entry.tenant() + "\",\"made\":\"" + entry.made() + "\"}"
                : entry.id() + "  " + entry.tenant() + "  " + entry.made();
    }
}
