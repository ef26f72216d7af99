package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What goes to foreign subscribers. All of them get an event or none: ZeroMQ says only that somebody's queue is full. If that
 * lasts longer than a silent subscriber would be waited for, whoever's queue is full loses what follows, as in ZeroMQ's own
 * publishers, until the queues are seen to move again.
 *
 * <p>A publisher that connects does so only where own-port refuses connections or says nothing for long: whoever is heard there
 * is an own peer, and gets its events there. An own peer that binds while this side tries may be met at PORT first: whoever asks
 * for something there is asked for at own-port once more, which an own peer binds first, and counts only when that is refused.
 *
 * <p>Confined to the thread that owns the sockets; takes the publisher's lock for what others touch.
 */
final class PlainTraffic {

    private static final int SUBSCRIPTIONS_PER_TURN = 1_024;
    private static final int MESSAGES_PER_TURN = 256;
    private static final long AGAIN_NS = Duration.ofMillis(10).toNanos();

    /** What begins with {@code prefix} is wanted there, or no longer. */
    private record Asked(byte[] prefix, boolean isWanted) {
    }

    private final PlainOutlet outlet;
    private final OwnPorts own;
    private final ZmqConfig config;
    private final boolean[] isConnected;
    private final int[] refusalsBefore;
    private final long[] unheardSinceNs;
    private final RemoteSubscribers remotes;
    private final TellingLock lock;
    private final Runnable onChange;
    private final Environment environment;
    private final Subscribers listener = new Subscribers();
    /** What was asked for at PORT, maybe by an own peer; while these are many no more is heard. */
    private final List<Asked> doubted = new ArrayList<>();
    private final long[] doubtedSinceNs;
    private boolean isFull;
    private long fullSinceNs;
    private long againNs;
    private boolean isLossy;

    PlainTraffic(PlainOutlet outlet, OwnPorts own, ZmqConfig config, RemoteSubscribers remotes, TellingLock lock, Runnable onChange,
            Environment environment) {
        this.outlet = outlet;
        this.own = own;
        this.isConnected = new boolean[config.endpoints().size()];
        this.refusalsBefore = new int[config.endpoints().size()];
        this.unheardSinceNs = new long[config.endpoints().size()];
        this.doubtedSinceNs = new long[config.endpoints().size()];
        Arrays.fill(unheardSinceNs, environment.clock().nanoTime());
        this.config = config;
        this.remotes = remotes;
        this.lock = lock;
        this.onChange = onChange;
        this.environment = environment;
    }

    SelectableChannel channel() {
        return outlet.channel();
    }

    /** Hears subscriptions and sends what waits; says whether there was anything. */
    boolean turn(long nowNs) {
        for (int i = 0; i < isConnected.length && !config.isBinding(); i++) {
            follow(i, nowNs);
        }
        int received = doubted.size() < SUBSCRIPTIONS_PER_TURN ? outlet.receive(listener, SUBSCRIPTIONS_PER_TURN) : 0;
        judgeDoubted(received > 0, nowNs);
        if (isFull && received == 0 && nowNs - againNs < 0) {
            return false;
        }
        int sent = 0;
        while (sent < MESSAGES_PER_TURN) {
            Optional<PlainMessage> next = take();
            if (next.isEmpty()) {
                isFull = false;
                break;
            }
            if (!send(next.get(), nowNs)) {
                break;
            }
            sent++;
        }
        if (sent > 0) {
            onSent(nowNs);
        }
        return received > 0 || sent > 0;
    }

    private void follow(int endpoint, long nowNs) {
        if (own.isHeard(endpoint)) {
            unheardSinceNs[endpoint] = nowNs;
            refusalsBefore[endpoint] = own.refusals(endpoint);
            if (isConnected[endpoint]) {
                isConnected[endpoint] = false;
                outlet.disconnect(config.endpoints().get(endpoint));
            }
        } else if (!isConnected[endpoint]
                && (own.refusals(endpoint) != refusalsBefore[endpoint] || nowNs - unheardSinceNs[endpoint] >= PlainLines.FOREIGN_NS)) {
            isConnected[endpoint] = true;
            outlet.connect(config.endpoints().get(endpoint));
        }
    }

