package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The subscribers that a publisher serves, and what they say. Guarded by the publisher's lock.
 */
final class RemoteSubscribers {

    private final long session;
    private final ZmqConfig config;
    private final TellingLock lock;
    private final Environment environment;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Message message = new Message();
    private final Map<Long, RemoteSubscriber> bySubscriber = new HashMap<>();
    /** The same, to be walked for each event; never changed but replaced. */
    private RemoteSubscriber[] all = {};
    private final PlainLane plain;
    private final Optional<LastValues> lastValues;
    private Destination[] destinations = {};
    private final RestingLanes resting = new RestingLanes();
    private int subscriptions;
    private long nextSequence;
    private FlowPolicy policy = ZmqTransport.DEFAULT_POLICY;
    private String policyText = "";
    /** What a subscriber is granted before it says what it takes. */
    private long mostCredit = MessageLayout.UNLIMITED;
    private boolean isClosing;
    private boolean isFull;
    private long givenUpByGone;
    private long lastProgressNs;

    /** What a message changed. */
    enum Change {
        /** Nothing that anybody waits for. */
        NONE,
        /** Room, or the set of subscribers. */
        ROOM,
        /** The peer is not known: it is to say hello. */
        STRANGER
    }

    RemoteSubscribers(long session, ZmqConfig config, TellingLock lock, Environment environment) {
        this.session = session;
        this.config = config;
        this.lock = lock;
        this.environment = environment;
        this.plain = new PlainLane(session, config.hasHeader(), config.limits().plainFilters(), environment);
        this.lastValues = config.latecomers().kept().map(LastValues::new);
    }

    /** Those there are; not to be changed. */
    RemoteSubscriber[] all() {
        return all;
    }

    /** Where events go: to each of them, and to foreign subscribers if there are any. Not to be changed. */
    Destination[] destinations() {
        return destinations;
    }

    /** How many subscriptions they have together. */
    int subscriptions() {
        return subscriptions + plain.listeners();
    }

    /** What is kept for foreign subscribers. */
    PlainLane plain() {
        return plain;
    }

    /** The foreign subscribers are others. */
    void plainChanged() {
        plain.next(nextSequence);
        arrange();
    }

    private void arrange() {
        resting.wake();
        spread();
    }

    private void spread() {
        var to = new ArrayList<Destination>();
        bySubscriber.values().stream().map(remote -> remote.lane).filter(lane -> !resting.contains(lane)).forEach(to::add);
        if (!plain.isEmpty()) {
            to.add(plain);
        }
        all = bySubscriber.values().toArray(RemoteSubscriber[]::new);
        destinations = to.toArray(Destination[]::new);
    }

    /** Has lanes rest that can send nothing and lose events, behind one that moves. */
    void rest() {
        if (resting.rest(all)) {
            spread();
        }
    }

    /** No lane rests any more. */
    void wake() {
        if (resting.wake()) {
            spread();
        }
    }

    /** Somebody asks whether an event of {@code sizeBytes} may be next: who would not take it does not rest. */
    void propose(int sizeBytes) {
        if (!resting.isEmpty() && !resting.fits(sizeBytes)) {
            wake();
        }
    }

    /**
     * An event comes next: {@link #destinations} are told of it, and those that rest by one of them.
     *
     * @param isTimeless whether it may wait for as long as it has to
     */
    void expect(String topic, int sizeBytes, boolean isTimeless) {
        if (!resting.isEmpty() && !(isTimeless && resting.isPacked(topic, sizeBytes))) {
            wake();
        }
    }

    long givenUp() {
        wake();
        long sum = givenUpByGone + plain.lost();
        for (RemoteSubscriber remote : all) {
            sum += remote.lane.lost();
        }
        return sum;
    }

    ZmqCounters.Tally tally() {
        return tally;
    }

    ZmqCounters counters() {
        return tally.snapshot();
    }

    /** The sequence of the next event. */
    void next(long sequence) {
        nextSequence = sequence;
    }

    long next() {
        return nextSequence;
    }

    /** Whether last values are kept. */
    boolean keepsLast() {
        return lastValues.isPresent();
    }

    /** What is kept for those who come later. */
    Optional<LastValues> lastValues() {
        return lastValues;
    }

    /** The next event is its topic's last one. */
    void keepLast(Event event, long nowNs) {
        LastValues values = lastValues.orElseThrow();
        boolean isFirst = values.forgotten() == 0;
        values.keep(new LastValue(nextSequence, event, environment.wallClock().epochNanos(), nowNs));
        if (isFirst && values.forgotten() > 0) {
            lock.tellLater(environment, new Notice.Degraded(config.text(), "there are more last values than " + values.limit()
                    + ", which last-values and last-value-bytes allow; the topics longest unchanged are forgotten"));
        }
    }

