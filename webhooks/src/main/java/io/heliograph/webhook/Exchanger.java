package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outcome.Answered;
import io.heliograph.webhook.Outcome.Broken;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests and reads answers by Apache HttpClient, with what that leaves open: a deadline for the whole exchange, and
 * an end to what a receiver may send. Thread-safe.
 */
final class Exchanger implements AutoCloseable {

    /** The most of an answer's body that is read; a connection on which more comes is closed. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    private static final int SNIPPET_BYTES = 1024;
    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_FIELDS = 100;
    private static final int MAX_EMPTY_LINES = 4;
    private static final int BUFFER_BYTES = 4096;
    /** How many connections lead to one place is for the endpoints' limits to say. */
    private static final int MAX_PER_ROUTE = 1_000_000;
    /** A connection that was not used for longer is looked at first, which costs a millisecond: receivers close what is idle. */
    private static final TimeValue TRUSTED_IDLE = TimeValue.ofMilliseconds(200);

    private final Environment environment;
    private final Lookups lookups;
    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;
    private final DeadlineTimer timer;

    Exchanger(WebhookClientConfig config, TargetGuard guard, Environment environment) {
        this.environment = environment;
        this.lookups = new Lookups(guard, environment.clock());
        this.connections = connections(config, lookups);
        this.client = client(config, connections);
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
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(MAX_PER_ROUTE)
                .setMaxConnTotal(MAX_PER_ROUTE)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(config.connectTimeout()))
                        .setValidateAfterInactivity(TRUSTED_IDLE)
                        .build())
                .build();
    }

    private static CloseableHttpClient client(WebhookClientConfig config, PoolingHttpClientConnectionManager connections) {
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
                .setUserAgent(config.userAgent())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(false)
                        .setRedirectsEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .setDefaultKeepAlive(config.idle().toMillis(), TimeUnit.MILLISECONDS)
                        .build())
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableConnectionState()
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
        HttpUriRequestBase request = request(method, wanted);
        var exchange = new Exchange(wanted.target(), request, deadlineNs, environment.clock());
        DeadlineTimer.Entry deadline = timer.schedule(deadlineNs, exchange::expire);
        try {
            return ScopedValue.where(Exchange.CURRENT, exchange).call(() -> run(request, wanted, exchange));
        } catch (StoppedException e) {
            return e.broken();
        } catch (IOException e) {
            return exchange.isExpired() ? timedOut(wanted.timeout()) : Faults.of(e);
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

    private static HttpUriRequestBase request(String method, WebhookRequest wanted) {
        var request = new HttpUriRequestBase(method, wanted.target().uri());
        wanted.headers().forEach(header -> request.addHeader(header.name(), header.value()));
        if (method.equals("POST")) {
            request.setEntity(new ByteArrayEntity(wanted.body(), null));
        }
        return request;
    }

    @SuppressWarnings("deprecation") // The form with a handler drains an endless body before it closes it.
    private Outcome run(HttpUriRequestBase request, WebhookRequest wanted, Exchange exchange) throws IOException {
        TargetUrl target = wanted.target();
        var host = new HttpHost(target.scheme(), target.host(), target.port());
        ClassicHttpResponse response = client.execute(host, request);
        try {
            return new Answered(answer(response), response);
        } finally {
            // Without effect on a connection that was read to its end, which is another's by now.
            request.cancel();
            Closer.closeQuietly(response);
        }
    }

    private Answer answer(ClassicHttpResponse response) {
        String snippet = Optional.ofNullable(response.getEntity()).map(Exchanger::beginning).orElse("");
        Instant now = Instant.EPOCH.plusNanos(environment.wallClock().epochNanos());
        Header[] retryAfter = response.getHeaders(RetryAfter.NAME);
        Optional<Duration> asked = retryAfter.length == 0 ? Optional.empty()
                : Optional.ofNullable(retryAfter[0].getValue()).flatMap(value -> RetryAfter.parse(value, now));
        return new Answer(response.getCode(), asked, snippet);
    }

    /** Reads a body to its end or its limit; the status stands, whatever becomes of the rest. */
    private static String beginning(HttpEntity entity) {
        byte[] snippet = new byte[SNIPPET_BYTES];
        byte[] buffer = new byte[BUFFER_BYTES];
        int kept = 0;
        try {
            InputStream body = entity.getContent();
            int total = 0;
            int count = body.read(buffer);
            while (count >= 0 && total + count <= MAX_BODY_BYTES) {
                int more = Math.min(count, SNIPPET_BYTES - kept);
                System.arraycopy(buffer, 0, snippet, kept, more);
                kept += more;
                total += count;
                count = body.read(buffer);
            }
        } catch (IOException | RuntimeException e) {
            // Cut off, malformed or out of time: the receiver has said what it does with the message.
        }
        return Snippet.of(snippet, kept, SNIPPET_BYTES);
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
        client.close(CloseMode.IMMEDIATE);
        timer.close();
    }
}
