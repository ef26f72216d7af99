package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.server.ApiKeys;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Revokes a key, or all of a tenant. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Revokes a key, or all of a tenant.")
final class ServeKeysRevokeCommand implements Callable<Integer> {

    private final Console console;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder; ~/.heliograph/serve if left out.")
    Optional<String> data = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Revokes all of this tenant's, where no ID is given.")
    Optional<String> tenant = Optional.empty();

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The key's id, as 'keys list' shows it.")
    Optional<String> id = Optional.empty();

    ServeKeysRevokeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (id.isEmpty() && tenant.isEmpty()) {
            throw new ConfigException("ID", "", "the id of a key, or --tenant NAME");
        }
        List<ApiKeys.Entry> revoked = KeyFile.open(data).revoke(entry -> id.map(entry.id()::equals).orElse(true)
                && tenant.map(entry.tenant()::equals).orElse(true));
        revoked.forEach(entry -> console.messages().line("serve keys: revoked " + entry.id() + " of tenant " + entry.tenant()));
        if (revoked.isEmpty()) {
            console.messages().line("serve keys: no key is like that; 'heliograph serve keys list' shows which there are");
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }
}
