package io.heliograph.udp;

import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The subscribers that a publisher has heard of lately, at most {@code limits.receivers()}; further ones are counted and
 * not kept. Guarded by the publisher's lock.
 */
final class Receivers {

    /** One subscriber's last word. */
    static final class Receiver {
        private final long id;
        private InetSocketAddress source;
        private String name;
        private long heardNs;
        private long askedNs;
        private long lost;
        private long acknowledged;
        private long limitDatagram;
        private long limitEvent;
        private int subscriptions;
        private boolean isBlocking;
        private boolean isKnown = true;

        private Receiver(long id, InetSocketAddress source, String name) {
            this.id = id;
            this.source = source;
            this.name = name;
        }

        /** Who it says it is. */
        String name() {
            return name.isEmpty() ? Long.toHexString(id) : name;
        }
    }

    /** A receiver that is so many datagrams behind another one is the slower one. */
    private static final int CLEARLY_SLOWER = 128;

    /** What one subscriber may claim; the sum over a full table stays an {@code int}. */
    private static final int MAX_SUBSCRIPTIONS = 1_000;

    private static final int ASKS_BEFORE_EVICTION = 4;

    private final UdpLimits limits;
    private final Map<Long, Receiver> byId = new HashMap<>();
    /** The same, to be gone through at every report. */
    private Receiver[] all = {};
    private int subscriptions;
    private long limitDatagram = Long.MAX_VALUE;
    private long limitEvent = Long.MAX_VALUE;
    private long acknowledged = Long.MAX_VALUE;
    private Optional<Receiver> reference = Optional.empty();
    private long refused;
    private boolean isAskDue;
    private long nextAskNs;
    /** Who spoke last, and most likely speaks next. */
    private Optional<Receiver> lastHeard = Optional.empty();

