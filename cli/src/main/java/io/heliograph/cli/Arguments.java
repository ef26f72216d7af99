package io.heliograph.cli;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Notation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How flags are read. Every method throws {@link ConfigException} for a value that is not allowed. Stateless. */
final class Arguments {

    /** The most bytes that {@code --size} may ask for: the bytes that a policy admits if nothing else is said. */
    private static final long MAX_SIZE_BYTES = 64L << 20;

    private static final double MAX_RATE = 1e9;

    private Arguments() {
    }

    static long count(String flag, String text) {
        if (text.matches("[0-9]{1,18}") && Long.parseLong(text) > 0) {
            return Long.parseLong(text);
        }
        throw new ConfigException(flag, text, "a whole number, at least 1");
    }

    static double rate(String flag, String text) {
        if (text.matches("[0-9]{1,10}(\\.[0-9]{1,9})?")) {
            double rate = Double.parseDouble(text);
            if (rate > 0 && rate <= MAX_RATE) {
                return rate;
            }
        }
        throw new ConfigException(flag, text, "events a second, above 0 and at most 1000000000, such as 100 or 0.5");
    }

    static int size(String flag, String text) {
        long bytes = Notation.bytes(flag, text);
        if (bytes > MAX_SIZE_BYTES) {
            throw new ConfigException(flag, text, "at most " + Notation.write(MAX_SIZE_BYTES));
        }
        return (int) bytes;
    }

    static Duration positive(String flag, String text) {
        Duration duration = Notation.duration(flag, text);
        if (!duration.isPositive()) {
            throw new ConfigException(flag, text, "more than 0, such as 5s");
        }
        return duration;
    }

    static Map<String, AttributeValue> attributes(String flag, List<String> pairs) {
        var attributes = new TreeMap<String, AttributeValue>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new ConfigException(flag, pair, "name=value");
            }
            String name = pair.substring(0, equals);
            if (!Event.isAttributeName(name)) {
                throw new ConfigException(flag, pair, "1 to " + Event.MAX_ATTRIBUTE_NAME_LENGTH
                        + " lower-case letters and digits before '=', and none of CloudEvents' own names");
            }
            attributes.put(name, new AttributeValue.Text(pair.substring(equals + 1)));
        }
        return attributes;
    }
}
