package io.heliograph.server;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link Handling} answers.
 *
 * @param status    the HTTP status
 * @param mediaType the body's media type, with its charset
 * @param body      the body; not copied, and never changed after
 * @param headers   further headers
 */
public record Answer(int status, String mediaType, byte[] body, Map<String, String> headers) {

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** 200 with JSON. */
    public static Answer json(String json) {
        return text("application/json", json);
    }

    /** 200 with text of a media type, which is sent as UTF-8. */
    public static Answer text(String mediaType, String text) {
        return new Answer(200, mediaType, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** The same with another status. */
    public Answer withStatus(int other) {
        return new Answer(other, mediaType, body, headers);
    }

    /** The same with another header. */
    public Answer withHeader(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, mediaType, body, more);
    }
}
