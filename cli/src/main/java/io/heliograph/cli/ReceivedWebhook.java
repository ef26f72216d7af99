package io.heliograph.cli;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A request that {@code webhook listen} answered.
 *
 * @param headers  by name, in the case they came in
 * @param verified whether its signature was; empty if nobody looked
 * @param remark   what was found, in a few words
 * @param status   what it was answered
 */
record ReceivedWebhook(String path, Map<String, List<String>> headers, byte[] body, Optional<Boolean> verified, String remark, int status) {

    private static final JsonFactory JSON = new JsonFactory();

    String json() {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("status", status);
            verified.ifPresent(is -> json.writeBooleanProperty("verified", is));
            json.writeStringProperty("remark", remark);
            json.writeStringProperty("path", path);
            json.writeName("headers");
            json.writeStartObject();
            headers.forEach((name, values) -> json.writeStringProperty(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
            json.writeEndObject();
            Optional<String> utf8 = text();
            json.writeStringProperty(utf8.isPresent() ? "body" : "body_base64", utf8.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The body on one line: as it is if it is text, else in base64. */
    String line() {
        return text().map(Messages::oneLine).orElseGet(() -> Base64.getEncoder().encodeToString(body));
    }

    private Optional<String> text() {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
