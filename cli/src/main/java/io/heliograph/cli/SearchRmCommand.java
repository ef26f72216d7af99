package io.heliograph.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Deletes saved searches. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Deletes saved searches; one that is not there is told, and the exit code is 1 then.")
final class SearchRmCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(arity = "1..*", paramLabel = "ID", description = "Which.")
    List<String> ids = new ArrayList<>();

    SearchRmCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        int code = ExitCode.OK;
        try (ApiClient client = server.open()) {
            for (String id : ids) {
                ApiReply reply = client.send("DELETE", "/v1/searches/" + ApiClient.segment(id));
                if (!reply.isOk()) {
                    code = ApiOutput.refused(reply, console, "search rm " + id);
                }
            }
        }
        return code;
    }
}
