package io.heliograph.server;

import java.util.Locale;

/** Media types. Stateless. */
final class MediaTypes {

    private MediaTypes() {
    }

    /** A media type without its parameters, in lower case. */
    static String essence(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }
}
