package io.heliograph.udp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes datagrams to a file that {@code decode.py} reads: for each u64 nanoseconds, u32 length, its bytes; little-endian.
 * Confined to one thread.
 */
final class CaptureFile implements AutoCloseable {

    private final OutputStream out;

    CaptureFile(Path path) throws IOException {
        out = Files.newOutputStream(path);
    }

    /** Adds what remains in {@code datagrams}, one or a train, and leaves it as it is. */
    void add(long epochNanos, ByteBuffer datagrams) throws IOException {
        byte[] bytes = new byte[datagrams.remaining()];
        datagrams.get(datagrams.position(), bytes);
        out.write(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(epochNanos).putInt(bytes.length).array());
        out.write(bytes);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
