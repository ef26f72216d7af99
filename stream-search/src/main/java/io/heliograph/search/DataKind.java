package io.heliograph.search;

import io.heliograph.Event;
import java.util.Locale;

/** What an event's data is, by its content type and its first characters. */
final class DataKind {

    private DataKind() {
    }

    static boolean isJson(Event event) {
        return event.contentType().map(DataKind::mediaType)
                .filter(type -> type.equals("application/json") || type.equals("text/json") || type.endsWith("+json")).isPresent();
    }

    /** Text of any kind, and data of no stated type. */
    static boolean isText(Event event) {
        return isJson(event) || event.contentType().map(DataKind::mediaType)
                .map(type -> type.startsWith("text/") || type.endsWith("xml")).orElse(true);
    }

    private static String mediaType(String contentType) {
        return contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    /** An object or an array, from its first byte that is no space: a line of a terminal may be JSON, whatever it calls itself. */
    static boolean looksLikeJson(byte[] data) {
        for (byte b : data) {
            if (b == '{' || b == '[') {
                return true;
            }
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return false;
            }
        }
        return false;
    }
}
