package io.heliograph.server;

import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.Limit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** A server on a free port that shows what is published at a local address. */
final class House implements AutoCloseable {

    final LedgerBook book = new LedgerBook();
    final EventTail tail = new EventTail(Limit.events(1_000));
    final Publisher publisher;
    final Subscription subscription;
    final HeliographServer server;
    private final Subscriber subscriber;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private House(ServerConfig config, List<Panel> panels) {
        String address = "local:" + UUID.randomUUID();
        subscriber = Heliograph.subscriber(address);
        publisher = Heliograph.publisher(address);
        subscription = subscriber.subscribe(Interest.inAll(), tail);
        book.addPublisher("test publisher", publisher::sums);
        book.addSubscriber("test subscriber", subscription::sums);
        server = HeliographServer.start(config, book, tail, panels);
    }

    static House open() {
        return open(ServerConfig.defaults().withPort(0), List.of());
    }

    static House open(ServerConfig config, List<Panel> panels) {
        return new House(config, panels);
    }

    URI uri(String path) {
        return URI.create(server.url() + path);
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(path, request -> {
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    HttpResponse<String> send(String path, Consumer<HttpRequest.Builder> more) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
        more.accept(request);
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** The stream's lines, once it is open. */
    Stream stream(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Stream(http.send(request.build(), BodyHandlers.ofInputStream()));
    }

    @Override
    public void close() {
        publisher.close();
        subscriber.close();
        server.close();
        http.close();
    }
}
