package io.heliograph.server;

import io.heliograph.TopicFilter;

/**
 * A stream of server-sent events that is open to any number of viewers.
 *
 * @param path where, without open segments
 * @param tail what it shows; ended when the server is
 * @param all  what a viewer hears who names no {@code topic}
 */
public record PanelStream(String path, EventTail tail, TopicFilter all) {

    /** As in {@code openapi.yaml}. */
    String name() {
        return Verb.GET + " " + path;
    }
}