    void changePolicy(FlowPolicy replacement) {
        policy = replacement;
        policyText = policy.text();
        wake();
        mostCredit = policy.waits() ? policy.limit().events() : MessageLayout.UNLIMITED;
        for (RemoteSubscriber remote : all) {
            remote.lane.changeState(new LaneState(remote.filtersVersion, policyText));
        }
    }

    void beginClose() {
        wake();
        if (!isClosing) {
            isClosing = true;
            lastProgressNs = environment.clock().nanoTime();
        }
    }

    boolean isClosing() {
        return isClosing;
    }

    /**
     * Whether all have heard the end. Who is waited for is so here too, until it is silent for so long that it is evicted; the
     * others, until nothing has moved for the linger time.
     */
    boolean isDone(FlowPolicy policy, long nowNs) {
        if (!isClosing) {
            return false;
        }
        boolean isAnyLeft = plain.isWaiting();
        for (RemoteSubscriber remote : all) {
            if (!remote.hasHeardEnd) {
                if (remote.lane.policy(policy).waits()) {
                    return false;
                }
                isAnyLeft = true;
            }
        }
        ZmqLimits limits = config.limits();
        long patienceNs = policy.waits() ? Math.max(limits.linger().toNanos(), limits.eviction().toNanos()) : limits.linger().toNanos();
        return !isAnyLeft || nowNs - lastProgressNs >= patienceNs;
    }

    /** Something was sent to foreign peers, who acknowledge nothing. */
    void progress(long nowNs) {
        lastProgressNs = nowNs;
    }

    /** Takes a message in. */
    Change receive(Peer from, ByteBuffer bytes, long nowNs) {
        tally.received(bytes.remaining());
        Optional<MalformedMessage> fault = message.wrap(bytes);
        if (fault.isPresent()) {
            tally.malformed(fault.get());
            return Change.NONE;
        }
        return switch (message.type()) {
            case KNOCK -> Change.NONE;
            case HELLO -> onHello(from, nowNs);
            case CREDIT -> onCredit(from, nowNs);
            case LEAVE -> onLeave();
            case LOST -> onLost(from);
            case WELCOME, DATA, STATE, END, WHO -> {
                tally.malformed(MalformedMessage.UNKNOWN_TYPE);
                yield Change.NONE;
            }
        };
    }

    private Change onHello(Peer from, long nowNs) {
        Optional<Hello> hello = Hello.read(message.body(), config.limits().filters());
        if (hello.isEmpty()) {
            tally.malformed(MalformedMessage.BAD_TEXT);
            return Change.NONE;
        }
        wake();
        long id = message.subscriber();
        RemoteSubscriber known = bySubscriber.get(id);
        if (known != null && known.lane.rewindable(place(known, hello.get()))) {
            greetAgain(known, from, hello.get(), nowNs);
        } else {
            if (known != null) {
                remove(known);
            }
            if (isClosing || !greet(id, from, hello.get(), nowNs)) {
                return Change.NONE;
            }
        }
        count();
        return Change.ROOM;
    }

    /**
     * Where one that is known goes on. One that does not know the session yet may say hello again before it has heard of it, and
     * with other filters: its lane must not begin a second time then, since it was promised all from the first one's start.
     */
    private long place(RemoteSubscriber known, Hello hello) {
        return hello.session() == session ? hello.next() : known.start;
    }

    private boolean greet(long id, Peer from, Hello hello, long nowNs) {
        if (bySubscriber.size() >= config.limits().peers()) {
            tally.refusedPeers++;
            if (!isFull) {
                isFull = true;
                lock.tellLater(environment, new Notice.Degraded(config.text(),
                        "more than " + config.limits().peers() + " subscribers want to be served; new ones are not"));
            }
            return false;
        }
        isFull = false;
        boolean beginsWithLast = keepsLast() && message.isFlagged(MessageLayout.LAST);
        // One that was cut off has been told of all before: it gets what is last of the rest.
        boolean isReturning = hello.session() == session && hello.next() <= nextSequence;
        var lane = new Lane(session, id, beginsWithLast ? start(hello, isReturning) : nextSequence,
                new LaneState(hello.filtersVersion(), policyText), config.limits(), environment);
        var remote = new RemoteSubscriber(lane, beginsWithLast, from, nowNs);
        bySubscriber.put(id, remote);
        take(remote, hello);
        // It cannot know yet whether it will be waited for.
        lane.creditBehind(Math.min(hello.eventRoom(), mostCredit));
        if (beginsWithLast) {
            lastValues.get().fill(lane, isReturning ? lane::evictUpTo : lane::skipUpTo, nextSequence, policy);
        }
        arrange();
        return true;
    }

