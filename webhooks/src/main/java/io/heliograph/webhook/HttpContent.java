package io.heliograph.webhook;

import java.util.List;

/**
 * What of an HTTP request depends on the event it carries. The body is not copied and must not be changed: its bytes are
 * those that are signed and sent.
 *
 * @param headers with the content type, if there is one
 * @param body    the bytes
 */
public record HttpContent(List<HttpHeader> headers, byte[] body) {

    public HttpContent {
        headers = List.copyOf(headers);
    }

    /** Names of the fields, and the size of the body. */
    @Override
    public String toString() {
        return "HttpContent[" + headers + ", " + body.length + " bytes]";
    }
}
