package io.heliograph.flow;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.flow.FlowPolicy.BackPressure;
import io.heliograph.flow.FlowPolicy.Buffer;
import io.heliograph.flow.FlowPolicy.Drop;
import io.heliograph.flow.FlowPolicy.Victim;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads a policy's text.
 *
 * <pre>
 * buffer:10000,64MiB,spill=1GiB,then=drop-oldest
 * ^kind  ^events     ^option
 *              ^bytes
 * </pre>
 */
final class PolicyText {

    private static final String ALLOWED = "drop-oldest|drop-newest|drop-same-key:EVENTS[,BYTES], "
            + "buffer:EVENTS[,BYTES][,spill=BYTES][,then=drop-oldest|drop-newest|drop-same-key|backpressure[,wait=TIME]], "
            + "backpressure:EVENTS[,BYTES][,wait=TIME]";

    private final String text;
    private int events = Limit.DEFAULT.events();
    private long bytes = Limit.DEFAULT.bytes();
    private Optional<Long> spillBytes = Optional.empty();
    private Optional<String> then = Optional.empty();
    private Optional<Duration> wait = Optional.empty();

    private PolicyText(String text) {
        this.text = text;
    }

    static FlowPolicy parse(String text) {
        return new PolicyText(text).read();
    }

    private FlowPolicy read() {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        if (colon >= 0) {
            String[] parts = text.substring(colon + 1).split(",", -1);
            for (int i = 0; i < parts.length; i++) {
                readPart(i, parts[i]);
            }
        }
        Limit limit = new Limit(events, bytes);
        if (kind.equals("buffer")) {
            FlowPolicy last = simple(then.orElse("drop-oldest"), limit);
            return new Buffer(limit, spillBytes.map(b -> new Limit(1 << 30, b)), last);
        }
        if (spillBytes.isPresent() || then.isPresent()) {
            throw refused();
        }
        return simple(kind, limit);
    }

    private FlowPolicy simple(String kind, Limit limit) {
        if (kind.equals("backpressure")) {
            return new BackPressure(limit, wait.orElse(BackPressure.DEFAULT_MAX_WAIT));
        }
        if (wait.isPresent()) {
            throw refused();
        }
        for (Victim victim : Victim.values()) {
            if (kind.equals("drop-" + victim.label())) {
                return new Drop(limit, victim);
            }
        }
        throw refused();
    }

    private void readPart(int index, String part) {
        int equals = part.indexOf('=');
        String value = part.substring(equals + 1);
        switch (equals < 0 ? "" : part.substring(0, equals)) {
            case "spill" -> spillBytes = once(spillBytes, Notation.bytes("spill", value));
            case "then" -> then = once(then, value);
            case "wait" -> wait = once(wait, Notation.duration("wait", value));
            case "" -> readLimit(index, part);
            default -> throw refused();
        }
    }

    private void readLimit(int index, String part) {
        switch (index) {
            case 0 -> events = Notation.integer("limit in events", part, 1, 1 << 30);
            case 1 -> bytes = Notation.bytes("limit in bytes", part);
            default -> throw refused();
        }
    }

    private <T> Optional<T> once(Optional<T> before, T value) {
        if (before.isPresent()) {
            throw refused();
        }
        return Optional.of(value);
    }

    private ConfigException refused() {
        return new ConfigException("policy", text, ALLOWED);
    }
}
