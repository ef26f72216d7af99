package io.heliograph.discovery;

import io.heliograph.ConfigException;
import io.heliograph.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who announced itself lately: a table with a limit, from which whoever is silent for as long as its beacon said, or says
 * goodbye, is gone. Two peers of one name are two.
 *
 * <p>Where it is full a new peer is refused and counted, so that a flood of made-up ones drives out nobody who was there.
 * A peer is known by its number together with where its datagrams come from: no other socket can end or change it.
 *
 * <p>Thread-safe; starts no thread. Allocates for what a beacon holds, and nothing for what is none.
 */
public final class Peers {

    /** How many peers are remembered unless told otherwise. */
    public static final int DEFAULT_LIMIT = 1024;

    private static final int MOST = 1 << 16;

    /** Order for people: by name, then by where they are, then by number. */
    private static final Comparator<Peer> BY_NAME = Comparator.<Peer, String>comparing(peer -> peer.beacon().name())
            .thenComparing(peer -> peer.beacon().addresses().getFirst())
            .thenComparing(peer -> peer.beacon().peer());

    private record Key(InetSocketAddress source, long peer) {
    }

    private record Heard(Beacon beacon, long atNs) {

        long expiresNs() {
            return atNs + beacon.expiryMs() * 1_000_000L;
        }
    }

    private final Clock clock;
    private final int limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Heard> table = new HashMap<>();
    private final Map<MalformedBeacon, Long> malformed = new EnumMap<>(MalformedBeacon.class);
    /** Nobody expires before this, so that a flood is not looked through for each datagram. */
    private long nextExpiryNs;
    private long beacons;
    private long refused;
    private long departed;
    private long expired;

    /** With the default limit. */
    public Peers(Clock clock) {
        this(clock, DEFAULT_LIMIT);
    }

    /**
     * @param limit how many peers are remembered, 1 to 65536
     * @throws ConfigException if the limit is none
     */
    public Peers(Clock clock, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new ConfigException("limit of peers", limit, "1 to " + MOST);
        }
        this.clock = clock;
        this.limit = limit;
    }

    /** Takes a datagram, whatever it holds. */
    public void hear(ByteBuffer datagram, InetSocketAddress source) {
        DecodedBeacon decoded = BeaconCodec.decode(datagram);
        lock.lock();
        try {
            switch (decoded) {
                case MalformedBeacon reason -> malformed.merge(reason, 1L, Long::sum);
                case Beacon beacon -> hear(beacon, new Key(source, beacon.peer()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void hear(Beacon beacon, Key key) {
        long nowNs = clock.nanoTime();
        beacons++;
        forgetSilent(nowNs);
        if (beacon.isGoodbye()) {
            departed += table.remove(key) == null ? 0 : 1;
            return;
        }
        if (table.size() >= limit && !table.containsKey(key)) {
            refused++;
            return;
        }
        var heard = new Heard(beacon, nowNs);
        if (table.isEmpty() || heard.expiresNs() - nextExpiryNs < 0) {
            nextExpiryNs = heard.expiresNs();
        }
        table.put(key, heard);
    }

    private void forgetSilent(long nowNs) {
        if (table.isEmpty() || nowNs - nextExpiryNs < 0) {
            return;
        }
        int before = table.size();
        table.values().removeIf(heard -> nowNs - heard.expiresNs() >= 0);
        expired += before - table.size();
        long nextNs = Long.MAX_VALUE;
        for (Heard heard : table.values()) {
            nextNs = Math.min(nextNs, heard.expiresNs() - nowNs);
        }
        nextExpiryNs = nowNs + nextNs;
    }

    /** Everybody who is there now, by name. */
    public List<Peer> list() {
        lock.lock();
        try {
            long nowNs = clock.nanoTime();
            forgetSilent(nowNs);
            return table.entrySet().stream()
                    .map(entry -> new Peer(entry.getValue().beacon(), entry.getKey().source(),
                            Duration.ofNanos(nowNs - entry.getValue().atNs())))
                    .sorted(BY_NAME)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** What was heard so far. */
    public PeerCounters counters() {
        lock.lock();
        try {
            forgetSilent(clock.nanoTime());
            return new PeerCounters(beacons, refused, departed, expired, malformed);
        } finally {
            lock.unlock();
        }
    }
}
