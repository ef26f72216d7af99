package io.heliograph.flow;

import io.heliograph.Delivery;
import java.time.Duration;
import java.util.Optional;

/** One event that waits in a {@link MemoryBacklog}, and its places in the backlog's lists. */
final class Node {

    final Delivery delivery;
    final GapChain before = new GapChain();
    final Link byArrival = new Link(this);
    final Link byAge = new Link(this);
    Optional<String> key = Optional.empty();
    private final long arrivedNs;

    Node(Delivery delivery, long arrivedNs) {
        this.delivery = delivery;
        this.arrivedNs = arrivedNs;
    }

    int sizeBytes() {
        return delivery.event().size();
    }

    boolean isExpired(long nowNs) {
        Optional<Duration> ttl = delivery.event().ttl();
        return ttl.isPresent() && nowNs - arrivedNs >= ttl.get().toNanos();
    }

    /** A place in a circular list; the list itself is a link without a node. */
    static final class Link {

        private final Optional<Node> node;
        private Link previous = this;
        private Link next = this;

        private Link(Node node) {
            this.node = Optional.of(node);
        }

        /** An empty list. */
        Link() {
            this.node = Optional.empty();
        }

        Optional<Node> first() {
            return next.node;
        }

        /** The node behind this one; none behind the last. */
        Optional<Node> next() {
            return next.node;
        }

        boolean isLinked() {
            return next != this;
        }

        void addLast(Link link) {
            link.previous = previous;
            link.next = this;
            previous.next = link;
            previous = link;
        }

        void unlink() {
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
        }
    }
}
