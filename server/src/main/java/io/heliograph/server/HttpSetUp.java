package io.heliograph.server;

import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Sets Javalin and Jetty up: HTTP/1.1 alone, limits, and error documents even for what is no HTTP. Stateless. */
final class HttpSetUp {

    private static final int MAX_FIELDS_BYTES = 16 << 10;

    private HttpSetUp() {
    }

    static void apply(JavalinConfig javalin, ServerConfig config, ServerSocketChannel socket) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.concurrency.useVirtualThreads = true;
        javalin.http.maxRequestSize = config.maxBodyBytes();
        javalin.http.prefer405over404 = true;
        javalin.http.compressionStrategy = CompressionStrategy.GZIP;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendXPoweredBy(false);
            http.setRequestHeaderSize(MAX_FIELDS_BYTES);
        });
        javalin.jetty.modifyServer(server -> {
            // Streams are ended before; a connection that is only kept alive need not be waited for.
            server.setStopTimeout(0);
            server.setErrorHandler(new ProblemErrors());
        });
        javalin.jetty.addConnector((server, http) -> {
            var connector = new ServerConnector(server, new HttpConnectionFactory(http));
            connector.setIdleTimeout(config.idleTimeout().toMillis());
            accept(connector, socket);
            return connector;
        });
    }

    private static void accept(ServerConnector connector, ServerSocketChannel socket) {
        try {
            connector.open(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("accept connections", e);
        }
    }

    /** What Jetty refuses before any route sees it. */
    private static final class ProblemErrors extends ErrorHandler {

        @Override
        protected void generateResponse(Request request, Response response, int status, String message, Throwable cause,
                Callback callback) throws IOException {
            String code = status == 400 ? "bad-request" : "http-" + status;
            var problem = new Problem(status, code, switch (status) {
                case 414, 431 -> "the request's line and fields are too long: allowed are " + MAX_FIELDS_BYTES + " bytes, which no setting changes";
                default -> "the request is not acceptable";
            });
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
            Content.Sink.write(response, true, problem.toJson(), callback);
        }
    }
}
