package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A server on a free port with a folder of its own, as its users meet it. */
final class ServeFixture implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Serve serve;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Optional<String> key;

    private ServeFixture(ServeConfig config, Optional<String> key) {
        this.serve = Serve.start(config.withHttp(config.http().withPort(0)));
        this.key = key.or(() -> serve.firstKey().map(ApiKey::reveal));
    }

    static ServeFixture dev(Path folder) {
        return new ServeFixture(ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV), Optional.empty());
    }

    static ServeFixture of(ServeConfig config) {
        return new ServeFixture(config, Optional.empty());
    }

    /** As whoever has a key that was made before. */
    static ServeFixture of(ServeConfig config, String key) {
        return new ServeFixture(config, Optional.of(key));
    }

    /** One answer, read as JSON if it has a body. */
    record Reply(int status, JsonNode json, HttpResponse<String> raw) {

        String text(String pointer) {
            return json.at(pointer).asString();
        }

        Reply expect(int expected) {
            assertThat(status).as(raw.body()).isEqualTo(expected);
            return this;
        }

        /** That it is a problem document with this code, and tells nothing of the inside. */
        Reply expectProblem(int expected, String code) {
            expect(expected);
            assertThat(raw.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(text("/code")).as(raw.body()).isEqualTo(code);
            assertThat(json.at("/status").asInt()).isEqualTo(expected);
            assertThat(text("/detail")).isNotEmpty();
            assertThat(raw.body()).doesNotContain("Exception").doesNotContain("\\tat ");
            return this;
        }
    }

    Reply get(String path) {
        return send("GET", path, Optional.empty(), key);
    }

    Reply delete(String path) {
        return send("DELETE", path, Optional.empty(), key);
    }

    Reply post(String path, String json) {
        return send("POST", path, Optional.of(json), key, "Content-Type", "application/json");
    }

    Reply post(String path) {
        return send("POST", path, Optional.empty(), key);
    }

    Reply patch(String path, String json) {
        return send("PATCH", path, Optional.of(json), key, "Content-Type", "application/merge-patch+json");
    }

    /** Publishes a structured event of that id. */
    Reply publish(String id, String... headers) {
        var all = new ArrayList<>(List.of("Content-Type", "application/cloudevents+json"));
        all.addAll(List.of(headers));
        return send("POST", "/v1/events", Optional.of(event(id)), key, all.toArray(String[]::new));
    }

    static String event(String id) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/shop\",\"type\":\"orders.created\",\"subject\":\"s-1\","
                + "\"datacontenttype\":\"application/json\",\"data\":{\"n\": 1}}";
    }

    Reply send(String method, String path, Optional<String> body, Optional<String> bearer, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(serve.url() + path)).timeout(PATIENCE)
                .method(method, body.map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
        bearer.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            String type = answer.headers().firstValue("Content-Type").orElse("");
            boolean isJson = type.equals("application/json") || type.endsWith("+json");
            return new Reply(answer.statusCode(), isJson && !answer.body().isEmpty() ? JSON.readTree(answer.body()) : JSON.nullNode(), answer);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The stream's lines, once it is open. */
    Stream stream(String path, Optional<String> bearer) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(serve.url() + path));
        bearer.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return new Stream(http.send(request.build(), BodyHandlers.ofInputStream()));
    }

    /** Makes an endpoint at that URL, with further members. */
    Reply endpoint(String url, String... members) {
        String more = members.length == 0 ? "" : "," + String.join(",", members);
        return post("/v1/endpoints", "{\"url\":\"" + url + "\"" + more + "}").expect(201);
    }

    /** An endpoint's term. */
    long sum(String id, String term) {
        Reply shown = get("/v1/endpoints/" + id).expect(200);
        assertThat(shown.json().at("/sums/difference").asLong(-1)).isZero();
        return shown.json().at("/sums/" + term).asLong();
    }

    static void until(BooleanSupplier condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition::getAsBoolean);
    }

    @Override
    public void close() {
        serve.close();
        http.close();
    }
}
