package io.heliograph.server;

import io.heliograph.AddressInUseException;
import io.heliograph.TopicFilter;
import io.heliograph.TransportException;
import io.heliograph.time.Clock;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Serves the page, the live tail and the ledger over HTTP/1.1, and what panels add.
 *
 * <p>Thread-safe. Jetty's threads work for it from {@link #start} to {@link #close}, and one virtual thread for each
 * request, which for a stream lives as long as the stream.
 */
public final class HeliographServer implements AutoCloseable {

    private static final int BACKLOG = 128;
    private static final Duration LINGER = Duration.ofMillis(500);

    private final Javalin javalin;
    private final List<TailStream> streams;
    private final String bindAddress;
    private final List<String> routes;

    private HeliographServer(Javalin javalin, List<TailStream> streams, String bindAddress, List<String> routes) {
        this.javalin = javalin;
        this.streams = List.copyOf(streams);
        this.bindAddress = bindAddress;
        this.routes = routes;
    }

    /**
     * Opens the port that {@code config} names, and serves.
     *
     * @param book   what {@code /v1/ledger} and {@code /metrics} read
     * @param tail   what {@code /v1/events/stream} shows; ended by {@link #close}
     * @param panels what other modules add
     * @throws AddressInUseException if the port is taken
     * @throws TransportException    if the operating system refuses
     */
    public static HeliographServer start(ServerConfig config, LedgerBook book, EventTail tail, List<Panel> panels) {
        var page = new PageFiles(panels);
        List<Route> routes = new ArrayList<>(ownRoutes(config.health(), book, tail, page));
        panels.forEach(panel -> routes.addAll(panel.routes()));
        List<PanelStream> streams = new ArrayList<>(List.of(new PanelStream("/v1/events/stream", tail, TopicFilter.ALL)));
        panels.forEach(panel -> streams.addAll(panel.streams()));
        List<TailStream> writers = streams.stream().map(stream -> new TailStream(stream, config)).toList();
        var brake = new KeyBrake(config.access(), Clock.SYSTEM);
        book.addMetric(brake.metric());
        ServerSocketChannel socket = open(config);
        Javalin javalin = Javalin.create(javalinConfig -> {
            HttpSetUp.apply(javalinConfig, config, socket);
            var wiring = new Wiring(javalinConfig.routes, config, brake);
            // The first that fits answers, and "stream" would fit as an event's id.
            writers.forEach(writer -> writer.addTo(wiring));
            routes.forEach(wiring::add);
            wiring.addErrors();
        });
        javalin.start();
        var names = new ArrayList<>(routes.stream().map(Route::name).toList());
        streams.forEach(stream -> names.add(stream.name()));
        return new HeliographServer(javalin, writers, config.bindAddress(), List.copyOf(names));
    }

    private static List<Route> ownRoutes(Health health, LedgerBook book, EventTail tail, PageFiles page) {
        return List.of(
                new Route(Verb.GET, "/", call -> unlessKnown(call, page.page())),
                new Route(Verb.GET, "/page/{file}", call -> unlessKnown(call, page.file(call.path("file")))),
                new Route(Verb.GET, "/healthz", call -> healthy(health)),
                new Route(Verb.GET, "/metrics",
                        call -> Answer.text(PrometheusText.MEDIA_TYPE, PrometheusText.write(book, tail.sums()))),
                new Route(Verb.GET, "/openapi.yaml",
                        call -> Answer.text("application/yaml; charset=utf-8", page.openapi())),
                new Route(Verb.GET, "/v1/ledger", call -> Answer.json(book.toJson(call.tenant()))));
    }

    private static Answer healthy(Health health) {
        Optional<Problem> fault = health.fault();
        if (fault.isPresent()) {
            throw fault.get();
        }
        return Answer.json("{\"status\":\"ok\"}");
    }

    private static Answer unlessKnown(Call call, Answer file) {
        String tag = file.headers().getOrDefault("ETag", "");
        boolean isKnown = call.header("If-None-Match").filter(tag::equals).isPresent();
        return isKnown ? new Answer(304, file.mediaType(), new byte[0], file.headers()) : file;
    }

    /** The socket is opened here and not by Jetty, so that a refusal is told in this project's words alone. */
    private static ServerSocketChannel open(ServerConfig config) {
        String url = "http://" + config.bindAddress() + ":" + config.port();
        try {
            return bind(new InetSocketAddress(InetAddress.ofLiteral(config.bindAddress()), config.port()));
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("in use")) {
                throw new AddressInUseException(url, "close the program that holds it, or take another port");
            }
            throw new TransportException("cannot serve at " + url, e);
        }
    }

    private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(address, BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The port that is served at. */
    public int port() {
        return javalin.port();
    }

    /** Where the page is, as a user on this machine types it. */
    public String url() {
        boolean isWildcard = bindAddress.equals("0.0.0.0") || bindAddress.equals("::");
        String host = isWildcard ? "127.0.0.1" : bindAddress;
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** Every route: method and path, as in {@code openapi.yaml}. */
    public List<String> routes() {
        return routes;
    }

    /** Ends the streams, waits half a second at most for them, and gives the port back. Idempotent. */
    @Override
    public void close() {
        List<Thread> threads = streams.stream().flatMap(stream -> stream.threads().stream()).toList();
        streams.forEach(TailStream::close);
        long endNs = System.nanoTime() + LINGER.toNanos();
        threads.forEach(thread -> join(thread, endNs));
        javalin.stop();
    }

    private static void join(Thread thread, long endNs) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, endNs - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
