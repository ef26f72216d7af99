package io.heliograph.server;

import io.heliograph.HeliographException;
import io.heliograph.Notice;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts routes, the gate and the errors into Javalin's configuration. Confined to the thread that starts the server. */
final class Wiring {

    /** Scripts, styles and connections from this server alone; nothing inline, no frame. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin");
    private static final Map<Integer, String> CODES = Map.of(
            400, "bad-request", 404, "not-found", 405, "method-not-allowed", 413, "too-large");

    private final RoutesConfig routes;
    private final ServerConfig config;
    private final KeyBrake brake;

    Wiring(RoutesConfig routes, ServerConfig config, KeyBrake brake) {
        this.routes = routes;
        this.config = config;
        this.brake = brake;
        var gate = new Gate(config.bindAddress(), config.hostNames());
        routes.before(context -> {
            HEADERS.forEach(context::header);
            gate.check(name -> header(context, name));
        });
    }

    void add(Route route) {
        boolean isKeyed = isKeyed(route.path());
        Handler handler = context -> {
            String tenant = isKeyed ? tenant(context) : Access.DEFAULT_TENANT;
            write(context, route.handling().answer(new ContextCall(context, config, tenant)));
        };
        switch (route.verb()) {
            case GET -> routes.get(route.path(), handler);
            case POST -> routes.post(route.path(), handler);
            case PUT -> routes.put(route.path(), handler);
            case PATCH -> routes.patch(route.path(), handler);
            case DELETE -> routes.delete(route.path(), handler);
        }
    }

    void addStream(String path, StreamHandler handler) {
        routes.get(path, context -> handler.serve(context, tenant(context)));
    }

    /** Writes a stream to whom a tenant's key was shown. */
    @FunctionalInterface
    interface StreamHandler {
        void serve(Context context, String tenant) throws IOException;
    }

    private static boolean isKeyed(String path) {
        return path.startsWith("/v1/");
    }

    private String tenant(Context context) {
        return brake.tenantOf(context.ip(), header(context, "Authorization"));
    }

    void addErrors() {
        routes.exception(Problem.class, (problem, context) -> {
            if (problem.status() == 413) {
                writeAhead(context, problem);
            } else {
                write(context, problem);
            }
        });
        routes.exception(HeliographException.class,
                (refused, context) ->
                write(context, new Problem(400, "bad-value", String.valueOf(refused.getMessage()))));
        routes.exception(HttpResponseException.class, (answer, context) -> write(context, ofJavalin(answer, context)));
        routes.exception(Exception.class, (failure, context) -> {
            config.notices().onNotice(new Notice.Degraded(context.method() + " " + context.path(), failure.toString()));
            write(context, new Problem(500, "internal", "the server failed at this request; nothing else is affected"));
        });
    }

    private static Problem ofJavalin(HttpResponseException answer, Context context) {
        String code = CODES.getOrDefault(answer.getStatus(), "http-" + answer.getStatus());
        String detail = switch (answer.getStatus()) {
            case 404 -> "there is no such path; /openapi.yaml lists them";
            case 405 -> context.method() + " is not what this path answers to; /openapi.yaml lists what it does";
            default -> "the request is not acceptable";
        };
        return new Problem(answer.getStatus(), code, detail);
    }

    /** Who still sends hears of it at once; to close while something comes would take the answer away again. */
    private void writeAhead(Context context, Problem problem) {
        byte[] document = problem.toJson().getBytes(StandardCharsets.UTF_8);
        HttpServletResponse response = context.res();
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(document.length);
        response.setHeader("Connection", "close");
        try {
            response.getOutputStream().write(document);
            response.flushBuffer();
            context.req().getInputStream().skip(config.maxBodyBytes());
        } catch (IOException e) {
            // The client has gone, as it may.
        }
    }

    private static void write(Context context, Problem problem) {
        problem.headers().forEach(context::header);
        context.status(problem.status()).contentType(Problem.MEDIA_TYPE).result(problem.toJson());
    }

    private static void write(Context context, Answer answer) {
        answer.headers().forEach(context::header);
        if (!answer.headers().containsKey("Cache-Control")) {
            context.header("Cache-Control", "no-store");
        }
        context.status(answer.status()).contentType(answer.mediaType()).result(answer.body());
    }

    private static Optional<String> header(Context context, String name) {
        return Optional.ofNullable(context.header(name));
    }

    /** Javalin's context, seen as a call. */
    private record ContextCall(Context context, ServerConfig config, String tenant) implements Call {

        @Override
        public String path(String name) {
            return context.pathParam(name);
        }

        @Override
        public Optional<String> query(String name) {
            return Optional.ofNullable(context.queryParam(name));
        }

        @Override
        public Optional<String> header(String name) {
            return Wiring.header(context, name);
        }

        @Override
        public Map<String, List<String>> headers() {
            var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            for (String name : Collections.list(context.req().getHeaderNames())) {
                headers.put(name, Collections.list(context.req().getHeaders(name)));
            }
            return headers;
        }

        @Override
        public byte[] body() {
            if (context.req().getContentLengthLong() > config.maxBodyBytes()) {
                // Whoever announces that much need not send it, and would not while it waits to hear.
                throw tooLong();
            }
            try {
                byte[] body = context.req().getInputStream().readNBytes(config.maxBodyBytes() + 1);
                if (body.length > config.maxBodyBytes()) {
                    throw tooLong();
                }
                return body;
            } catch (IOException e) {
                throw new Problem(400, "bad-body", "the body could not be read to its end");
            }
        }

        private Problem tooLong() {
            return new Problem(413, "too-large", "the body is too long: allowed are " + config.maxBodyBytes()
                    + " bytes, under serve four times max-event and at least 4 MiB; send it in parts");
        }
    }
}
