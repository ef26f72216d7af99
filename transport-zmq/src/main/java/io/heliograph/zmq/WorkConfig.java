package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.Topic;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An address with {@code pattern=load-balance}, understood. Immutable and thread-safe.
 *
 * @param zmq         what it has in common with the other patterns
 * @param group       whose member a worker is
 * @param prefetch    how many events a worker will hold, the one in its handler's hands included
 * @param deadline    how long a worker has for an event, from its being handed out
 * @param deliveries  how often an event is handed out at most
 * @param deadLetter  the topic on which what nobody acknowledged is published anew
 * @param keepsKeys   whether events of one key are handled in order, one worker at a time
 * @param isPlainPeer whether the other side is a foreign peer, at PORT
 */
public record WorkConfig(ZmqConfig zmq, String group, int prefetch, Duration deadline, int deliveries,
        Optional<String> deadLetter, boolean keepsKeys, boolean isPlainPeer) {

    /** The publisher waits: what is given to one member must not be given up lightly. */
    static final FlowPolicy DEFAULT_POLICY = FlowPolicy.backPressure(Limit.DEFAULT, FlowPolicy.BackPressure.DEFAULT_MAX_WAIT);

    static final String DEFAULT_GROUP = "workers";
    static final int DEFAULT_PREFETCH = 64;
    static final int MOST_PREFETCH = 10_000;
    static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);
    static final Duration LEAST_DEADLINE = Duration.ofMillis(10);
    static final Duration MOST_DEADLINE = Duration.ofDays(1);
    static final int DEFAULT_DELIVERIES = 5;
    static final int MOST_DELIVERIES = 1_000;
    private static final int MOST_GROUP_LENGTH = 64;
    private static final Set<String> OWN_SETTINGS =
            Set.of("group", "prefetch", "deadline", "deliveries", "dead-letter", "affinity", "peer");

    /** Whether {@code address} is one of load balance. */
    static boolean isMeant(Address address) {
        return address.setting("pattern").filter(ZmqPattern.LOAD_BALANCE.label()::equals).isPresent();
    }

    /**
     * Understands, beside what {@link ZmqConfig} does,
     *
     * <pre>
     * group        1 to 64 letters, digits, '_', '-', '.'                          workers
     * prefetch     1 to 10000 events that a worker holds                           64
     * deadline     10ms to 1d, for a worker to acknowledge                         30s
     * deliveries   1 to 1000 of one event                                          5
     * dead-letter  a topic                                                         none
     * affinity     none | key: events of one key in order                          none
     * peer         own | plain: a foreign peer at PORT                             own
     * </pre>
     *
     * @throws ConfigException for anything that cannot be used
     */
    static WorkConfig of(Address address, ZmqConfig.Side side) {
        Map<String, String> shared = new LinkedHashMap<>(address.settings());
        shared.keySet().removeAll(OWN_SETTINGS);
        var zmq = ZmqConfig.of(new Address(address.scheme(), address.place(), shared), side);
        boolean isPlain = choice(address, "peer", "own", "plain");
        if (isPlain && zmq.isInProcess()) {
            throw new ConfigException("peer", "plain", "own: within a process there are own peers only");
        }
        return new WorkConfig(zmq, group(address.setting("group").orElse(DEFAULT_GROUP)),
                integer(address, "prefetch", MOST_PREFETCH, DEFAULT_PREFETCH), deadline(address),
                integer(address, "deliveries", MOST_DELIVERIES, DEFAULT_DELIVERIES),
                address.setting("dead-letter").map(Topic::require), choice(address, "affinity", "none", "key"), isPlain);
    }

    /** Whether the second choice is made. */
    private static boolean choice(Address address, String setting, String first, String second) {
        String value = address.setting(setting).orElse(first);
        if (!value.equals(first) && !value.equals(second)) {
            throw new ConfigException(setting, value, first + " or " + second);
        }
        return value.equals(second);
    }

    private static int integer(Address address, String setting, int most, int otherwise) {
        return address.setting(setting).map(text -> Notation.integer(setting, text, 1, most)).orElse(otherwise);
    }

    private static Duration deadline(Address address) {
        return address.setting("deadline").map(text -> {
            Duration value = Notation.duration("deadline", text);
            if (value.compareTo(LEAST_DEADLINE) < 0 || value.compareTo(MOST_DEADLINE) > 0) {
                throw new ConfigException("deadline", text, "10ms to 1d");
            }
            return value;
        }).orElse(DEFAULT_DEADLINE);
    }

    private static String group(String text) {
        if (!isGroup(text)) {
            throw new ConfigException("group", text, "1 to " + MOST_GROUP_LENGTH + " letters, digits, '_', '-', '.'");
        }
        return text;
    }

    /** Whether {@code text} is a group's name. */
    static boolean isGroup(String text) {
        return !text.isEmpty() && text.length() <= MOST_GROUP_LENGTH && text.chars().allMatch(
                c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.');
    }

    /** Where this is, without settings. */
    String text() {
        return zmq.text();
    }

    ZmqLimits limits() {
        return zmq.limits();
    }

    /** @throws ConfigException for a publisher's policy that work cannot be queued under */
    FlowPolicy requirePossible(FlowPolicy policy) {
        zmq.requirePossible(policy);
        FlowPolicy last = policy instanceof FlowPolicy.Buffer buffer ? buffer.then() : policy;
        if (last instanceof FlowPolicy.Drop drop && drop.victim() == FlowPolicy.Victim.SAME_KEY) {
            throw new ConfigException("policy", policy.text(),
                    "one that does not put an event in another's place: each is work to be done");
        }
        return policy;
    }

    /** @throws ConfigException for a worker's policy that gives up events, since what waits for it waits at its publisher */
    void requireWaiting(FlowPolicy policy) {
        if (!policy.waits()) {
            throw new ConfigException("policy of a worker", policy.text(),
                    "none, or one that waits: what a worker has no room for stays with its publisher; see prefetch");
        }
    }
}
