package io.heliograph.zmq;

import io.heliograph.ConfigException;

/** Who gets an event that is published at a ZeroMQ address. */
public enum ZmqPattern {
    /** Every subscriber. */
    FAN_OUT("fan-out"),
    /** One member of a group. */
    LOAD_BALANCE("load-balance"),
    /** One responder, which answers. */
    REQUEST_REPLY("request-reply");

    private final String label;

    ZmqPattern(String label) {
        this.label = label;
    }

    /** As it is written in an address. */
    public String label() {
        return label;
    }

    /**
     * Reads what {@link #label} writes.
     *
     * @throws ConfigException if {@code text} is no pattern
     */
    static ZmqPattern of(String text) {
        for (ZmqPattern pattern : values()) {
            if (pattern.label.equals(text)) {
                return pattern;
            }
        }
        throw new ConfigException("pattern", text, "fan-out, load-balance or request-reply");
    }
}