    private void judgeDoubted(boolean isNew, long nowNs) {
        if (doubted.isEmpty()) {
            return;
        }
        boolean isAnyoneThere = false;
        boolean isKnown = true;
        for (int i = 0; i < isConnected.length; i++) {
            if (isConnected[i]) {
                isAnyoneThere = true;
                if (isNew) {
                    ask(i, nowNs);
                }
                isKnown &= own.refusals(i) != refusalsBefore[i] || nowNs - doubtedSinceNs[i] >= PlainLines.FOREIGN_NS;
            }
        }
        if (isKnown) {
            for (Asked asked : doubted) {
                // Where this side has hung up, only those are news who are gone.
                if (isAnyoneThere || !asked.isWanted()) {
                    listener.change(asked);
                }
            }
            doubted.clear();
        }
    }

    /** Whether anybody is at own-port is to be known now, not when ZeroMQ tries again. */
    private void ask(int endpoint, long nowNs) {
        doubtedSinceNs[endpoint] = nowNs;
        try {
            own.retry(endpoint, nowNs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        refusalsBefore[endpoint] = own.refusals(endpoint);
    }

    private Optional<PlainMessage> take() {
        lock.lock();
        try {
            return remotes.fanOut().plain().take();
        } finally {
            lock.unlock();
        }
    }

    private boolean send(PlainMessage message, long nowNs) {
        boolean isProbe = isLossy && nowNs - againNs >= 0;
        outlet.beLossy(isLossy && !isProbe);
        if (outlet.send(message)) {
            isFull = false;
            if (isProbe) {
                setLossy(false);
            }
            return true;
        }
        if (isProbe) {
            // Still so: without it, until the next probe.
            againNs = nowNs + config.limits().heartbeat().toNanos();
            outlet.beLossy(true);
            return outlet.send(message);
        }
        if (!isFull) {
            isFull = true;
            fullSinceNs = nowNs;
        }
        againNs = nowNs + AGAIN_NS;
        if (nowNs - fullSinceNs >= config.limits().eviction().toNanos()) {
            setLossy(true);
        }
        lock.lock();
        try {
            remotes.fanOut().plain().putBack(message);
        } finally {
            lock.unlock();
        }
        return false;
    }

    private void setLossy(boolean isNow) {
        isLossy = isNow;
        lock.lock();
        try {
            remotes.fanOut().plain().stall(isNow);
            onChange.run();
            if (isNow) {
                lock.tellLater(environment, new Notice.Degraded(config.text(),
                        "a foreign subscriber takes nothing any more: what does not fit its queue is lost, uncounted"));
            }
        } finally {
            lock.unlock();
        }
    }

    private void onSent(long nowNs) {
        lock.lock();
        try {
            remotes.ending().progress(nowNs);
            onChange.run();
        } finally {
            lock.unlock();
        }
    }

    /** How long until something is to be sent, if nothing else happens. */
    long untilDueNs(long nowNs) {
        long untilKnownNs = Long.MAX_VALUE;
        for (int i = 0; i < isConnected.length && !doubted.isEmpty(); i++) {
            if (isConnected[i]) {
                untilKnownNs = Math.min(untilKnownNs, Math.max(1, doubtedSinceNs[i] + PlainLines.FOREIGN_NS - nowNs));
            }
        }
        if (!remotes.fanOut().plain().isWaiting()) {
            return untilKnownNs;
        }
        return isFull ? againNs - nowNs : 0;
    }

    void close() {
        outlet.close();
    }

    /** Hears who asks for what. */
    private final class Subscribers implements PlainOutlet.Listener {

        @Override
        public void onSubscribe(byte[] prefix) {
            hear(new Asked(prefix, true));
        }

        @Override
        public void onUnsubscribe(byte[] prefix) {
            hear(new Asked(prefix, false));
        }

        @Override
        public void onGarbage() {
            lock.lock();
            try {
                remotes.tally().malformed(MalformedMessage.SEVERAL_PARTS);
            } finally {
                lock.unlock();
            }
        }

        private void hear(Asked asked) {
            if (config.isBinding()) {
                change(asked);
            } else {
                doubted.add(asked);
            }
        }

        private void change(Asked asked) {
            lock.lock();
            try {
                if (asked.isWanted()) {
                    remotes.fanOut().plain().subscribe(asked.prefix());
                } else {
                    remotes.fanOut().plain().unsubscribe(asked.prefix());
                }
                remotes.plainChanged();
                onChange.run();
            } finally {
                lock.unlock();
            }
        }
    }
}
