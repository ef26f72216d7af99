package io.heliograph.server;

import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A request that cannot be done, as a problem document (RFC 9457). Thrown by a {@link Handling}, and answered with what
 * it says and nothing else. Immutable.
 */
public final class Problem extends RuntimeException {

    /** The media type of problem documents. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final long serialVersionUID = 1L;

    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(409, "Conflict"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(421, "Misdirected Request"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    private final int status;
    private final String code;
    private final String detail;
    private final transient Optional<String> pointer;

    /**
     * @param status an HTTP status of 400 or above
     * @param code   what programs go by: lower-case words joined by hyphens
     * @param detail what, which value, what is allowed
     */
    public Problem(int status, String code, String detail) {
        this(status, code, detail, Optional.empty());
    }

    private Problem(int status, String code, String detail, Optional<String> pointer) {
        super(status + " " + code + ": " + detail, null, false, false);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.pointer = pointer;
    }

    /** The same, with the place of the fault in the request's JSON, a JSON pointer. */
    public Problem at(String jsonPointer) {
        return new Problem(status, code, detail, Optional.of(jsonPointer));
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What programs go by. */
    public String code() {
        return code;
    }

    /** The document, one compact object. */
    public String toJson() {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("type", "about:blank");
            json.writeStringProperty("title", TITLES.getOrDefault(status, "Error"));
            json.writeNumberProperty("status", status);
            json.writeStringProperty("code", code);
            json.writeStringProperty("detail", detail);
            pointer.ifPresent(place -> json.writeStringProperty("pointer", place));
            json.writeEndObject();
        }
        return text.toString();
    }
}
