package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outcome.Answered;
import io.heliograph.webhook.Outcome.Broken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ConnectionShutdownException;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests and reads answers by Apache HttpClient, with what that leaves open: a deadline for the whole exchange, and
 * an end to what a receiver may send. Thread-safe.
 */
final class Exchanger implements AutoCloseable {

    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_FIELDS = 100;
    private static final int MAX_EMPTY_LINES = 4;
    private static final int BUFFER_BYTES = 4096;
    /** How many connections lead to one place is for the endpoints' limits to say. */
    private static final int MAX_PER_ROUTE = 1_000_000;
    /** A connection that was not used for longer is looked at first, which costs a millisecond: receivers close what is idle. */
    private static final TimeValue TRUSTED_IDLE = TimeValue.ofMilliseconds(200);
    /** No limit of the socket's own: the deadline closes it, and each read that waits would start and stop a timer of the JDK's. */
    private static final SocketConfig WITHOUT_TIMEOUT = SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build();

    private final Environment environment;
    private final Lookups lookups;
    private final PoolingHttpClientConnectionManager connections;
    private final RequestConfig requestConfig;
    private final String userAgent;
    private final DeadlineTimer timer;

    Exchanger(WebhookClientConfig config, TargetGuard guard, Environment environment) {
        this.environment = environment;
        this.lookups = new Lookups(guard, environment.clock());
        this.connections = connections(config, lookups);
        this.requestConfig = RequestConfig.custom().setDefaultKeepAlive(config.idle().toMillis(), TimeUnit.MILLISECONDS).build();
        this.userAgent = config.userAgent();
        this.timer = DeadlineTimer.start(environment.clock());
    }

