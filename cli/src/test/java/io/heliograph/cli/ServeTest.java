package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} and its keys, as processes. */
class ServeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"o-1\",\"source\":\"/shop\",\"type\":\"orders.created\",\"data\":{\"n\":1}}";

    @TempDir
    Path folder;

    private final Children children = new Children();

    @AfterEach
    void endChildren() {
        children.close();
    }

    private Child serve(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("serve", "--port", "0", "--data", folder.resolve("data").toString()));
        arguments.addAll(List.of(more));
        return children.start(folder, arguments.toArray(String[]::new));
    }

    private static String url(Child serve) throws Exception {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !serve.process().isAlive()
                || Files.readString(serve.output()).contains("\n"));
        assertThat(serve.lines()).as("%s", serve.messages()).singleElement().asString().startsWith("ready: http://127.0.0.1:");
        return serve.lines().getFirst().substring("ready: ".length());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
        }
    }

    private static HttpResponse<String> publish(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + "/v1/events")).header("Content-Type", "application/cloudevents+json")
                .POST(BodyPublishers.ofString(EVENT)));
    }

    @Test
    void aSecondOneOnTheSameFolderIsToldTheFirstsProcess() throws Exception {
        Child first = serve("--dev");
        url(first);

        Child second = serve("--dev");

        assertThat(second.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.process().exitValue()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(second.messages()).singleElement().asString().contains("process " + first.process().pid() + " has it open")
                .contains(folder.resolve("data").toString());
        assertThat(first.process().isAlive()).isTrue();
    }

    @Test
    void whatItAcknowledgedIsThereAfterItWasKilledAndSigtermEndsItInPeace() throws Exception {
        Child killed = serve("--dev");
        assertThat(publish(url(killed)).statusCode()).isEqualTo(202);
        killed.process().destroyForcibly().waitFor();

        Child serve = serve("--dev");
        HttpResponse<String> trace = send(HttpRequest.newBuilder(URI.create(url(serve) + "/v1/events/o-1")));
        HttpResponse<String> again = publish(url(serve));
        serve.signal("TERM");

        assertThat(trace.statusCode()).isEqualTo(200);
        assertThat(again.body()).contains("\"novelty\":\"repeated\"");
        assertThat(serve.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.process().exitValue()).isZero();
        assertThat(serve.messages().getLast()).startsWith("ledger: {\"role\":\"publisher\",\"offered\":1,").endsWith("\"difference\":0}");
    }

    @Test
    void theFirstKeyIsShownOnceAndOthersComeAndGoWhileItRuns() throws Exception {
        Child serve = serve();
        String url = url(serve);
        String key = Files.readString(folder.resolve("data/api-key")).strip();
        assertThat(String.join("\n", serve.messages())).containsOnlyOnce(key);
        String data = folder.resolve("data").toString();

        Invocation added = Invocation.of("serve", "keys", "add", "--tenant", "shop", "--data", data);
        assertThat(status(url, added.output().strip())).isEqualTo(200);
        Invocation listed = Invocation.of("serve", "keys", "list", "--data", data, "--tenant", "shop");
        String id = listed.lines().getFirst().split(" ")[0];
        Invocation revoked = Invocation.of("serve", "keys", "revoke", id, "--data", data);

        assertThat(listed.lines()).hasSize(1);
        assertThat(listed.output()).doesNotContain(added.output().strip());
        assertThat(revoked.code()).isZero();
        assertThat(status(url, added.output().strip())).isEqualTo(401);
        assertThat(status(url, key)).isEqualTo(200);
        assertThat(Invocation.of("serve", "keys", "revoke", id, "--data", data).code()).isEqualTo(ExitCode.FAILED);
    }

    private static int status(String url, String key) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + "/v1/ledger")).header("Authorization", "Bearer " + key)).statusCode();
    }

    @Test
    void whatAnotherProcessPublishesWhereItListensIsSaidInItsLedger() throws Exception {
        int port;
        try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            port = socket.getLocalPort();
        }
        String address = "udp://127.0.0.1:" + port;
        Path file = Files.writeString(folder.resolve("serve.conf"), "listen = " + address + "\nport = 1\n");
        Child serve = serve("--dev", "--config", file.toString());
        url(serve);

        Invocation published = Invocation.of("pub", address, "{\"n\":1}", "--count", "300", "--await-subscribers", "1");
        serve.signal("TERM");

        assertThat(published.code()).as(published.errors()).isZero();
        assertThat(serve.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.process().exitValue()).isZero();
        assertThat(serve.messages()).contains("serve: listening at " + address)
                .anyMatch(line -> line.startsWith("ledger: {\"role\":\"publisher\",\"offered\":300,\"accepted\":300,"))
                .anyMatch(line -> line.startsWith("ledger: {\"role\":\"subscriber\",\"known\":300,\"delivered\":300,"));
    }

    @Test
    void whatCannotBeIsSaidAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("serve.conf"), "# none\ncolour = red\n");
        Invocation unknown = Invocation.of("serve", "--config", file.toString(), "--data", folder.toString());
        assertThat(unknown.code()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.errors()).contains("setting (" + file + ", line 2) 'colour': allowed is port,");
        assertThat(Invocation.of("serve", "--listen", "nowhere", "--data", folder.toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("serve", "--dev", "--bind", "0.0.0.0", "--data", folder.toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("serve", "--api-key", "short-SECRET", "--data", folder.toString()).errors()).contains("16 to 128")
                .doesNotContain("SECRET");
        assertThat(Invocation.of("serve", "--allow-target", "here", "--data", folder.toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("serve", "keys", "list", "--data", folder.resolve("none").toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("serve", "keys").code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("serve", "keys", "revoke", "--data", folder.toString()).code()).isEqualTo(ExitCode.USAGE);
    }
}
