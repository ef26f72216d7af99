package io.heliograph.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What commands do with a server's answer. Stateless. */
final class ApiOutput {

    private ApiOutput() {
    }

    /** Prints the body as one line; a refusal goes to standard error instead. */
    static int print(ApiReply reply, Console console, String command) throws IOException {
        if (!reply.isOk()) {
            return refused(reply, console, command);
        }
        if (!reply.body().isEmpty()) {
            line(console, reply.body());
            console.out().flush();
        }
        return ExitCode.OK;
    }

    /** Says why. */
    static int refused(ApiReply reply, Console console, String command) {
        console.messages().line(command + ": " + reply.refusal());
        return ExitCode.FAILED;
    }

    /** Writes a line of data; control characters of strangers do not reach the terminal. */
    static void line(Console console, String text) throws IOException {
        console.out().write((Messages.oneLine(text) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
