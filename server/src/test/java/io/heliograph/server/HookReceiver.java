package io.heliograph.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** A receiver of webhooks that answers as a test tells it. */
final class HookReceiver implements AutoCloseable {

    /** What came. */
    record Hook(String method, Map<String, List<String>> headers, byte[] body) {

        String header(String name) {
            return headers.entrySet().stream().filter(field -> field.getKey().equalsIgnoreCase(name))
                    .map(field -> field.getValue().getFirst()).findFirst().orElse("");
        }
    }

    /** Answers one request with a status, after it may have set fields. */
    @FunctionalInterface
    interface Behaviour {
        int answer(HttpExchange exchange);
    }

    private final HttpServer server;
    private final List<Hook> hooks = Collections.synchronizedList(new ArrayList<>());
    private volatile Behaviour behaviour;

    HookReceiver(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            hooks.add(new Hook(exchange.getRequestMethod(), Map.copyOf(exchange.getRequestHeaders()),
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(this.behaviour.answer(exchange), -1);
            exchange.close();
        });
        server.start();
    }

    static HookReceiver answering(int status) throws IOException {
        return new HookReceiver(exchange -> status);
    }

    void behave(Behaviour other) {
        behaviour = other;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    List<Hook> hooks() {
        return List.copyOf(hooks);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
