package io.heliograph.zmq;

import io.heliograph.Notice;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * What goes to foreign subscribers. All of them get an event or none: ZeroMQ says only that somebody's queue is full. If that
 * lasts longer than a silent subscriber would be waited for, whoever's queue is full loses what follows, as in ZeroMQ's own
 * publishers, until the queues are seen to move again.
 *
 * <p>A publisher that connects does so only where own-port refuses connections or says nothing for long: whoever is heard there
 * is an own peer, and gets its events there.
 *
 * <p>Confined to the thread that owns the sockets; takes the publisher's lock for what others touch.
 */
final class PlainTraffic {

    private static final int SUBSCRIPTIONS_PER_TURN = 1_024;
    private static final int MESSAGES_PER_TURN = 256;
    private static final long AGAIN_NS = Duration.ofMillis(10).toNanos();

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
    private final PlainOutlet.Listener listener = new Subscribers();
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
        int received = outlet.receive(listener, SUBSCRIPTIONS_PER_TURN);
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
        if (!remotes.fanOut().plain().isWaiting()) {
            return Long.MAX_VALUE;
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
            change(() -> remotes.fanOut().plain().subscribe(prefix));
        }

        @Override
        public void onUnsubscribe(byte[] prefix) {
            change(() -> remotes.fanOut().plain().unsubscribe(prefix));
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

        private void change(Runnable change) {
            lock.lock();
            try {
                change.run();
                remotes.plainChanged();
                onChange.run();
            } finally {
                lock.unlock();
            }
        }
    }
}
