package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** JSON arrays of CloudEvents: each of them is read as if it had come alone, and written as if it went alone. Stateless. */
final class CloudEventBatch {

    /** Bytes are UTF-8 and nothing else, so that places in the text are places in the bytes. */
    private static final JsonFactory JSON = JsonFactory.builder().disable(TokenStreamFactory.Feature.CHARSET_DETECTION).build();

    private static final List<HttpHeader> FIELDS =
            List.of(new HttpHeader(CloudEventHttp.CONTENT_TYPE, CloudEventHttp.BATCH_TYPE + "; charset=utf-8"));

    private CloudEventBatch() {
    }

    /** Of events that are written already. */
    static HttpContent of(List<byte[]> events) {
        var body = new ByteArrayOutputStream(events.stream().mapToInt(event -> event.length + 1).sum() + 1);
        for (byte[] event : events) {
            body.write(body.size() == 0 ? '[' : ',');
            body.writeBytes(event);
        }
        body.write(']');
        return new HttpContent(FIELDS, body.toByteArray());
    }

    static List<Event> read(byte[] utf8, int most) {
        var events = new ArrayList<Event>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), utf8)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new CloudEventException("", "a batch is a JSON array");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (events.size() == most) {
                    throw new CloudEventException("", "a batch holds at most " + most + " events");
                }
                int start = (int) json.currentTokenLocation().getByteOffset();
                json.skipChildren();
                json.finishToken();
                int end = (int) json.currentLocation().getByteOffset();
                events.add(readOne(events.size(), Arrays.copyOfRange(utf8, start, end)));
            }
            if (json.nextToken() != null) {
                throw new CloudEventException("", "something follows the batch");
            }
        } catch (JacksonException e) {
            throw new CloudEventException("", "not JSON: " + e.getOriginalMessage());
        }
        return List.copyOf(events);
    }

    private static Event readOne(int index, byte[] utf8) {
        try {
            return CloudEventJson.read(utf8);
        } catch (CloudEventException e) {
            String said = Optional.ofNullable(e.getMessage()).orElse("");
            String bare = said.startsWith(e.pointer() + ": ") ? said.substring(e.pointer().length() + 2) : said;
            throw new CloudEventException("/" + index + e.pointer(), bare);
        }
    }
}
