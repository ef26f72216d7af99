package io.heliograph.zmq;

import io.heliograph.Topic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What there is to know of one connection at a {@link Gate}, and what is wrong with what comes over it. Its fields are read on
 * both of the gate's threads; {@link #fault} and {@link #isNews} belong to ZeroMQ's.
 */
final class GateConnection {

    private static final byte SUBSCRIBE = 1;
    private static final byte UNSUBSCRIBE = 0;

    final SocketChannel channel;
    /** As JeroMQ writes it. */
    final String address;
    final long acceptedNs;
    volatile boolean isProven;
    /** Whether it may be the one that a key was shown on. */
    volatile boolean isPerhapsProven;
    volatile boolean isCut;
    volatile int silentSweeps;
    private int parts;
    private long partsBytes;
    private Set<String> prefixes = Set.of();

    GateConnection(SocketChannel channel, long acceptedNs) {
        this.channel = channel;
        this.address = address(channel);
        this.acceptedNs = acceptedNs;
    }

    /** Where the other side of {@code channel} is, as JeroMQ writes it. */
    static String address(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress remote
                    ? remote.getAddress().getHostAddress() + ":" + remote.getPort() : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether it was not the peer that left, of a connection that ZeroMQ gives up. */
    boolean isStillThere() {
        try {
            return channel.read(ByteBuffer.allocate(1)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What is wrong with the next part that has come over it. */
    Optional<ZmqRefusal> fault(GatePart part, GateRules rules) {
        if (part.isBroken()) {
            return Optional.of(ZmqRefusal.BROKEN);
        }
        if (part.isCommandItself()) {
            return Optional.empty();
        }
        parts++;
        partsBytes += part.size();
        boolean isTooLarge = rules.kind().isOwn() && partsBytes > rules.messageBytes();
        if (isTooLarge || parts + (part.hasMore() ? 1 : 0) > rules.kind().parts) {
            return Optional.of(ZmqRefusal.STRANGE);
        }
        if (!part.hasMore()) {
            parts = 0;
            partsBytes = 0;
        }
        return rules.kind() == GateRules.Kind.SUBSCRIBERS ? subscriptionFault(part, rules.subscriptions()) : Optional.empty();
    }

    private Optional<ZmqRefusal> subscriptionFault(GatePart part, int most) {
        if (part.size() == 0 || part.get(0) != SUBSCRIBE && part.get(0) != UNSUBSCRIBE) {
            return Optional.of(ZmqRefusal.STRANGE);
        }
        if (!mayBeginTopic(part)) {
            return Optional.of(ZmqRefusal.PREFIX);
        }
        boolean isOneMore = part.get(0) == SUBSCRIBE && prefixes.size() >= most;
        return isOneMore && !prefixes.contains(prefix(part)) ? Optional.of(ZmqRefusal.SUBSCRIPTIONS) : Optional.empty();
    }

    private static boolean mayBeginTopic(GatePart part) {
        if (part.size() - 1 > Topic.MAX_LENGTH) {
            return false;
        }
        for (int i = 1; i < part.size(); i++) {
            int c = part.get(i);
            boolean isLetterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!isLetterOrDigit && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** Whether a subscription is new, or one that ends was there: ZeroMQ counts on it. */
    boolean isNews(GatePart part) {
        if (part.isCommandItself()) {
            return true;
        }
        if (prefixes.isEmpty()) {
            prefixes = new HashSet<>();
        }
        return part.get(0) == SUBSCRIBE ? prefixes.add(prefix(part)) : prefixes.remove(prefix(part));
    }

    private static String prefix(GatePart part) {
        return new String(part.data(), 1, part.size() - 1, StandardCharsets.ISO_8859_1);
    }
}
