package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventJson;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own: what only the operating system can show. */
class ProcessTest {

    /** Nobody publishes there. */
    private static final String SILENT = "local:silent";

    @TempDir
    Path folder;

    private final Children children = new Children();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void exitsWithTheCodeOfItsCommand() throws Exception {
        Child good = children.start(folder, "pub", SILENT, "hello");
        Child misuse = children.start(folder, "frob");

        assertThat(good.exitCode()).isZero();
        assertThat(misuse.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(misuse.messages()).hasSize(1);
        assertThat(good.messages()).hasSize(1).first().asString().startsWith("ledger: {\"role\":\"publisher\",\"offered\":1,");
    }

    @Test
    void endsOnCtrlCWithItsSummaryAndOnSigtermInPeace() throws Exception {
        assumeThat(isInterruptIgnored()).as("SIGINT is ignored here, and children inherit that").isFalse();
        Child interrupted = children.start(folder, "sub", SILENT);
        Child terminated = children.start(folder, "sub", SILENT);
        interrupted.awaitMessage("listening");
        terminated.awaitMessage("listening");

        interrupted.signal("INT");
        terminated.signal("TERM");

        assertThat(interrupted.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(interrupted.messages().getLast()).startsWith("ledger: {\"role\":\"subscriber\"");
        assertThat(terminated.exitCode()).isZero();
        assertThat(terminated.messages().getLast()).startsWith("ledger: {\"role\":\"subscriber\"");
    }

    @Test
    void endsWhileItWaitsForInput() throws Exception {
        Child pub = children.start(folder, "pub", SILENT);
        pub.type("one\n");
        pub.awaitThread("heliograph-pub");

        pub.signal("TERM");

        assertThat(pub.exitCode()).isZero();
        assertThat(pub.messages().getLast()).startsWith("ledger: {\"role\":\"publisher\"");
    }

    @Test
    void carriesEveryEventToEverySubscriber() throws Exception {
        String address = "udp://239.77.1.1:" + freePort() + "?interface=loopback";
        Child first = children.start(folder, "sub", address, "--count", "2000", "--wait", "10s");
        Child second = children.start(folder, "sub", address, "--count", "2000", "--wait", "10s", "--json");
        first.awaitMessage("listening");
        second.awaitMessage("listening");
        Child pub = children.start(folder, "pub", address, "--await-subscribers", "2");
        List<String> sent = IntStream.range(0, 2_000).mapToObj(i -> "event " + i).toList();
        pub.type(String.join("\n", sent));
        pub.process().getOutputStream().close();

        assertThat(pub.exitCode()).isZero();
        assertThat(pub.messages().getLast()).isEqualTo("ledger: {\"role\":\"publisher\",\"offered\":2000,"
                + "\"accepted\":2000,\"dropped\":0,\"refused\":0,\"difference\":0}");
        assertThat(first.exitCode()).isZero();
        assertThat(first.lines()).isEqualTo(sent);
        assertThat(first.messages().getLast()).contains("\"delivered\":2000,").endsWith("\"difference\":0}");
        assertThat(second.exitCode()).isZero();
        assertThat(second.lines().stream().map(CloudEventJson::read).map(Event::text)).isEqualTo(sent);
    }

    @Test
    void endsQuietlyWhenHeadHasEnough() throws Exception {
        String address = "udp://239.77.1.1:" + freePort();
        Child pipe = children.startShell(folder,
                "{ heliograph sub '" + address + "'; echo \"exit $?\" >&2; } | head -n 3");
        pipe.awaitMessage("listening");

        Child pub = children.start(folder, "pub", address, "x", "--count", "100000", "--rate", "1000");

        assertThat(pipe.exitCode()).isZero();
        assertThat(pipe.lines()).containsExactly("x", "x", "x");
        assertThat(pipe.messages()).hasSize(3);
        assertThat(pipe.messages().get(1)).startsWith("ledger: ").endsWith("\"difference\":0}");
        assertThat(pipe.messages().getLast()).isEqualTo("exit 0");
        pub.signal("TERM");
        assertThat(pub.exitCode()).isZero();
        assertThat(pub.messages().getLast()).startsWith("ledger: {\"role\":\"publisher\"");
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        try (var taken = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            Child sub = children.start(folder, "sub", "udp://127.0.0.1:" + taken.getLocalPort());

            assertThat(sub.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(sub.messages()).hasSize(1);
            assertThat(sub.messages().getFirst()).contains("127.0.0.1:" + taken.getLocalPort()).contains("in use");
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void loadsNeitherTheWebServerNorALoggerToPublish() throws Exception {
        Child pub = children.startJava(folder, List.of("-Xlog:class+load:stdout"), "pub", SILENT, "x");

        assertThat(pub.exitCode()).isZero();
        assertThat(Files.readString(pub.output(), StandardCharsets.UTF_8)).contains("io.heliograph.cli.PubCommand")
                .doesNotContain("io.javalin.", "org.eclipse.jetty.", "ch.qos.logback.", "org.slf4j.");
    }

    /** Bit 1 of the mask of ignored signals is SIGINT: true under nohup and in some background jobs. */
    private static boolean isInterruptIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 2) != 0);
    }
}
