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
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(409, "Conflict"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(421, "Misdirected Request"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    private final int status;
    private final String code;
    private final String detail;
    private final transient Place place;
    private final transient Map<String, String> headers;

    /** Where the fault is: in JSON, or in a text, where both count from 1. */
    private record Place(Optional<String> pointer, int line, int column, String token, Optional<String> suggestion) {

        private static final Place UNKNOWN = new Place(Optional.empty(), 0, 0, "", Optional.empty());
    }

    /**
     * @param status an HTTP status of 400 or above
     * @param code   what programs go by: lower-case words joined by hyphens
     * @param detail what, which value, what is allowed
     */
    public Problem(int status, String code, String detail) {
        this(status, code, detail, Place.UNKNOWN, Map.of());
    }

    private Problem(int status, String code, String detail, Place place, Map<String, String> headers) {
        super(status + " " + code + ": " + detail, null, false, false);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.place = place;
        this.headers = headers;
    }

    /** The same, with the place of the fault in the request's JSON, a JSON pointer. */
    public Problem at(String jsonPointer) {
        return new Problem(status, code, detail,
                new Place(Optional.of(jsonPointer), place.line(), place.column(), place.token(), place.suggestion()), headers);
    }

    /** The same, with the place of the fault in the request's text; both count from 1. */
    public Problem at(int line, int column) {
        return new Problem(status, code, detail, new Place(Optional.empty(), line, column, "", Optional.empty()), headers);
    }

    /** The same, with what stands at its line and column, and what was perhaps meant. */
    public Problem about(String token, Optional<String> suggestion) {
        return new Problem(status, code, detail, new Place(place.pointer(), place.line(), place.column(), token, suggestion), headers);
    }

    /** The same, answered with a header. */
    public Problem withHeader(String name, String value) {
        return new Problem(status, code, detail, place, Map.of(name, value));
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What programs go by. */
    public String code() {
        return code;
    }

    /** What is answered beside the document. */
    Map<String, String> headers() {
        return headers;
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
            place.pointer().ifPresent(pointer -> json.writeStringProperty("pointer", pointer));
            if (place.line() > 0) {
                json.writeNumberProperty("line", place.line());
                json.writeNumberProperty("column", place.column());
            }
            if (!place.token().isEmpty()) {
                json.writeStringProperty("token", place.token());
            }
            place.suggestion().ifPresent(other -> json.writeStringProperty("suggestion", other));
            json.writeEndObject();
        }
        return text.toString();
    }
}
