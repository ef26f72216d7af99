package io.heliograph.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** The nodes of a measurement: opened, worked until all know each other, closed in the opposite order. For one thread. */
final class Nodes implements AutoCloseable {

    private final Side side;
    private final Deque<Side.Node> nodes = new ArrayDeque<>();

    Nodes(Side side) {
        this.side = side;
    }

    Side.Node open() {
        Side.Node node = side.node();
        nodes.push(node);
        return node;
    }

    /** @throws IllegalStateException if they do not come */
    void awaitSubscribers(Side.Sending sending, int count) {
        long deadlineNs = System.nanoTime() + Loops.PATIENCE_NS;
        while (!sending.isHeardBy(count)) {
            for (Side.Node node : nodes) {
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
        nodes.forEach(Side.Node::close);
    }
}
