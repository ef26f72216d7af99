package io.heliograph.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server answered.
 *
 * @param status the HTTP status
 * @param body   as it came
 */
record ApiReply(int status, String body) {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final int FIRST_REFUSAL = 300;
    private static final int MOST_SHOWN = 200;

    boolean isOk() {
        return status < FIRST_REFUSAL;
    }

    /** The body as JSON; without members where it is none. */
    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    /** Why it was refused, in a line: a problem document's detail. */
    String refusal() {
        JsonNode problem = json();
        String detail = problem.path("detail").asString("");
        if (detail.isEmpty()) {
            return "the server answered " + status + " " + body.substring(0, Math.min(body.length(), MOST_SHOWN));
        }
        String pointer = problem.path("pointer").asString("");
        return detail + (pointer.isEmpty() ? "" : " (at " + pointer + ")");
    }
}
