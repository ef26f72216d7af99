package io.heliograph.webhook;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outcome.Broken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.io.CloseMode;

/**
 * One request under way: its target, its deadline, and how to end it from outside. The HTTP client asks it where to connect
 * to, whenever it makes a connection.
 *
 * <p>For the thread that makes it, but for {@link #expire}, which any other may call: a connection is closed by it only while it is
 * this exchange's, never when it is another's already.
 */
final class Exchange {

    /** The one that the current thread connects for. */
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    private final TargetUrl target;
    private final long deadlineNs;
    private final Environment environment;
    private final AtomicReference<Optional<AttemptConnection>> inUse = new AtomicReference<>(Optional.empty());
    private volatile boolean isExpired;

    Exchange(TargetUrl target, long deadlineNs, Environment environment) {
        this.target = target;
        this.deadlineNs = deadlineNs;
        this.environment = environment;
    }

    /** Where its host leads, judged now; what is returned is what is connected to. */
    List<InetSocketAddress> addresses(Lookups lookups, String host, int port) throws IOException {
        if (!host.equals(target.host()) || port != target.port()) {
            throw new StoppedException(new Broken(FailureReason.SENDER, "asked for another host than that of the request"));
        }
        return switch (resolve(lookups)) {
            case Resolution.Allowed(List<InetAddress> addresses) ->
                addresses.stream().map(address -> new InetSocketAddress(address, port)).toList();
            case Resolution.Barred barred -> throw stopped(barred);
            case Resolution.Unknown(String why) ->
                throw new StoppedException(new Broken(FailureReason.UNKNOWN_HOST, why));
        };
    }

    /** The operator alone is told where a name leads; the breaker, which failed attempts open, limits how often. */
    private StoppedException stopped(Resolution.Barred barred) {
        if (target.literal().isEmpty()) {
            environment.tell(new Notice.Degraded(target.toString(), "nothing is sent: " + target.host() + " leads to " + barred.where()));
        }
        return new StoppedException(new Broken(FailureReason.BARRED, barred.toldOf(target)));
    }

    private Resolution resolve(Lookups lookups) throws IOException {
        try {
            Optional<Resolution> resolution = lookups.resolve(target, deadlineNs);
            if (resolution.isEmpty()) {
                isExpired = true;
                throw new StoppedException(new Broken(FailureReason.TIMEOUT, "the resolver did not answer in time"));
            }
            return resolution.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(new Broken(FailureReason.SENDER, "interrupted"));
        } catch (RejectedExecutionException e) {
            throw new StoppedException(new Broken(FailureReason.SENDER, "too many hosts are being looked up"));
        }
    }

    /** Goes over a connection from here on, which is closed at once if its time is up already. */
    void use(AttemptConnection connection) {
        inUse.set(Optional.of(connection));
        if (isExpired) {
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    /** Leaves its connection alone from here on; says whether nobody else has closed, or is about to close it. */
    boolean leave() {
        return inUse.getAndSet(Optional.empty()).isPresent();
    }

    /** Ends it now, wherever it is; does not block. */
    void expire() {
        isExpired = true;
        inUse.getAndSet(Optional.empty()).ifPresent(connection -> connection.close(CloseMode.IMMEDIATE));
    }

    /** Whether its deadline has come before its end. */
    boolean isExpired() {
        return isExpired || deadlineNs - environment.clock().nanoTime() <= 0;
    }
}
