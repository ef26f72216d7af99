package io.heliograph.cloudevents;

import java.util.Locale;

/** What the JSON format asks of a media type. */
final class MediaTypes {

    private MediaTypes() {
    }

    /** Whether the subtype is {@code json} or ends in {@code +json}. */
    static boolean isJson(String mediaType) {
        String essence = essence(mediaType);
        String subtype = essence.substring(essence.indexOf('/') + 1);
        return subtype.equals("json") || subtype.endsWith("+json");
    }

    /** Whether the data is text in UTF-8. */
    static boolean isText(String mediaType) {
        String parameters = mediaType.toLowerCase(Locale.ROOT);
        boolean otherCharset = parameters.contains("charset=") && !parameters.contains("charset=utf-8")
                && !parameters.contains("charset=\"utf-8\"");
        return essence(mediaType).startsWith("text/") && !otherCharset;
    }

    private static String essence(String mediaType) {
        int semicolon = mediaType.indexOf(';');
        return (semicolon < 0 ? mediaType : mediaType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }
}
