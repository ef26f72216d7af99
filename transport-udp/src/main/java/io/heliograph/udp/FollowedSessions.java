package io.heliograph.udp;

import io.heliograph.Notice;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions that a subscriber follows, at most {@code limits.sessions()}: begins to follow one when it is first heard, forgets
 * one that has ended or is silent where another needs its place, and joins every subscription to all of them. Guarded by the
 * subscriber's lock; allocates nothing for a datagram of a session that is followed.
 */
final class FollowedSessions {

    private static final int MOST_WINDOW = 1 << 14;

    /** A subscription, and its handler if that takes events where they lie. */
    private record Opened(Intake intake, Optional<DataHandler> direct) {
    }

    private final Feed feed;
    private final DatagramIo io;
    private final FlowPolicy policy;
    private final TellingLock lock;
    private final Environment environment;
    private final UdpCounters.Tally tally;
    private final int window;
    private final long receiverId;
    private final byte[] name;
    private final long listeningSinceNs;
    private final Map<Long, SessionReceiver> byNumber = new HashMap<>();
    /** The same, to be gone through after each arrival. */
    private SessionReceiver[] all = {};
    private final ForgottenSessions forgotten = new ForgottenSessions();
    private final List<Opened> opened = new ArrayList<>();
    /** Whose datagram came last, and most likely comes next. */
    private Optional<SessionReceiver> last = Optional.empty();
    private boolean isFull;

    /**
     * @param io     what publishers are answered by
     * @param policy in force where neither a subscription nor a publisher asks for one
     * @param lock   tells what is noticed
     */
    FollowedSessions(Feed feed, DatagramIo io, FlowPolicy policy, TellingLock lock, Environment environment,
            UdpCounters.Tally tally) {
        this.feed = feed;
        this.io = io;
        this.policy = policy;
        this.lock = lock;
        this.environment = environment;
        this.tally = tally;
        // Half the socket's buffer: the other half is for what its datagrams cost beside their bytes.
        this.window = Math.clamp(io.receiveBufferBytes() / 2 / feed.maxDatagramBytes(), 8, MOST_WINDOW);
        this.receiverId = environment.random().nextLong();
        byte[] address = feed.address().getBytes(StandardCharsets.UTF_8);
        this.name = address.length > DatagramLayout.MAX_NAME_BYTES ? new byte[0] : address;
        this.listeningSinceNs = environment.clock().nanoTime();
    }

    /** Those that are followed; to be read only. */
    SessionReceiver[] all() {
        return all;
    }

    /** The session of that number, if it is followed. */
    Optional<SessionReceiver> find(long number) {
        if (last.isPresent() && last.get().session() == number) {
            return last;
        }
        Optional<SessionReceiver> found = Optional.ofNullable(byNumber.get(number));
        last = found.isPresent() ? found : last;
        return found;
    }

    /**
     * The session that a datagram belongs to, which is followed from now on; none if it has ended, may not be followed, or comes
     * from elsewhere.
     *
     * @param opener has opened the datagram, in keyed mode
     */
    Optional<SessionReceiver> of(Datagram datagram, InetSocketAddress source, Optional<DatagramSeal> opener, long nowNs) {
        Optional<SessionReceiver> known = find(datagram.session());
        if (known.isEmpty()) {
            return follow(datagram, source, opener, nowNs);
        }
        if (!known.get().source().equals(source)) {
            tally.foreignSources++;
            return Optional.empty();
        }
        return known;
    }

    private Optional<SessionReceiver> follow(Datagram first, InetSocketAddress source, Optional<DatagramSeal> opener, long nowNs) {
        Optional<ForgottenSessions.Place> before = forgotten.take(first.session());
        if (before.isPresent() && before.get().isEnded()) {
            forgotten.put(first.session(), before.get());
            tally.duplicates++;
            return Optional.empty();
        }
        if (byNumber.size() >= feed.limits().sessions() && !forgetOne(nowNs)) {
            before.ifPresent(place -> forgotten.put(first.session(), place));
            refuse();
            return Optional.empty();
        }
        isFull = false;
        Credentials credentials = feed.key().isEmpty() ? Credentials.open(receiverId)
                : Credentials.keyed(feed.key().get(), first.session(), opener.orElseThrow(), environment.random());
        var path = new ReturnPath(io, first.session(), source, credentials, name, tally);
        ForgottenSessions.Place place = before.orElse(beginning(first, nowNs));
        var joined = new SessionReceiver(first, place, feed, window, policy, path, environment, tally, nowNs);
        if (before.isPresent()) {
            joined.goOn();
        }
        opened.forEach(one -> joined.add(one.intake(), one.direct(), nowNs));
        byNumber.put(joined.session(), joined);
        all = byNumber.values().toArray(SessionReceiver[]::new);
        last = Optional.of(joined);
        return last;
    }

    /** A session that began while this subscriber listened is its own from the start, any other one from what is heard first. */
    private ForgottenSessions.Place beginning(Datagram first, long nowNs) {
        boolean isHeardFromItsStart = first.isAgeKnown() && nowNs - first.ageNs() - listeningSinceNs >= 0;
        return isHeardFromItsStart
                ? ForgottenSessions.Place.START
                : new ForgottenSessions.Place(first.sequence(), first.firstEvent(), false);
    }

    private void refuse() {
        tally.refusedSessions++;
        if (!isFull) {
            isFull = true;
            lock.tellLater(environment, new Notice.Degraded(feed.address(),
                    "more than " + feed.limits().sessions() + " sessions send here; new ones are not followed"));
        }
    }

    /** Makes place in the table: an ended session goes first, then the one that has been silent longest. */
    private boolean forgetOne(long nowNs) {
        Optional<SessionReceiver> least = byNumber.values().stream()
                .filter(session -> session.isEnded() || nowNs - session.lastHeardNs() >= feed.limits().silence().toNanos())
                .min(Comparator.comparing((SessionReceiver session) -> !session.isEnded())
                        .thenComparing(SessionReceiver::lastHeardNs));
        least.ifPresent(session -> {
            forgotten.put(session.session(), session.retire());
            byNumber.remove(session.session());
            all = byNumber.values().toArray(SessionReceiver[]::new);
            last = Optional.empty();
        });
        return least.isPresent();
    }

    /** Joins a subscription to all sessions, those that come later too. */
    void add(Intake intake, Optional<DataHandler> direct) {
        opened.add(new Opened(intake, direct));
        long nowNs = environment.clock().nanoTime();
        for (SessionReceiver session : all) {
            session.add(intake, direct, nowNs);
        }
    }

    /** A subscription leaves. */
    void remove(Intake intake) {
        opened.removeIf(one -> one.intake() == intake);
        for (SessionReceiver session : all) {
            session.remove(intake);
        }
    }

    /** Leaves all sessions: their publishers are told. */
    void leave() {
        for (SessionReceiver session : all) {
            session.leave(environment.clock().nanoTime());
        }
    }

    /** Nothing will be received any more: all subscriptions are closed. */
    void abandon() {
        opened.forEach(one -> one.intake().close());
    }
}
