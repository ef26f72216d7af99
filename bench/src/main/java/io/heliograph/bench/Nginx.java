package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A receiver: nginx with one worker on loopback, which answers each request with 204 and counts them. Needs Debian's package
 * {@code nginx-light}, or another one that has the command {@code nginx}. Confined to one thread.
 */
final class Nginx implements AutoCloseable {

    private static final long PATIENCE_NS = Duration.ofSeconds(10).toNanos();

    private final Path folder;
    private final int port;
    private final Process process;

    private Nginx(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Starts one that keeps no log. */
    static Nginx start() throws IOException, InterruptedException, MeasurementFailed {
        return start("access_log off;", "");
    }

    /** Starts one that writes the {@code webhook-id} of each request to {@link #log}, in the order of its answers. */
    static Nginx startLogging() throws IOException, InterruptedException, MeasurementFailed {
        return start("log_format ids '$http_webhook_id'; access_log ids.log ids buffer=256k flush=1s;", "");
    }

    private static Nginx start(String logging, String more) throws IOException, InterruptedException, MeasurementFailed {
        Path folder = Files.createTempDirectory("bench-nginx");
        int port = freePort();
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                worker_processes 1;
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr crit;
                events { worker_connections 4096; }
                http {
                    %s
                    client_body_temp_path body;
                    keepalive_requests 1000000000;
                    keepalive_timeout 60s;
                    server {
                        listen 127.0.0.1:%d backlog=1024;
                        location / { return 204; }
                        location = /count { stub_status; access_log off; }
                        %s
                    }
                }
                """.formatted(logging, port, more));
        Process process;
        try {
            process = new ProcessBuilder("nginx", "-p", folder.toString(), "-c", config.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new MeasurementFailed("nginx cannot be started (Debian's package nginx-light has it): " + e.getMessage());
        }
        var nginx = new Nginx(folder, port, process);
        nginx.awaitReady();
        return nginx;
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private void awaitReady() throws InterruptedException, MeasurementFailed {
        long startNs = System.nanoTime();
        boolean isReady = false;
        while (!isReady) {
            try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                isReady = probe.isConnected();
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - startNs > PATIENCE_NS) {
                    close();
                    throw new MeasurementFailed("nginx does not listen on port " + port);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    int port() {
        return port;
    }

    /** Where requests go. */
    String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    /** How many requests it has taken, this one not among them. */
    long count() throws IOException {
        try (var connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            connection.getOutputStream().write(("GET /count HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            List<String> lines = reader.lines().toList();
            // The three numbers under "server accepts handled requests": connections, connections, requests.
            String numbers = lines.get(lines.indexOf("server accepts handled requests") + 1).strip();
            long seen = counted;
            counted = seen + 1;
            return Long.parseLong(numbers.split(" ")[2]) - 1 - seen;
        }
    }

    /** How often it was asked. */
    private long counted;

    /** The ids of the requests, if it writes them; complete a second after the last. */
    List<String> log() throws IOException {
        return Files.readAllLines(folder.resolve("ids.log"));
    }

    URI uri() {
        return URI.create(url());
    }

    /** Ends it, by its process. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.onExit().get(PATIENCE_NS, TimeUnit.NANOSECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
        }
        deleteAll(folder);
    }

    /** Best effort: it is a folder for temporary files. */
    static void deleteAll(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // Whoever clears that folder finds it.
        }
    }
}
