package io.heliograph.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a server send again what attempts were about. */
@Command(
        name = "resend",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Sends again what attempts were about, whatever came of them, and prints each webhook-id, which is the same as"
                + " before. One that is not there is told, and the exit code is 1 then.")
final class WebhookResendCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(arity = "1..*", paramLabel = "ATTEMPT", description = "Ids, as 'webhook attempts' prints them.")
    List<String> attempts = new ArrayList<>();

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    WebhookResendCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int code = ExitCode.OK;
        try (ApiClient client = server.open()) {
            for (String attempt : attempts) {
                ApiReply reply = client.send("POST", "/v1/attempts/" + ApiClient.segment(attempt) + "/resend");
                if (reply.isOk()) {
                    ApiOutput.line(console, isJson ? reply.body() : reply.json().path("webhook_id").asString(""));
                } else {
                    code = ApiOutput.refused(reply, console, "webhook resend " + attempt);
                }
            }
        }
        console.out().flush();
        return code;
    }
}
