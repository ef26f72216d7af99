package io.heliograph.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heliograph.AddressInUseException;
import io.heliograph.webhook.Signer;
import io.heliograph.webhook.Verification;
import io.heliograph.webhook.WebhookVerifier;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * An HTTP server for webhooks at a developer's desk: it verifies, fails on demand, hands on, agrees to handshakes. Each
 * request has a virtual thread, {@code webhook-receiver}; the JDK's server has one of its own.
 */
final class WebhookReceiver implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int NO_BODY = -1;
    private static final int BACKLOG = 200;
    private static final int STOP_DELAY_SECONDS = 0;

    /** Where a request goes on to. */
    @FunctionalInterface
    interface Forward {
        /** Hands it on; returns the status that came back, 502 if none did. */
        int send(String pathAndQuery, Map<String, List<String>> headers, byte[] body);
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Optional<WebhookVerifier> verifier;
    private final FailurePlan failures;
    private final Optional<Forward> forward;
    private final Consumer<ReceivedWebhook> onReceived;

    private WebhookReceiver(HttpServer server, Optional<WebhookVerifier> verifier, FailurePlan failures, Optional<Forward> forward,
            Consumer<ReceivedWebhook> onReceived) {
        this.server = server;
        this.verifier = verifier;
        this.failures = failures;
        this.forward = forward;
        this.onReceived = onReceived;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("webhook-receiver").factory());
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /**
     * Starts to listen.
     *
     * @throws AddressInUseException if the port is taken
     */
    static WebhookReceiver start(InetSocketAddress address, Optional<WebhookVerifier> verifier, FailurePlan failures,
            Optional<Forward> forward, Consumer<ReceivedWebhook> onReceived) throws IOException {
        try {
            return new WebhookReceiver(HttpServer.create(address, BACKLOG), verifier, failures, forward, onReceived);
        } catch (BindException e) {
            throw new AddressInUseException(address.getHostString() + ":" + address.getPort(),
                    "close the program that holds it, or take another port");
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod()) {
                case "POST" -> receive(exchange);
                case "OPTIONS" -> agree(exchange);
                default -> answer(exchange, 405, "POST or OPTIONS\n");
            }
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            answer(exchange, 413, "at most 16 MiB\n");
            return;
        }
        Map<String, List<String>> headers = Map.copyOf(exchange.getRequestHeaders());
        String path = exchange.getRequestURI().toString();
        OptionalInt failure = failures.next();
        ReceivedWebhook received = failure.isPresent()
                ? new ReceivedWebhook(path, headers, body, Optional.empty(), "failed on demand", failure.getAsInt())
                : judge(path, headers, body);
        answer(exchange, received.status(), received.status() < 300 ? "" : received.remark() + "\n");
        onReceived.accept(received);
    }

    private ReceivedWebhook judge(String path, Map<String, List<String>> headers, byte[] body) {
        Optional<Verification> verification = verifier.map(v -> v.verify(headers, body));
        if (verification.isPresent() && verification.get() instanceof Verification.Refused(var reason, String detail)) {
            int status = reason == Verification.Refusal.REPLAYED ? 409 : 400;
            return new ReceivedWebhook(path, headers, body, Optional.of(false), "refused, " + reason + ": " + detail, status);
        }
        String remark = headers.entrySet().stream().filter(field -> field.getKey().equalsIgnoreCase(Signer.ID))
                .map(field -> field.getValue().getFirst()).findFirst().orElse("no " + Signer.ID)
                + (verification.isPresent() ? ", verified" : ", not verified: no key was given");
        int status = forward.map(to -> to.send(path, headers, body)).orElse(204);
        return new ReceivedWebhook(path, headers, body, verification.map(v -> true), remark, status);
    }

    /** The handshake of CloudEvents: whoever asks may send as often as it likes. */
    private static void agree(HttpExchange exchange) throws IOException {
        Optional<String> origin = Optional.ofNullable(exchange.getRequestHeaders().getFirst("WebHook-Request-Origin"));
        exchange.getResponseHeaders().set("Allow", "POST, OPTIONS");
        if (origin.isPresent()) {
            exchange.getResponseHeaders().set("WebHook-Allowed-Origin", "*");
            exchange.getResponseHeaders().set("WebHook-Allowed-Rate", "*");
        }
        answer(exchange, 200, "");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? NO_BODY : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(STOP_DELAY_SECONDS);
        threads.shutdownNow();
    }
}
