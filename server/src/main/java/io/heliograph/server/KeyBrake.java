package io.heliograph.server;

import io.heliograph.server.MetricFamily.Sample;
import io.heliograph.time.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Slows down who tries keys: an address may show {@value #AT_ONCE} wrong ones, and then one more each second. Until then no
 * key from there is looked at, but for those that were right from there before, so that a stranger behind the same proxy locks
 * nobody out. IPv6 addresses count by their first 64 bits, which is what one customer has.
 *
 * <p>Thread-safe. Remembers {@value #MOST_ADDRESSES} addresses and {@value #MOST_GOOD} right keys, and forgets those it saw
 * longest ago.
 */
final class KeyBrake {

    static final int AT_ONCE = 100;
    static final int MOST_ADDRESSES = 10_000;
    static final int MOST_GOOD = 1_000;

    private static final long EACH_NS = Duration.ofSeconds(1).toNanos();
    private static final int IPV6_PREFIX_BYTES = 8;

    private final Access access;
    private final Clock clock;
    private final LongAdder wrong = new LongAdder();
    private final LongAdder braked = new LongAdder();
    /** By address, when all its wrong keys are forgiven: each wrong one moves that by {@link #EACH_NS}. */
    private final Map<String, Long> forgivenNs = new Recent<>(MOST_ADDRESSES);
    private final Map<Shown, Boolean> good = new Recent<>(MOST_GOOD);

    /** What was shown, from where; holds no key. */
    private record Shown(String address, String hash) {
    }

    /** Forgets who was seen longest ago. */
    private static final class Recent<K, V> extends LinkedHashMap<K, V> {

        private static final long serialVersionUID = 1L;

        private final int most;

        Recent(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }

    KeyBrake(Access access, Clock clock) {
        this.access = access;
        this.clock = clock;
    }

    /**
     * Whose request it is.
     *
     * @param remote        the IP address that it came from
     * @param authorization the header of that name
     * @throws Problem 401 for a wrong key, 429 for one too many
     */
    String tenantOf(String remote, Optional<String> authorization) {
        if (authorization.isEmpty()) {
            return access.tenantOf(authorization);
        }
        var shown = new Shown(network(remote), ApiKey.hashOf(authorization.get()));
        requirePatience(shown);
        try {
            String tenant = access.tenantOf(authorization);
            remember(shown);
            return tenant;
        } catch (Problem refused) {
            if (refused.status() == 401) {
                note(shown.address());
            }
            throw refused;
        }
    }

    private synchronized void requirePatience(Shown shown) {
        long nowNs = clock.nanoTime();
        long owedNs = forgivenNs.getOrDefault(shown.address(), nowNs) - nowNs;
        if (owedNs > (AT_ONCE - 1) * EACH_NS && !good.containsKey(shown)) {
            braked.increment();
            long waitNs = owedNs - (AT_ONCE - 1) * EACH_NS;
            throw new Problem(429, "too-many-wrong-keys", "too many wrong keys came from " + shown.address() + ": try again later")
                    .withHeader("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(waitNs, 1_000_000_000L))));
        }
    }

    private synchronized void remember(Shown shown) {
        good.put(shown, true);
    }

    private synchronized void note(String address) {
        wrong.increment();
        long nowNs = clock.nanoTime();
        long owedNs = Math.max(0, forgivenNs.getOrDefault(address, nowNs) - nowNs);
        forgivenNs.put(address, nowNs + owedNs + EACH_NS);
    }

    /** For {@code /metrics}. */
    MetricFamily metric() {
        return new MetricFamily("wrong_keys_total", MetricFamily.Kind.COUNTER, "Requests with a wrong key, and those not looked at for that",
                () -> List.of(Sample.of("outcome", "refused", wrong.sum()), Sample.of("outcome", "braked", braked.sum())));
    }

    private static String network(String remote) {
        try {
            byte[] address = InetAddress.ofLiteral(remote).getAddress();
            if (address.length > IPV6_PREFIX_BYTES) {
                Arrays.fill(address, IPV6_PREFIX_BYTES, address.length, (byte) 0);
                return InetAddress.getByAddress(address).getHostAddress() + "/64";
            }
        } catch (IllegalArgumentException | UnknownHostException e) {
            // Told as it came; it is a bound key all the same.
        }
        return remote.substring(0, Math.min(remote.length(), 64));
    }
}
