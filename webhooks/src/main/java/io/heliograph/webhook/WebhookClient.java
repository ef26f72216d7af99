package io.heliograph.webhook;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outcome.Answered;
import io.heliograph.webhook.Outcome.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Makes single attempts: one request to a receiver that may be slow, broken or hostile, over by its deadline in any case.
 * Whether and when there is a next one is for others to say.
 *
 * <p>Each host is looked up and judged by the {@link TargetGuard} for each connection, and exactly the judged addresses are
 * connected to. Redirects are not followed, nothing is decompressed, cookies are not kept, nothing is tried again. Of an
 * answer 8 KiB a line, 100 fields, 16 interim answers and 64 KiB of body are read; a connection on which more comes is closed.
 * A status of 2xx is a delivery, whatever becomes of the body behind it.
 *
 * <p>Thread-safe. Calls block, and are meant for a virtual thread each. Owns the daemon threads
 * {@code heliograph-webhook-deadlines}, {@code heliograph-webhook-idle} and up to 32 named {@code heliograph-webhook-lookup}.
 */
public final class WebhookClient implements AutoCloseable {

    private static final byte[] NO_BODY = {};

    private final Environment environment;
    private final Exchanger exchanger;
    private final IdleKeeper idleKeeper;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder gone = new LongAdder();
    /** By the reason's ordinal. */
    private final LongAdder[] failed =
            Stream.generate(LongAdder::new).limit(FailureReason.values().length).toArray(LongAdder[]::new);
    private volatile boolean isClosed;

    private WebhookClient(WebhookClientConfig config, TargetGuard guard, Environment environment) {
        this.environment = environment;
        this.exchanger = new Exchanger(config, guard, environment);
        this.idleKeeper = IdleKeeper.start(environment.clock(), () -> exchanger.closeIdle(config.idle(), config.maxIdle()));
    }

    /** Opens a client; it connects to nobody yet. */
    public static WebhookClient open(WebhookClientConfig config, TargetGuard guard, Environment environment) {
        return new WebhookClient(config, guard, environment);
    }

    /** Makes one attempt at a delivery; never throws for what a receiver does. */
    public AttemptResult deliver(WebhookRequest request) {
        long startNs = environment.clock().nanoTime();
        begun.increment();
        try {
            Outcome outcome = exchange("POST", request);
            AttemptResult result = result(outcome, Duration.ofNanos(environment.clock().nanoTime() - startNs));
            count(result);
            return result;
        } finally {
            ended.increment();
        }
    }

    /**
     * Finds where a target leads and whether it may be connected to, as each attempt does: for whoever registers it.
     *
     * @param timeout how long that may take
     */
    public Resolution judge(TargetUrl target, Duration timeout) {
        return exchanger.judge(target, timeout);
    }

    /** Asks a receiver whether it wants events at all. */
    public HandshakeResult shakeHands(TargetUrl target, Handshake handshake, CustomHeaders custom, Duration timeout) {
        var headers = new ArrayList<>(handshake.headers());
        headers.addAll(custom.headers());
        return switch (exchange("OPTIONS", new WebhookRequest(target, headers, NO_BODY, timeout))) {
            case Answered answered -> handshake.judge(answered);
            case Broken(FailureReason reason, String detail) -> new HandshakeResult.Failed(reason, detail);
        };
    }

    private Outcome exchange(String method, WebhookRequest request) {
        if (isClosed) {
            return closed();
        }
        try {
            Outcome outcome = exchanger.run(method, request);
            return isClosed && outcome instanceof Broken ? closed() : outcome;
        } catch (Error e) {
            // The HTTP client has closed its connections for good.
            close();
            environment.tell(new Notice.TransportFailed("webhooks", e.toString()));
            throw e;
        }
    }

    private static Broken closed() {
        return new Broken(FailureReason.SENDER, "the client is closed");
    }

    private static AttemptResult result(Outcome outcome, Duration latency) {
        return switch (outcome) {
            case Answered(Answer answer, var fields) when answer.isSuccess() -> new AttemptResult.Delivered(answer, latency);
            case Answered(Answer answer, var fields) when answer.isGone() -> new AttemptResult.Gone(answer, latency);
            case Answered(Answer answer, var fields) -> new AttemptResult.Failed(
                    answer.isRedirect() ? FailureReason.REDIRECT : FailureReason.STATUS,
                    "status " + answer.status() + (answer.isRedirect() ? ": redirects are not followed" : ""),
                    Optional.of(answer), latency);
            case Broken(FailureReason reason, String detail) ->
                new AttemptResult.Failed(reason, detail, Optional.empty(), latency);
        };
    }

    private void count(AttemptResult result) {
        switch (result) {
            case AttemptResult.Delivered d -> delivered.increment();
            case AttemptResult.Gone g -> gone.increment();
            case AttemptResult.Failed f -> failed[f.reason().ordinal()].increment();
        }
    }

    /** What it has done. */
    public WebhookClientCounts counts() {
        Map<FailureReason, Long> byReason = new EnumMap<>(FailureReason.class);
        for (FailureReason reason : FailureReason.values()) {
            byReason.put(reason, failed[reason.ordinal()].sum());
        }
        long over = ended.sum();
        return new WebhookClientCounts(begun.sum(), delivered.sum(), gone.sum(), byReason, begun.sum() - over,
                exchanger.usedConnections(), exchanger.idleConnections());
    }

    /** How many deadlines wait; as many as attempts run. */
    int deadlines() {
        return exchanger.deadlines();
    }

    /** Closes all connections at once; attempts that run end as the sender's failure. */
    @Override
    public void close() {
        isClosed = true;
        idleKeeper.close();
        exchanger.close();
    }
}
