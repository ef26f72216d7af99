package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved searches against a {@code serve} that is a process, and is killed. */
class SearchServeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String GARDEN = "{\"title\":\"House with a garden\"}";

    @TempDir
    Path folder;

    private final Children children = new Children();

    @AfterEach
    void endChildren() {
        children.close();
    }

    private Child serve() throws Exception {
        Child serve = children.start(folder, "serve", "--port", "0", "--data", folder.resolve("data").toString());
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !serve.process().isAlive()
                || Files.readString(serve.output()).contains("\n"));
        return serve;
    }

    private static String url(Child serve) throws Exception {
        return serve.lines().getFirst().substring("ready: ".length());
    }

    private Invocation search(Child serve, String... arguments) throws Exception {
        return Invocation.of(arguments(serve, arguments));
    }

    private String[] arguments(Child serve, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("search"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--server", url(serve), "--data", folder.resolve("data").toString()));
        return all.toArray(String[]::new);
    }

    private void publish(Child serve, String id) throws Exception {
        String event = "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/s\",\"type\":\"listings.new\",\"data\":" + GARDEN + "}";
        var request = HttpRequest.newBuilder(URI.create(url(serve) + "/v1/events")).timeout(PATIENCE)
                .header("Authorization", "Bearer " + Files.readString(folder.resolve("data/api-key")).strip())
                .header("Content-Type", "application/cloudevents+json").POST(BodyPublishers.ofString(event)).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
        }
    }

    @Test
    void aSearchThatWasSavedFindsEventsBeforeAndAfterItsServerWasKilled() throws Exception {
        Child killed = serve();
        assertThat(search(killed, "put", "gardens", "title:garden", "--tag", "t").code()).isZero();
        assertThat(search(killed, "put", "gone", "title:garden").code()).isZero();
        assertThat(search(killed, "rm", "gone").code()).isZero();
        assertThat(search(killed, "put", "bad", "title:(garden").messages()).singleElement().asString().contains("line 1").contains("/query");
        Invocation tail = Invocation.start(arguments(killed, "tail", "gardens", "--count", "1")).awaitMessage("listening");
        publish(killed, "e-1");
        assertThat(tail.code()).isZero();
        assertThat(tail.lines()).containsExactly("gardens  listings.new  " + GARDEN);
        killed.process().destroyForcibly().waitFor();

        Child serve = serve();
        assertThat(serve.messages()).anyMatch(line -> line.startsWith("serve: 1 saved searches ready after "));
        Invocation again = Invocation.start(arguments(serve, "tail", "--count", "1", "--json")).awaitMessage("listening");
        publish(serve, "e-2");
        assertThat(again.code()).isZero();
        assertThat(again.output()).contains("\"id\":\"e-2\"");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(search(serve, "list", "--tag", "t").lines()).containsExactly("gardens  2  title:garden"));
        Invocation tested = search(serve, "test", "title:garden AND price:1");
        assertThat(tested.lines()).hasSize(2).allMatch(line -> line.startsWith("no     listings.new  e-") && line.endsWith("for want of price:1"));
        assertThat(tested.messages()).containsExactly("search test: 0 of 2 events match");
        serve.signal("TERM");
        assertThat(serve.exitCode()).isZero();
    }
}
