package io.heliograph.cli;

import io.heliograph.TransportException;
import io.heliograph.server.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a running {@code serve}. Thread-safe; the JDK's client keeps threads of its own until {@link #close}.
 */
final class ApiClient implements AutoCloseable {

    static final String JSON = "application/json";

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI server;
    private final Optional<ApiKey> key;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

    /** @param server its URL, without a path */
    ApiClient(URI server, Optional<ApiKey> key) {
        this.server = server;
        this.key = key;
    }

    /** A request without a body. */
    ApiReply send(String method, String path) throws InterruptedException {
        return ask(request(path).timeout(PATIENCE).method(method, BodyPublishers.noBody()).build());
    }

    /** A request with a body; {@code headers} are names and values in turn. */
    ApiReply send(String method, String path, byte[] body, String mediaType, String... headers) throws InterruptedException {
        HttpRequest.Builder request = request(path).timeout(PATIENCE).header("Content-Type", mediaType);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return ask(request.method(method, BodyPublishers.ofByteArray(body)).build());
    }

    /** Opens a stream of server-sent events, whose status may be any. */
    HttpResponse<InputStream> stream(String path) throws InterruptedException {
        return exchange(request(path).GET().build(), BodyHandlers.ofInputStream());
    }

    /** A text as one segment of a path, or as a query's value. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
        key.ifPresent(shown -> request.header("Authorization", "Bearer " + shown.reveal()));
        return request;
    }

    private ApiReply ask(HttpRequest request) throws InterruptedException {
        HttpResponse<String> answer = exchange(request, BodyHandlers.ofString());
        return new ApiReply(answer.statusCode(), answer.body());
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws InterruptedException {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new TransportException("no answer from " + server + "; does 'heliograph serve' run there? --server names another", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
