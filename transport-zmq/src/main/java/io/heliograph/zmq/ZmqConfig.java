package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A ZeroMQ address, understood. Immutable and thread-safe.
 *
 * @param text      the address as it was written, without its settings, for messages
 * @param endpoints one or more places
 * @param pattern   who gets an event
 * @param isBinding whether this side waits at the endpoints for others to connect
 * @param hasHeader whether foreign peers are sent, as a third frame, what an event carries beside topic and data
 * @param limits    every limit and period
 * @param security  how its connections are protected
 * @param latecomers what those get who come later
 */
public record ZmqConfig(String text, List<ZmqEndpoint> endpoints, ZmqPattern pattern, boolean isBinding, boolean hasHeader,
        ZmqLimits limits, ZmqSecurity security, Latecomers latecomers) {

    /** The scheme of addresses within a process. */
    static final String IN_PROCESS_SCHEME = "zmq+inproc";

    /** Which side binds unless the address says otherwise. */
    enum Side {
        /** It waits at its endpoints: publishers, responders. */
        BINDING,
        /** It connects: subscribers, workers, requesters. */
        CONNECTING
    }

    /** Copies the list. */
    public ZmqConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** One whose connections are not protected, and that has nothing for latecomers. */
    ZmqConfig(String text, List<ZmqEndpoint> endpoints, ZmqPattern pattern, boolean isBinding, boolean hasHeader, ZmqLimits limits) {
        this(text, endpoints, pattern, isBinding, hasHeader, limits, new ZmqSecurity.Open(), Latecomers.NONE);
    }

    /**
     * Understands {@code zmq://HOST:PORT[,HOST:PORT...]?setting=value&...} and {@code zmq+inproc://NAME}.
     *
     * <pre>
     * pattern    fan-out | load-balance | request-reply                            fan-out
     * bind       true | false: wait for others to connect                          what the side does by itself
     * own-port   where this library's peers meet                                   PORT+1
     * header     true | false: send foreign peers a third frame                    false
     * max-event  1KiB to 128MiB, the largest event                                 1MiB
     * frame      1B to 16MiB, up to which events gather; 1B: each is a frame       512KiB
     * window     4KiB to 1GiB on the way to one subscriber                         8MiB
     * evict      100ms to 1h, after which a silent subscriber is waited for no more   5s
     * linger     1ms to 1h, how long close() waits for acknowledgements            1s
     * handshake  100ms to 1h, how long a stranger may take to say who it is        1s
     * </pre>
     *
     * <p>and those of {@link ZmqSecurity#of}, {@link Latecomers#of} and {@link Announcing#of}.
     *
     * @throws ConfigException for anything that cannot be used
     */
    static ZmqConfig of(Address address, Side side) {
        Stream<String> own = Stream.of("pattern", "bind", "own-port", "header", "max-event", "frame", "window", "evict", "linger",
                "handshake");
        address.requireSettings(Stream.of(own, ZmqSecurity.settings(), Latecomers.settings().stream(), Announcing.settings())
                .flatMap(names -> names).toArray(String[]::new));
        ZmqLimits limits = limits(address);
        List<ZmqEndpoint> endpoints = ZmqEndpoint.of(address, limits.endpoints());
        boolean isBinding = address.setting("bind").map(text -> Notation.flag("bind", text)).orElse(side == Side.BINDING);
        ZmqPattern pattern = ZmqPattern.of(address.setting("pattern").orElse(ZmqPattern.FAN_OUT.label()));
        return new ZmqConfig(address.scheme() + "://" + address.place(), endpoints, pattern, isBinding,
                Notation.flag("header", address.setting("header").orElse("false")), limits,
                ZmqSecurity.of(address, isBinding ? Side.BINDING : Side.CONNECTING, endpoints),
                Latecomers.of(address, pattern));
    }

    /** Whether both sides are in this process. */
    boolean isInProcess() {
        return endpoints.getFirst().plain().isEmpty();
    }

    /** @throws ConfigException for a policy that this address cannot do */
    FlowPolicy requirePossible(FlowPolicy policy) {
        if (policy instanceof FlowPolicy.Buffer buffer && buffer.spill().isPresent()) {
            throw new ConfigException("policy", policy.text(), "one without spill: there is no journal to spill to");
        }
        return policy;
    }

    private static ZmqLimits limits(Address address) {
        ZmqLimits limits = ZmqLimits.defaults();
        int eventBytes = bytes(address, "max-event", ZmqLimits.LEAST_EVENT_BYTES, ZmqLimits.MOST_EVENT_BYTES).orElse(limits.eventBytes());
        int frameBytes = bytes(address, "frame", ZmqLimits.LEAST_FRAME_BYTES, ZmqLimits.MOST_FRAME_BYTES).orElse(limits.frameBytes());
        int windowBytes = bytes(address, "window", ZmqLimits.LEAST_WINDOW_BYTES, ZmqLimits.MOST_WINDOW_BYTES).orElse(limits.windowBytes());
        Duration eviction = duration(address, "evict", Duration.ofMillis(100)).orElse(limits.eviction());
        Duration linger = duration(address, "linger", Duration.ofMillis(1)).orElse(limits.linger());
        Duration handshake = duration(address, "handshake", Duration.ofMillis(100)).orElse(limits.handshake());
        Duration heartbeat = eviction.dividedBy(4).compareTo(limits.heartbeat()) < 0 ? eviction.dividedBy(4) : limits.heartbeat();
        return limits.withEventBytes(eventBytes).withFrameBytes(frameBytes).withWindowBytes(windowBytes)
                .withPatience(heartbeat, limits.silence(), eviction).withLinger(linger).withHandshake(handshake);
    }

    private static Optional<Integer> bytes(Address address, String setting, int least, int most) {
        return address.setting(setting).map(text -> {
            long bytes = Notation.bytes(setting, text);
            if (bytes < least || bytes > most) {
                throw new ConfigException(setting, text, Notation.write(least) + " to " + Notation.write(most));
            }
            return (int) bytes;
        });
    }

    private static Optional<Duration> duration(Address address, String setting, Duration least) {
        return address.setting(setting).map(text -> {
            Duration duration = Notation.duration(setting, text);
            if (duration.compareTo(least) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
                throw new ConfigException(setting, text, Notation.write(least) + " to 1h");
            }
            return duration;
        });
    }
}
