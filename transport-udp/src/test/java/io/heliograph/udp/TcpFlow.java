package io.heliograph.udp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes over TCP, as much as goes, as a process of its own: what another flow shares a bottleneck with.
 *
 * <pre>
 * to PORT          listens at all addresses; for each line of input it says how many bytes have come so far
 * from HOST PORT   sends until it is ended
 * </pre>
 */
final class TcpFlow {

    private static final int BUFFER_BYTES = 1 << 16;

    private TcpFlow() {
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("to")) {
            listen(Integer.parseInt(arguments[1]));
        } else {
            send(new InetSocketAddress(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2])));
        }
    }

    private static void listen(int port) throws IOException {
        var received = new AtomicLong();
        try (var server = new ServerSocket(port)) {
            Thread.ofPlatform().daemon().name("answers").start(() -> answer(received));
            System.out.println("{\"ready\":true}");
            try (Socket socket = server.accept()) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int read = socket.getInputStream().read(buffer); read >= 0; read = socket.getInputStream().read(buffer)) {
                    received.addAndGet(read);
                }
            }
        }
    }

    private static void answer(AtomicLong received) {
        try {
            while (System.in.read() >= 0) {
                if (System.in.available() == 0) {
                    System.out.println("{\"bytes\":" + received.get() + "}");
                }
            }
        } catch (IOException e) {
            System.exit(1);
        }
        System.exit(0);
    }

    private static void send(InetSocketAddress target) throws IOException {
        try (Socket socket = new Socket(target.getAddress(), target.getPort())) {
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            while (true) {
                out.write(buffer);
            }
        }
    }
}