    private static PoolingHttpClientConnectionManager connections(WebhookClientConfig config, Lookups lookups) {
        var limits = Http1Config.custom().setMaxLineLength(MAX_LINE_BYTES).setMaxHeaderCount(MAX_FIELDS)
                .setMaxEmptyLineCount(MAX_EMPTY_LINES).setBufferSize(BUFFER_BYTES).build();
        var number = new AtomicLong();
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(socket -> new AttemptConnection("webhook-" + number.incrementAndGet(), limits))
                .setDnsResolver(new CheckedResolver(lookups))
                .setTlsSocketStrategy(ClientTlsStrategyBuilder.create().setSslContext(config.tls())
                        .setTlsVersions(TLS.V_1_2, TLS.V_1_3).buildClassic())
                .setDefaultSocketConfig(WITHOUT_TIMEOUT)
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(MAX_PER_ROUTE)
                .setMaxConnTotal(MAX_PER_ROUTE)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(config.connectTimeout()))
                        .setValidateAfterInactivity(TRUSTED_IDLE)
                        .build())
                .build();
    }

    /** Addresses come from the exchange that connects, so that what was judged is what is connected to. */
    private record CheckedResolver(Lookups lookups) implements DnsResolver {

        @Override
        public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
            try {
                return Exchange.CURRENT.get().addresses(lookups, host, port);
            } catch (UnknownHostException e) {
                throw e;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            throw new UnknownHostException(host + ": addresses are judged together with the port");
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** Runs one exchange on the calling thread, to its end or to its deadline. */
    Outcome run(String method, WebhookRequest wanted) {
        long deadlineNs = environment.clock().nanoTime() + wanted.timeout().toNanos();
        var exchange = new Exchange(wanted.target(), deadlineNs, environment);
        DeadlineTimer.Entry deadline = timer.schedule(deadlineNs, exchange::expire);
        try {
            return run(request(method, wanted), wanted.target(), exchange);
        } catch (StoppedException e) {
            return e.broken();
        } catch (IOException e) {
            return exchange.isExpired() ? timedOut(wanted.timeout()) : Faults.of(e);
        } catch (ConnectionShutdownException e) {
            return exchange.isExpired() ? timedOut(wanted.timeout()) : Faults.broken(FailureReason.CONNECTION_LOST, e);
        } catch (RuntimeException e) {
            return exchange.isExpired() ? timedOut(wanted.timeout()) : Faults.broken(FailureReason.SENDER, e);
        } finally {
            deadline.cancel();
        }
    }

    /** Looks a target up, and judges it. */
    Resolution judge(TargetUrl target, Duration timeout) {
        try {
            return lookups.resolve(target, environment.clock().nanoTime() + timeout.toNanos())
                    .orElseGet(() -> new Resolution.Unknown("the resolver did not answer in time"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Resolution.Unknown("interrupted");
        } catch (RejectedExecutionException e) {
            return new Resolution.Unknown("too many hosts are being looked up");
        }
    }

    private static Broken timedOut(Duration timeout) {
        return new Broken(FailureReason.TIMEOUT, "no answer within " + timeout.toMillis() + " ms");
    }

    private ClassicHttpRequest request(String method, WebhookRequest wanted) {
        TargetUrl target = wanted.target();
        var request = new BasicClassicHttpRequest(method, target.scheme(), null, target.pathAndQuery());
        request.addHeader(HttpHeaders.HOST, target.authority());
        request.addHeader(HttpHeaders.CONNECTION, "keep-alive");
        boolean isNamed = false;
        for (HttpHeader header : wanted.headers()) {
            request.addHeader(header.name(), header.value());
            isNamed |= header.name().equalsIgnoreCase(HttpHeaders.USER_AGENT);
        }
        if (!isNamed) {
            request.addHeader(HttpHeaders.USER_AGENT, userAgent);
        }
        if (method.equals("POST")) {
            request.addHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(wanted.body().length));
            request.setEntity(new ByteArrayEntity(wanted.body(), null));
        }
        return request;
    }

    /**
     * HttpClient's pool and connections without the chain around them, which follows, decodes and authenticates, and cost as much as
     * all else.
     */
    private Outcome run(ClassicHttpRequest request, TargetUrl target, Exchange exchange) throws IOException {
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(requestConfig);
        ConnectionEndpoint place = lease(target);
        boolean isReusable = false;
        TimeValue keep = TimeValue.ZERO_MILLISECONDS;
        try {
            if (!place.isConnected()) {
                connect(place, exchange, context);
            }
            ClassicHttpResponse response = place.execute("", request, (sent, connection, c) -> {
                var own = (AttemptConnection) connection;
                exchange.use(own);
                return own.exchange(sent);
            }, context);
            Body body = Body.of(response);
            keep = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
            // The request, which might forbid it, does not.
            isReusable = body.isWhole() && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, response, context);
            return new Answered(new Answer(response.getCode(), retryAfter(response), body.snippet()), response);
        } catch (HttpException e) {
            throw new ClientProtocolException(e.getMessage(), e);
        } finally {
            if (!exchange.leave() || !isReusable) {
                place.close(CloseMode.IMMEDIATE);
            }
            connections.release(place, null, keep);
        }
    }

    private void connect(ConnectionEndpoint place, Exchange exchange, HttpClientContext context) throws IOException {
        ScopedValue.where(Exchange.CURRENT, exchange).call(() -> {
            connections.connect(place, null, context);
            return place;
        });
    }

    /** Never waits: how many connections there are is for the endpoints' limits to say. */
    private ConnectionEndpoint lease(TargetUrl target) throws IOException {
        try {
            return connections.lease("", target.route(), Timeout.ZERO_MILLISECONDS, null).get(Timeout.ZERO_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(new Broken(FailureReason.SENDER, "interrupted"));
        } catch (ExecutionException | TimeoutException e) {
            throw new StoppedException(Faults.broken(FailureReason.SENDER, e));
        }
    }

    private Optional<Duration> retryAfter(ClassicHttpResponse response) {
        Header[] retryAfter = response.getHeaders(RetryAfter.NAME);
        return retryAfter.length == 0 ? Optional.empty() : Optional.ofNullable(retryAfter[0].getValue())
                .flatMap(value -> RetryAfter.parse(value, Instant.EPOCH.plusNanos(environment.wallClock().epochNanos())));
    }

    /** Closes connections that were not used for {@code idle}, and of the others the longest unused, down to {@code most}. */
    void closeIdle(Duration idle, int most) {
        connections.closeExpired();
        Duration limit = idle;
        connections.closeIdle(TimeValue.of(limit));
        while (idleConnections() > most && !limit.isZero()) {
            limit = limit.compareTo(Duration.ofMillis(1)) > 0 ? limit.dividedBy(2) : Duration.ZERO;
            connections.closeIdle(TimeValue.ofMilliseconds(limit.toMillis()));
        }
    }

    int idleConnections() {
        return connections.getTotalStats().getAvailable();
    }

    int usedConnections() {
        return connections.getTotalStats().getLeased();
    }

    int deadlines() {
        return timer.waiting();
    }

    @Override
    public void close() {
        lookups.close();
        connections.close(CloseMode.IMMEDIATE);
        timer.close();
    }
}
