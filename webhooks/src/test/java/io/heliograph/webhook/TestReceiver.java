package io.heliograph.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A receiver of webhooks on loopback that answers as a test tells it, and counts its connections. */
final class TestReceiver implements AutoCloseable {

    /** What it does with one connection; may throw when the sender closes it. */
    @FunctionalInterface
    interface Behaviour {
        void serve(Connection connection) throws IOException;
    }

    /** What one request held. */
    record Request(String line, Map<String, List<String>> headers, byte[] body) {

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name)).map(List::getFirst);
        }
    }

    /** One connection. */
    final class Connection {
        private final Socket socket;
        final InputStream in;
        final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads a request; empty at the connection's end. */
        Optional<Request> read() throws IOException {
            String line = line();
            if (line.isEmpty()) {
                return Optional.empty();
            }
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                headers.computeIfAbsent(header.substring(0, colon), n -> new ArrayList<>()).add(header.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", List.of("0")).getFirst());
            var request = new Request(line, headers, in.readNBytes(length));
            requests.add(request);
            return Optional.of(request);
        }

        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
            }
            return line.toString(StandardCharsets.ISO_8859_1).strip();
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        /** Waits until the sender has closed it. */
        void awaitEnd() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private final ServerSocket server;
    private final Behaviour behaviour;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    private TestReceiver(ServerSocket server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
        Thread.ofVirtual().name("test-receiver").start(this::accept);
    }

    static TestReceiver start(Behaviour behaviour) {
        return start(ServerSocketFactory.getDefault(), InetAddress.ofLiteral("127.0.0.1"), behaviour);
    }

    static TestReceiver start(ServerSocketFactory sockets, InetAddress address, Behaviour behaviour) {
        try {
            return new TestReceiver(sockets.createServerSocket(0, 200, address), behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers each request with these words, for as long as the sender keeps the connection. */
    static TestReceiver answering(String answer) {
        return start(connection -> {
            while (connection.read().isPresent()) {
                connection.write(answer);
            }
        });
    }

    /** A status line, fields and a body, as one answer. */
    static String answer(int status, String fields, String body) {
        return "HTTP/1.1 " + status + " Whatever\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().name("test-receiver connection").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            behaviour.serve(new Connection(socket));
        } catch (IOException | RuntimeException e) {
            // The sender is free to close.
        } finally {
            open.remove(socket);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    int accepted() {
        return accepted.get();
    }

    /** Connections that neither side has closed, as far as it knows. */
    int open() {
        return open.size();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "receiver at %d: %d accepted, %d open", port(), accepted(), open());
    }
}
