package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a viewer's frames to its connection, on the request's own virtual thread, until either side ends. A connection
 * that takes nothing is closed after the idle timeout. Thread-safe.
 */
final class TailStream {

    private final PanelStream stream;
    private final EventTail tail;
    private final ServerConfig config;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    TailStream(PanelStream stream, ServerConfig config) {
        this.stream = stream;
        this.tail = stream.tail();
        this.config = config;
    }

    void addTo(Wiring wiring) {
        wiring.addStream(stream.path(), this::serve);
    }

    /** Answers whatever {@code Accept} says. */
    private void serve(Context context, String tenant) throws IOException {
        TopicFilter filter = filter(Optional.ofNullable(context.queryParam("topic")));
        Viewer viewer = tail.open(tenant, filter, config.maxViewers());
        threads.add(Thread.currentThread());
        try {
            HttpServletResponse response = context.res();
            response.setContentType("text/event-stream; charset=utf-8");
            response.setHeader("Cache-Control", "no-store");
            // Proxies that gather answers would hold events back.
            response.setHeader("X-Accel-Buffering", "no");
            write(viewer, response.getOutputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.remove(Thread.currentThread());
            tail.close(viewer);
        }
    }

    /** The threads that write streams now; each ends when its answer is complete. */
    List<Thread> threads() {
        return List.copyOf(threads);
    }

    private void write(Viewer viewer, OutputStream out) throws IOException, InterruptedException {
        send(out, ": open\n\n");
        Optional<Viewer.Batch> batch = viewer.take(config.heartbeat().toNanos());
        while (batch.isPresent()) {
            send(out, text(batch.get()));
            batch = viewer.take(config.heartbeat().toNanos());
        }
    }

    private static String text(Viewer.Batch batch) {
        String missed = batch.missed() == 0 ? "" : EventTail.missed(batch);
        String frames = String.join("", batch.frames());
        return missed.isEmpty() && frames.isEmpty() ? ": alive\n\n" : missed + frames;
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Ends the streams that are open, and opens no more. */
    void close() {
        tail.close();
    }

    private TopicFilter filter(Optional<String> asked) {
        try {
            return asked.map(TopicFilter::of).orElse(stream.all());
        } catch (ConfigException e) {
            throw new Problem(400, "bad-topic-filter", String.valueOf(e.getMessage()));
        }
    }
}