    private long start(Hello hello, boolean isReturning) {
        return isReturning ? hello.next() : lastValues.orElseThrow().start(new Filters(hello.filters()), nextSequence);
    }

    /** One that is known: its filters have changed, or its connection was lost. */
    private void greetAgain(RemoteSubscriber known, Peer from, Hello hello, long nowNs) {
        if (!known.peer.equals(from) || !known.isConnected || hello.filtersVersion() == known.filtersVersion) {
            long place = place(known, hello);
            known.lane.rewind(place);
            known.lane.creditBehind(hello.session() == session ? hello.eventRoom() : Math.min(hello.eventRoom(), mostCredit));
            known.resume(from, place);
        }
        known.lastHeardNs = nowNs;
        if (hello.filtersVersion() != known.filtersVersion) {
            take(known, hello);
            known.lane.changeState(new LaneState(known.filtersVersion, policyText));
        }
    }

    private static void take(RemoteSubscriber remote, Hello hello) {
        remote.filtersVersion = hello.filtersVersion();
        remote.subscriptions = hello.subscriptions();
        remote.name = hello.name();
        remote.lane.ask(new Filters(hello.filters()), hello.policy(), hello.windowBytes());
    }

    private Change onCredit(Peer from, long nowNs) {
        Optional<Credit> credit = Credit.read(message.flags(), message.body());
        RemoteSubscriber remote = bySubscriber.get(message.subscriber());
        if (credit.isEmpty()) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return Change.NONE;
        }
        if (remote == null || message.session() != session || !remote.peer.equals(from)) {
            tally.strays++;
            return Change.STRANGER;
        }
        if (credit.get().next() > remote.lane.next()) {
            tally.malformed(MalformedMessage.BAD_RANGE);
            return Change.NONE;
        }
        remote.lastHeardNs = nowNs;
        remote.isConnected = true;
        boolean isNew = remote.lane.acknowledge(credit.get().next());
        isNew |= remote.lane.credit(credit.get().eventCredit());
        if (credit.get().isFlagged(MessageLayout.RESEND)) {
            remote.lane.rewind(credit.get().next());
            tally.resendsAsked++;
        }
        if ((isNew || credit.get().isFlagged(MessageLayout.RESEND)) && resting.contains(remote.lane)) {
            wake();
        }
        boolean hasEnded = credit.get().isFlagged(MessageLayout.ENDED) && isClosing && !remote.hasHeardEnd;
        remote.hasHeardEnd |= hasEnded;
        if (isNew || hasEnded) {
            lastProgressNs = nowNs;
        }
        return isNew ? Change.ROOM : Change.NONE;
    }

    private Change onLeave() {
        // It may leave before it has heard of any session.
        RemoteSubscriber remote = bySubscriber.get(message.subscriber());
        if (remote == null) {
            return Change.NONE;
        }
        remove(remote);
        count();
        return Change.ROOM;
    }

    /** A connection is gone; whoever was there may come back by another. */
    private Change onLost(Peer from) {
        for (RemoteSubscriber remote : all) {
            if (remote.peer.equals(from)) {
                remote.isConnected = false;
            }
        }
        return Change.NONE;
    }

    private void remove(RemoteSubscriber remote) {
        bySubscriber.remove(remote.lane.subscriber());
        givenUpByGone += remote.lane.lost();
        arrange();
    }

    private void count() {
        int sum = 0;
        for (RemoteSubscriber remote : all) {
            sum += remote.subscriptions;
        }
        subscriptions = sum;
    }

    /** Cuts off whoever has been silent for too long; says whether there was one. */
    boolean evictSilent(long nowNs) {
        List<RemoteSubscriber> silent = List.of();
        for (RemoteSubscriber remote : all) {
            if (nowNs - remote.lastHeardNs >= config.limits().eviction().toNanos()) {
                silent = silent.isEmpty() ? new ArrayList<>() : silent;
                silent.add(remote);
            }
        }
        for (RemoteSubscriber remote : silent) {
            remove(remote);
            lock.tellLater(environment, new Notice.SubscriberEvicted(config.text(), remote.name));
        }
        if (!silent.isEmpty()) {
            count();
        }
        return !silent.isEmpty();
    }

    /** How long until something may be due, if nothing else happens. */
    long untilDueNs(long nowNs) {
        long until = isClosing ? RemoteSubscriber.END_PERIOD_NS : Long.MAX_VALUE;
        for (RemoteSubscriber remote : all) {
            until = Math.min(until, remote.lastHeardNs + config.limits().eviction().toNanos() - nowNs);
            until = Math.min(until, remote.untilDueNs(isClosing, config.limits().heartbeat().toNanos(), nowNs));
        }
        return until;
    }
}
