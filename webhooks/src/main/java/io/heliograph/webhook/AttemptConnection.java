package io.heliograph.webhook;

import java.io.IOException;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.SocketHolder;
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

    private int interimAnswers;

    AttemptConnection(String id, Http1Config limits) {
        super(id, null, null, limits, null, null, null, null, null);
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        ClassicHttpResponse response = super.receiveResponseHeader();
        boolean isFinal = response.getCode() >= FIRST_FINAL;
        interimAnswers = isFinal ? 0 : interimAnswers + 1;
        if (interimAnswers > MAX_INTERIM_ANSWERS) {
            throw new ProtocolException("more than " + MAX_INTERIM_ANSWERS + " interim answers");
        }
        if (response.getCode() == SWITCHING_PROTOCOLS) {
            throw new ProtocolException("status 101: nobody asked for another protocol");
        }
        return response;
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
