package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.cli.Stop.Cause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class DemoCommandTest {

    @Test
    void runsForTheDurationAsked() {
        Invocation demo = Invocation.of("demo", "--port", "0", "--statsd-port", "0", "--duration", "200ms", "--no-generator");

        assertThat(demo.code()).isZero();
        assertThat(demo.output()).contains("http://127.0.0.1:");
        assertThat(demo.messages().stream().filter(line -> line.startsWith("ledger: "))).isNotEmpty()
                .allMatch(line -> line.endsWith(",\"difference\":0}"));
    }

    @Test
    void endsOnCtrlC() {
        Invocation demo = Invocation.start("demo", "--port", "0", "--statsd-port", "0").awaitMessage("events ");

        demo.stop(Cause.INTERRUPT);

        assertThat(demo.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(demo.ledger()).contains("\"role\":\"subscriber\"");
    }

    @Test
    void doesNotMoveFromAPortThatWasAskedFor() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Invocation demo = Invocation.of("demo", "--port", Integer.toString(taken.getLocalPort()),
                    "--statsd-port", "0", "--duration", "200ms");

            assertThat(demo.code()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(demo.output()).isEmpty();
            assertThat(demo.errors()).contains(Integer.toString(taken.getLocalPort()));
        }
    }
}
