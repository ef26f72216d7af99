package io.heliograph.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** The nodes of a measurement: opened, worked until all know each other, closed in the opposite order. For one thread. */
final class UdpNodes implements AutoCloseable {

    private final UdpSide side;
    private final UdpTask task;
    private final Deque<UdpSide.Node> nodes = new ArrayDeque<>();

    UdpNodes(UdpSide side, UdpTask task) {
        this.side = side;
        this.task = task;
    }

    UdpSide.Node open() {
        UdpSide.Node node = side.node(task);
        nodes.push(node);
        return node;
    }

    /** @throws IllegalStateException if they do not come */
    void awaitSubscribers(UdpSide.Sending sending, int count) {
        long deadlineNs = System.nanoTime() + UdpLoops.PATIENCE_NS;
        while (!sending.isHeardBy(count)) {
            for (UdpSide.Node node : nodes) {
                node.work();
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IllegalStateException("fewer than " + count + " subscribers came");
            }
            Thread.yield();
        }
    }

    @Override
    public void close() {
        nodes.forEach(UdpSide.Node::close);
    }
}
