package io.heliograph.zmq;

import java.util.Arrays;

/** Whoever is at the other end of a connection, as its socket knows it. Immutable; equal where it is the same connection. */
final class Peer {

    private final PeerSocket socket;
    private final byte[] routingId;
    private final int hash;

    /** @param routingId not to be changed; empty where the socket has one connection only */
    Peer(PeerSocket socket, byte[] routingId) {
        this.socket = socket;
        this.routingId = routingId;
        this.hash = System.identityHashCode(socket) * 31 + Arrays.hashCode(routingId);
    }

    PeerSocket socket() {
        return socket;
    }

    byte[] routingId() {
        return routingId;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Peer that && socket == that.socket && Arrays.equals(routingId, that.routingId);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
