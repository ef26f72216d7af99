package io.heliograph.zmq;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Speaks ZMTP 3 byte by byte, as well or as badly as it is told to. Confined to one thread. */
final class RawPeer implements AutoCloseable {

    static final int MORE = 1;
    static final int LONG = 2;
    static final int COMMAND = 4;
    private static final int GREETING_BYTES = 64;

    private final Socket socket;

    RawPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
    }

    /** A connection that is through its greetings, as {@code type} of ZeroMQ's sockets. */
    static RawPeer greeted(int port, String type) throws IOException {
        return greeted(port, type, new byte[0]);
    }

    static RawPeer greeted(int port, String type, byte[] identity) throws IOException {
        var peer = new RawPeer(port);
        peer.send(greeting("NULL"));
        peer.socket.getInputStream().readNBytes(GREETING_BYTES);
        peer.send(ready(type, identity));
        // The other's: what is sent before it would be too early.
        byte[] header = peer.socket.getInputStream().readNBytes(2);
        if (header.length == 2) {
            peer.socket.getInputStream().readNBytes(header[1] & 0xff);
        }
        return peer;
    }

    static byte[] greeting(String mechanism) {
        ByteBuffer greeting = ByteBuffer.allocate(GREETING_BYTES);
        greeting.put((byte) 0xff).putLong(1).put((byte) 0x7f).put((byte) 3).put((byte) 0);
        greeting.put(mechanism.getBytes(StandardCharsets.US_ASCII));
        return greeting.array();
    }

    static byte[] ready(String type, byte[] identity) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {5, 'R', 'E', 'A', 'D', 'Y'});
        property(body, "Socket-Type", type.getBytes(StandardCharsets.US_ASCII));
        property(body, "Identity", identity);
        return frame(COMMAND, body.toByteArray());
    }

    private static void property(ByteArrayOutputStream body, String name, byte[] value) {
        body.write(name.length());
        body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        body.writeBytes(value);
    }

    /** One frame; long if {@code body} needs it. */
    static byte[] frame(int flags, byte[] body) {
        if (body.length < 256) {
            return ByteBuffer.allocate(2 + body.length).put((byte) flags).put((byte) body.length).put(body).array();
        }
        return ByteBuffer.allocate(9 + body.length).put((byte) (flags | LONG)).putLong(body.length).put(body).array();
    }

    /** The nine bytes that announce {@code length} more. */
    static byte[] announcement(long length) {
        return ByteBuffer.allocate(9).put((byte) LONG).putLong(length).array();
    }

    static byte[] subscription(byte[] prefix) {
        return frame(0, ByteBuffer.allocate(1 + prefix.length).put((byte) 1).put(prefix).array());
    }

    /** Sends; what no longer can be, since the other side has closed, is not missed. */
    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // It has been cut off, which is what these tests wait for.
        }
    }

    /** Whether the other side closes the connection in time; reads what comes until then. */
    boolean isCutOff(int withinMs) {
        byte[] bytes = new byte[1 << 16];
        long deadlineNs = System.nanoTime() + withinMs * 1_000_000L;
        try {
            while (true) {
                long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return false;
                }
                socket.setSoTimeout((int) leftMs);
                if (socket.getInputStream().read(bytes) < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** The next frame that is no command of ZeroMQ's; commands are not answered. */
    byte[] receive() throws IOException {
        var input = new DataInputStream(socket.getInputStream());
        while (true) {
            int flags = input.readUnsignedByte();
            long length = (flags & LONG) == 0 ? input.readUnsignedByte() : input.readLong();
            byte[] body = input.readNBytes(Math.toIntExact(length));
            if ((flags & COMMAND) == 0) {
                return body;
            }
        }
    }

    /** The answer to a heartbeat, whatever it said. */
    static byte[] pong() {
        return frame(COMMAND, new byte[] {4, 'P', 'O', 'N', 'G'});
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
