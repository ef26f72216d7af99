package io.heliograph.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A port of loopback with receivers of one kind behind it; in this process, so that arrivals and departures have one clock. Owns a
 * virtual thread for each connection.
 */
final class SlowReceivers implements AutoCloseable {

    private static final byte[] OKAY = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String LENGTH = "content-length:";
    private static final long DRIP_MS = 500;

    /** What they do with a request. */
    enum Kind {
        /** Answer. */
        WELL,
        /** Nothing. */
        SILENT,
        /** Answer, a byte every half second. */
        DRIPPING
    }

    private final Kind kind;
    private final Consumer<String> onBody;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param onBody hears each body that arrives at one that is well */
    SlowReceivers(Kind kind, Consumer<String> onBody) throws IOException {
        this.kind = kind;
        this.onBody = onBody;
        this.server = new ServerSocket(0, 4_096, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("receivers").start(this::accept);
    }

    /** One at which nobody listens. */
    static int closedPort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections now. */
    int open() {
        return open.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 2_048);
            while (true) {
                String body = read(in);
                if (kind == Kind.WELL) {
                    onBody.accept(body);
                }
                answer(socket.getOutputStream(), in);
            }
        } catch (IOException | InterruptedException e) {
            // The sender has closed it.
        } finally {
            open.remove(socket);
        }
    }

    private void answer(OutputStream out, InputStream in) throws IOException, InterruptedException {
        switch (kind) {
            case WELL -> out.write(OKAY);
            case SILENT -> in.transferTo(OutputStream.nullOutputStream());
            case DRIPPING -> {
                for (byte one : OKAY) {
                    out.write(one);
                    TimeUnit.MILLISECONDS.sleep(DRIP_MS);
                }
            }
        }
        if (kind == Kind.SILENT) {
            throw new IOException("closed");
        }
    }

    /** A request's body. */
    private static String read(InputStream in) throws IOException {
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Integer.parseInt(line.substring(LENGTH.length()).strip());
            }
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
