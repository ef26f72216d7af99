package io.heliograph.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;

/**
 * What was read of an answer's body.
 *
 * @param snippet its beginning, fit to be shown
 * @param isWhole whether its end was read, so that the connection may serve again
 */
record Body(String snippet, boolean isWhole) {

    /** The most that is read; a connection on which more comes is closed. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int SNIPPET_BYTES = 1024;
    private static final int BUFFER_BYTES = 4096;
    private static final Body NONE = new Body("", true);

    /** Reads to the end or to the limit; the status stands, whatever becomes of the rest. */
    static Body of(ClassicHttpResponse response) {
        return Optional.ofNullable(response.getEntity()).filter(entity -> entity.getContentLength() != 0).map(Body::read).orElse(NONE);
    }

    private static Body read(HttpEntity entity) {
        byte[] snippet = new byte[SNIPPET_BYTES];
        byte[] buffer = new byte[BUFFER_BYTES];
        int kept = 0;
        boolean isWhole = false;
        try {
            InputStream body = entity.getContent();
            int total = 0;
            int count = body.read(buffer);
            while (count >= 0 && total + count <= MAX_BYTES) {
                int more = Math.min(count, SNIPPET_BYTES - kept);
                System.arraycopy(buffer, 0, snippet, kept, more);
                kept += more;
                total += count;
                count = body.read(buffer);
            }
            isWhole = count < 0;
        } catch (IOException | RuntimeException e) {
            // Cut off, malformed or out of time: the receiver has said what it does with the message.
        }
        return new Body(Snippet.of(snippet, kept, SNIPPET_BYTES), isWhole);
    }
}
