package io.heliograph.webhook;

import java.io.IOException;
import java.net.Socket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;

/**
 * A connection to a receiver that may be hostile: it reads so many interim answers and no more, and closing it never waits.
 * Used by one thread at a time; any other may close it.
 */
final class AttemptConnection extends DefaultManagedHttpClientConnection {

    private static final int MAX_INTERIM_ANSWERS = 16;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;

    AttemptConnection(String id, Http1Config limits) {
        super(id, null, null, limits, null, null, null, null, null);
    }

    /** The exchange that connects may end it from here on. */
    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(socket);
        if (Exchange.CURRENT.isBound()) {
            Exchange.CURRENT.get().use(this);
        }
    }

    /** Sends a request, and reads its answer up to where the body begins, which is the caller's to read. */
    ClassicHttpResponse exchange(ClassicHttpRequest request) throws HttpException, IOException {
        sendRequestHeader(request);
        sendRequestEntity(request);
        flush();
        // While others have something to do, the answer comes by itself: to wait for it costs more than to look for it later.
        Thread.yield();
        ClassicHttpResponse response = receiveResponseHeader();
        for (int interim = 1; response.getCode() < FIRST_FINAL; interim++) {
            if (response.getCode() == SWITCHING_PROTOCOLS) {
                throw new ProtocolException("status 101: nobody asked for another protocol");
            }
            if (interim > MAX_INTERIM_ANSWERS) {
                throw new ProtocolException("more than " + MAX_INTERIM_ANSWERS + " interim answers");
            }
            response = receiveResponseHeader();
        }
        if (MessageSupport.canResponseHaveBody(request.getMethod(), response)) {
            receiveResponseEntity(response);
        }
        return response;
    }

    /** Nothing: it has no time limit of its own that would change while nobody uses it. */
    @Override
    public void passivate() {
        // See above.
    }

    /** Nothing; see {@link #passivate}. */
    @Override
    public void activate() {
        // As said.
    }

    @Override
    public void close() {
        close(CloseMode.GRACEFUL);
    }

    /** TLS would say farewell first, and wait for a peer that does not read. */
    @Override
    public void close(CloseMode mode) {
        SocketHolder holder = getSocketHolder();
        if (mode == CloseMode.GRACEFUL && holder != null && holder.getSSLSocket() != null) {
            Closer.closeQuietly(holder.getBaseSocket());
        }
        super.close(mode);
    }
}
