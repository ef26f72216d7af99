package io.heliograph.zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between two ends of TCP connections: can cut them, or keep them and pass nothing on. Counts bytes. Thread-safe; two
 * virtual threads for each connection.
 */
final class TcpRelay implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong toTarget = new AtomicLong();
    private final AtomicLong fromTarget = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean isFrozen;
    private volatile boolean isRefusing;

    TcpRelay(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Bytes that the target has sent through here. */
    long bytesFromTarget() {
        return fromTarget.get();
    }

    /** Ends every connection, as a broken network does. */
    void cut() {
        for (Socket socket : sockets) {
            sockets.remove(socket);
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It was gone before.
            }
        }
    }

    /** From now on nothing passes, and nobody is told. */
    void freeze() {
        setFrozen(true);
    }

    /** What was held passes on. */
    void thaw() {
        setFrozen(false);
    }

    /** From now on no connection gets through, or does again. */
    void refuse(boolean isRefused) {
        isRefusing = isRefused;
    }

    private void setFrozen(boolean isNow) {
        lock.lock();
        try {
            isFrozen = isNow;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                if (isRefusing) {
                    from.close();
                    continue;
                }
                var to = new Socket(InetAddress.getLoopbackAddress(), target);
                from.setTcpNoDelay(true);
                to.setTcpNoDelay(true);
                sockets.add(from);
                sockets.add(to);
                Thread.startVirtualThread(() -> pass(from, to, toTarget));
                Thread.startVirtualThread(() -> pass(to, from, fromTarget));
            } catch (IOException e) {
                // Nobody at the target: the connection is closed, and tried again.
            }
        }
    }

    private void pass(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[16 << 10];
        try (from; to) {
            for (int n = from.getInputStream().read(buffer); n >= 0; n = from.getInputStream().read(buffer)) {
                awaitThaw();
                to.getOutputStream().write(buffer, 0, n);
                count.addAndGet(n);
            }
        } catch (IOException e) {
            // Cut.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitThaw() {
        lock.lock();
        try {
            while (isFrozen) {
                thawed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        thaw();
        cut();
    }
}