    Receivers(UdpLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes a status in.
     *
     * @param name makes the sender's name, for one that is new
     * @return whether the sender has come further than before
     */
    boolean hear(Datagram status, InetSocketAddress source, long nowNs) {
        ControlBody report = status.control();
        long id = report.receiverId();
        Receiver receiver = lastHeard.isPresent() && lastHeard.get().id == id ? lastHeard.get() : byId.get(id);
        if (receiver == null) {
            if (byId.size() >= limits.receivers()) {
                refused++;
                return false;
            }
            receiver = new Receiver(id, source, report.name());
            byId.put(id, receiver);
            all = byId.values().toArray(Receiver[]::new);
        }
        if (lastHeard.isEmpty() || lastHeard.get() != receiver) {
            lastHeard = Optional.of(receiver);
        }
        boolean isFurther = report.acknowledged() > receiver.acknowledged || receiver.heardNs == 0;
        receiver.source = source;
        receiver.heardNs = nowNs;
        receiver.askedNs = nowNs;
        receiver.lost = report.lost();
        receiver.subscriptions = Math.clamp(report.subscriptions(), 0, MAX_SUBSCRIPTIONS);
        receiver.acknowledged = Math.max(receiver.acknowledged, report.acknowledged());
        receiver.limitDatagram = report.limitDatagram();
        receiver.limitEvent = report.limitEvent();
        receiver.isBlocking = status.isFlagged(DatagramLayout.BLOCKING);
        sum();
        chooseReference();
        return isFurther;
    }

    /** A receiver has asked for something, so it is there. */
    void hearOf(long id, long nowNs) {
        Receiver receiver = byId.get(id);
        if (receiver != null) {
            receiver.heardNs = nowNs;
            receiver.askedNs = nowNs;
        }
    }

    void leave(long id) {
        Optional.ofNullable(byId.get(id)).ifPresent(this::forget);
        lastHeard = Optional.empty();
        sum();
        chooseReference();
    }

    /**
     * Forgets who has been silent for too long.
     *
     * @param evicted hears of each that the publisher has waited for
     */
    void forgetSilent(long nowNs, Consumer<Receiver> evicted) {
        int before = all.length;
        for (Receiver receiver : all) {
            long silenceNs = nowNs - receiver.heardNs;
            if (receiver.isBlocking && silenceNs >= limits.eviction().toNanos()) {
                evicted.accept(receiver);
                forget(receiver);
            } else if (!receiver.isBlocking && silenceNs >= limits.silence().toNanos()) {
                forget(receiver);
            }
        }
        if (all.length != before) {
            lastHeard = Optional.empty();
            sum();
            chooseReference();
        }
    }

    private void forget(Receiver receiver) {
        byId.remove(receiver.id);
        receiver.isKnown = false;
        all = byId.values().toArray(Receiver[]::new);
    }

    /**
     * Whether somebody that the publisher waits for has been silent for a quarter of what it may be, and not been asked since:
     * then a heartbeat, which is answered, tells it from one that is gone. It counts as asked.
     */
    boolean takeAskTurn(long nowNs) {
        long periodNs = limits.eviction().toNanos() / ASKS_BEFORE_EVICTION;
        boolean isAsked = false;
        isAskDue = false;
        for (Receiver receiver : all) {
            if (receiver.isBlocking) {
                if (nowNs - receiver.askedNs >= periodNs) {
                    receiver.askedNs = nowNs;
                    isAsked = true;
                }
                long atNs = receiver.askedNs + periodNs;
                nextAskNs = isAskDue && nextAskNs - atNs < 0 ? nextAskNs : atNs;
                isAskDue = true;
            }
        }
        return isAsked;
    }

    /** How long until {@link #takeAskTurn} is to be called again, at the latest. */
    long untilAskNs(long nowNs) {
        return isAskDue ? Math.max(0, nextAskNs - nowNs) : Long.MAX_VALUE;
    }

    private void sum() {
        subscriptions = 0;
        limitDatagram = Long.MAX_VALUE;
        limitEvent = Long.MAX_VALUE;
        acknowledged = Long.MAX_VALUE;
        for (Receiver receiver : all) {
            subscriptions += receiver.subscriptions;
            if (receiver.isBlocking) {
                limitDatagram = Math.min(limitDatagram, receiver.limitDatagram);
                limitEvent = Math.min(limitEvent, receiver.limitEvent);
                acknowledged = Math.min(acknowledged, receiver.acknowledged);
            }
        }
    }

    /**
     * One receiver stands for the others in what is known of the path: the slowest of those whose credit counts, else the one
     * in the middle. It stays the same until another is clearly slower, so that one receiver's losses are seen and not
     * everybody's.
     */
    private void chooseReference() {
        Optional<Receiver> before = reference.isPresent() && reference.get().isKnown ? reference : Optional.empty();
        boolean isAnyBlocking = acknowledged != Long.MAX_VALUE;
        if (!isAnyBlocking) {
            reference = before.isPresent() ? before : median();
        } else if (before.isEmpty() || !before.get().isBlocking || before.get().acknowledged - acknowledged > CLEARLY_SLOWER) {
            reference = byId.values().stream()
                    .filter(receiver -> receiver.isBlocking)
                    .min(Comparator.comparingLong(receiver -> receiver.acknowledged));
        }
    }

    private Optional<Receiver> median() {
        return byId.values().stream()
                .sorted(Comparator.comparingLong(receiver -> receiver.acknowledged))
                .skip((byId.size() - 1) / 2)
                .findFirst();
    }

    /** Whether this receiver stands for the others. */
    boolean isReference(long id) {
        return reference.isPresent() && reference.get().id == id;
    }

    /** The subscriptions of all of them. */
    int subscriptions() {
        return subscriptions;
    }

    /** How many subscribers. */
    int count() {
        return byId.size();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** The first datagram that one of those whom the publisher waits for does not want yet. */
    long limitDatagram() {
        return limitDatagram;
    }

    /** The first event that one of those whom the publisher waits for does not want yet. */
    long limitEvent() {
        return limitEvent;
    }

    /** The first datagram that one of those whom the publisher waits for has not got. */
    long acknowledged() {
        return acknowledged;
    }

    /** What all of them together say they lost. */
    long lost() {
        return byId.values().stream().mapToLong(receiver -> receiver.lost).sum();
    }

    long refused() {
        return refused;
    }
}
