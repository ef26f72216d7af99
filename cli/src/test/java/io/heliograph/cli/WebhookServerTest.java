package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.server.Serve;
import io.heliograph.server.ServeConfig;
import io.heliograph.webhook.Cidr;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code webhook endpoints|attempts|resend} against a server that runs, by the key in its folder. */
@Timeout(60)
class WebhookServerTest {

    @TempDir
    Path folder;

    private Serve serve;

    @BeforeEach
    void open() {
        ServeConfig config = ServeConfig.of(folder).withTargets(List.of(Cidr.parse("127.0.0.0/8")));
        serve = Serve.start(config.withHttp(config.http().withPort(0)));
    }

    @AfterEach
    void close() {
        serve.close();
    }

    private Invocation webhook(String command, String... more) {
        var arguments = new ArrayList<>(List.of("webhook", command, "--server", serve.url(), "--data", folder.toString()));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    /** An endpoint that nobody listens at. */
    private String endpoint() throws Exception {
        try (var client = new ApiClient(URI.create(serve.url()), serve.firstKey())) {
            ApiReply made = client.send("POST", "/v1/endpoints",
                    "{\"url\":\"http://127.0.0.1:9/hook\",\"topics\":[\"orders.>\"]}".getBytes(StandardCharsets.UTF_8), ApiClient.JSON);
            assertThat(made.isOk()).as(made.body()).isTrue();
            ApiReply published = client.send("POST", "/v1/events",
                    "{\"specversion\":\"1.0\",\"id\":\"o-1\",\"source\":\"/shop\",\"type\":\"orders.created\"}".getBytes(StandardCharsets.UTF_8), "application/cloudevents+json");
            assertThat(published.isOk()).as(published.body()).isTrue();
            return made.json().path("id").asString("");
        }
    }

    @Test
    void endpointsAndTheirAttemptsAreListedAndSentAgain() throws Exception {
        String endpoint = endpoint();
        await().atMost(Duration.ofSeconds(20)).until(() -> !webhook("attempts", endpoint).lines().isEmpty());

        assertThat(webhook("endpoints").lines()).containsExactly(endpoint + "  active  http://127.0.0.1:9/hook  orders.>");
        assertThat(webhook("endpoints", "--json").output()).startsWith("{\"id\":\"" + endpoint + "\"").doesNotContain("whsec_");
        Invocation attempts = webhook("attempts", endpoint, "--count", "1");
        assertThat(attempts.lines()).singleElement().asString().matches("[0-9]+  .*Z  connect  -  .* ms  msg_.*");
        Invocation json = webhook("attempts", endpoint, "--json");
        assertThat(json.lines().getLast()).startsWith("{\"id\":").contains("\"outcome\":\"connect\"");
        String attempt = attempts.lines().getFirst().split(" ")[0];
        Invocation resent = webhook("resend", attempt);
        assertThat(resent.code()).as(resent.errors()).isZero();
        assertThat(attempts.output()).contains(resent.output().strip());
        assertThat(webhook("resend", attempt, "--json").output()).startsWith("{\"webhook_id\":\"msg_");
    }

    @Test
    void whatIsRefusedIsSaidWithTheRightExitCode() throws Exception {
        assertThat(webhook("attempts", "ep_none").code()).isEqualTo(ExitCode.FAILED);
        assertThat(webhook("attempts", "ep_none").errors()).contains("webhook attempts: there is no such endpoint");
        assertThat(webhook("resend", "77").code()).isEqualTo(ExitCode.FAILED);
        assertThat(webhook("resend").code()).isEqualTo(ExitCode.USAGE);
        assertThat(webhook("attempts", "ep_none", "--count", "none").code()).isEqualTo(ExitCode.USAGE);
        assertThat(webhook("endpoints", "--key", "x".repeat(40)).code()).isEqualTo(ExitCode.FAILED);
        Invocation nobody = Invocation.of("webhook", "endpoints", "--server", "http://127.0.0.1:9", "--data", folder.toString());
        assertThat(nobody.code()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(nobody.errors()).contains("no answer from http://127.0.0.1:9").contains("ConnectException").doesNotContain("null");
        Files.delete(folder.resolve("api-key"));
        assertThat(webhook("endpoints").errors()).contains("a key is needed");
    }
}
