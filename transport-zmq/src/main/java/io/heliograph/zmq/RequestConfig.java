package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An address with {@code pattern=request-reply}, understood. Immutable and thread-safe.
 *
 * @param zmq         what it has in common with the other patterns
 * @param isPlainPeer whether a requester's other side is a foreign peer, at PORT
 * @param limits      what else is limited
 */
public record RequestConfig(ZmqConfig zmq, boolean isPlainPeer, RequestLimits limits) {

    private static final Set<String> OWN_SETTINGS = Set.of("peer", "in-flight", "in-flight-bytes", "tries", "retry-after");

    /**
     * Understands, beside what {@link ZmqConfig} does,
     *
     * <pre>
     * peer             own | plain: a requester asks foreign responders, at PORT           own
     * in-flight        1 to 1048576 requests at once                                       10000
     * in-flight-bytes  1KiB and more, what they take together                              64MiB
     * tries            1 to 64 responders that an idempotent request is asked of           3
     * retry-after      1ms to 1h of silence until it is asked of another                   1s
     * </pre>
     *
     * @throws ConfigException for anything that cannot be used
     */
    static RequestConfig of(Address address, ZmqConfig.Side side) {
        Map<String, String> shared = new LinkedHashMap<>(address.settings());
        shared.keySet().removeAll(OWN_SETTINGS);
        shared.putIfAbsent("pattern", ZmqPattern.REQUEST_REPLY.label());
        ZmqConfig zmq = ZmqConfig.of(new Address(address.scheme(), address.place(), shared), side);
        if (zmq.pattern() != ZmqPattern.REQUEST_REPLY) {
            throw new ConfigException("pattern of requests", zmq.pattern().label(), ZmqPattern.REQUEST_REPLY.label());
        }
        RequestLimits limits = RequestLimits.defaults();
        limits = limits.withInFlight(integer(address, "in-flight", RequestLimits.MOST_IN_FLIGHT, limits.inFlight()))
                .withInFlightBytes(bytes(address, limits.inFlightBytes()))
                .withRetries(integer(address, "tries", RequestLimits.MOST_TRIES, limits.tries()),
                        retryAfter(address, limits.retryAfter()));
        return new RequestConfig(zmq, isPlain(address, zmq, side), limits);
    }

    private static boolean isPlain(Address address, ZmqConfig zmq, ZmqConfig.Side side) {
        String peer = address.setting("peer").orElse("own");
        if (peer.equals("own")) {
            return false;
        }
        if (!peer.equals("plain")) {
            throw new ConfigException("peer", peer, "own or plain");
        }
        if (side == ZmqConfig.Side.BINDING) {
            throw new ConfigException("peer", peer, "own, or nothing: a responder answers foreign requesters anyway, at PORT");
        }
        if (zmq.isInProcess()) {
            throw new ConfigException("peer", peer, "own: within a process there are own peers only");
        }
        if (zmq.isBinding()) {
            throw new ConfigException("peer", peer, "own with bind=true: a requester connects to foreign responders");
        }
        return true;
    }

    private static int integer(Address address, String setting, int most, int otherwise) {
        return address.setting(setting).map(text -> Notation.integer(setting, text, 1, most)).orElse(otherwise);
    }

    private static long bytes(Address address, long otherwise) {
        return address.setting("in-flight-bytes").map(text -> {
            long bytes = Notation.bytes("in-flight-bytes", text);
            if (bytes < 1 << 10) {
                throw new ConfigException("in-flight-bytes", text, "1KiB and more");
            }
            return bytes;
        }).orElse(otherwise);
    }

    private static Duration retryAfter(Address address, Duration otherwise) {
        return address.setting("retry-after").map(text -> {
            Duration after = Notation.duration("retry-after", text);
            if (after.compareTo(Duration.ofMillis(1)) < 0 || after.compareTo(Duration.ofHours(1)) > 0) {
                throw new ConfigException("retry-after", text, "1ms to 1h");
            }
            return after;
        }).orElse(otherwise);
    }

    /** Where this is, without settings. */
    String text() {
        return zmq.text();
    }

    /** The largest message between a requester and a responder. */
    long mostBytes() {
        return (long) zmq.limits().eventBytes() + MessageLayout.MOST_FIELDS_BYTES + MessageLayout.MOST_OVERHEAD_BYTES
                + limits.messageBytes();
    }
}
