package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The subscribers that a publisher serves, what they say and how they come and go. Guarded by the publisher's lock.
 */
final class RemoteSubscribers {

    private final long session;
    private final ZmqConfig config;
    private final TellingLock lock;
    private final Environment environment;
    private final ZmqCounters.Tally tally = new ZmqCounters.Tally();
    private final Message message = new Message();
    private final BytePool pool;
    private final FanOut fanOut;
    private final Ending ending;
    private final Optional<LastValues> lastValues;
    private long nextSequence;
    private FlowPolicy policy = ZmqTransport.DEFAULT_POLICY;
    private String policyText = "";
    /** What a subscriber is granted before it says what it takes. */
    private long mostCredit = MessageLayout.UNLIMITED;
    private boolean isFull;

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
        // Within the process a subscriber reads the very bytes that were sent.
        this.pool = config.isInProcess() ? BytePool.none() : BytePool.of(config.limits());
        this.fanOut = new FanOut(new PlainLane(session, config.hasHeader(), config.limits().plainFilters(), environment));
        this.ending = new Ending(config.limits(), fanOut, this::tellClosed);
        this.lastValues = config.latecomers().kept().map(LastValues::new);
    }

    /** Where events go. */
    FanOut fanOut() {
        return fanOut;
    }

    /** The foreign subscribers are others. */
    void plainChanged() {
        fanOut.plain().next(nextSequence);
        fanOut.arrange();
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
        fanOut.wake();
        mostCredit = policy.waits() ? policy.limit().events() : MessageLayout.UNLIMITED;
        for (RemoteSubscriber remote : fanOut.all()) {
            remote.lane.changeState(new LaneState(remote.filtersVersion, policyText));
        }
    }

    void beginClose() {
        fanOut.wake();
        ending.begin(environment.clock().nanoTime());
    }

    private void tellClosed(String name, long events) {
        lock.tellLater(environment, new Notice.Degraded(config.text(), "closed before " + name + " took " + events
                + " events, which are lost(closed); linger is how long close() waits while nothing moves"));
    }

    /** How the stream ends, once it does. */
    Ending ending() {
        return ending;
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
        fanOut.wake();
        long id = message.subscriber();
        Optional<RemoteSubscriber> known = fanOut.find(id);
        if (known.isPresent() && known.get().lane.rewindable(place(known.get(), hello.get()))) {
            greetAgain(known.get(), from, hello.get(), nowNs);
        } else {
            known.ifPresent(fanOut::remove);
            if (ending.hasBegun() || !greet(id, from, hello.get(), nowNs)) {
                return Change.NONE;
            }
        }
        fanOut.arrange();
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
        if (fanOut.all().length >= config.limits().peers()) {
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
                new LaneState(hello.filtersVersion(), policyText), config.limits(), pool, environment);
        var remote = new RemoteSubscriber(lane, beginsWithLast, from, nowNs);
        take(remote, hello);
        // It cannot know yet whether it will be waited for.
        lane.creditBehind(Math.min(hello.eventRoom(), mostCredit));
        if (beginsWithLast) {
            lastValues.get().fill(lane, isReturning ? lane::evictUpTo : lane::skipUpTo, nextSequence, policy);
        }
        fanOut.add(remote);
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
        if (credit.isEmpty()) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return Change.NONE;
        }
        Optional<RemoteSubscriber> known = fanOut.find(message.subscriber());
        if (known.isEmpty() || message.session() != session || !known.get().peer.equals(from)) {
            tally.strays++;
            return Change.STRANGER;
        }
        RemoteSubscriber remote = known.get();
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
        if ((isNew || credit.get().isFlagged(MessageLayout.RESEND)) && fanOut.isResting(remote.lane)) {
            fanOut.wake();
        }
        boolean hasEnded = credit.get().isFlagged(MessageLayout.ENDED) && ending.hasBegun() && !remote.hasHeardEnd;
        remote.hasHeardEnd |= hasEnded;
        if (isNew || hasEnded) {
            ending.progress(nowNs);
        }
        return isNew ? Change.ROOM : Change.NONE;
    }

    private Change onLeave() {
        // It may leave before it has heard of any session.
        Optional<RemoteSubscriber> known = fanOut.find(message.subscriber());
        known.ifPresent(fanOut::remove);
        return known.isPresent() ? Change.ROOM : Change.NONE;
    }

    /** A connection is gone; whoever was there may come back by another. */
    private Change onLost(Peer from) {
        for (RemoteSubscriber remote : fanOut.all()) {
            if (remote.peer.equals(from)) {
                remote.isConnected = false;
            }
        }
        return Change.NONE;
    }

    /** Cuts off whoever has been silent for too long; says whether there was one. */
    boolean evictSilent(long nowNs) {
        List<RemoteSubscriber> silent = List.of();
        for (RemoteSubscriber remote : fanOut.all()) {
            if (nowNs - remote.lastHeardNs >= config.limits().eviction().toNanos()) {
                silent = silent.isEmpty() ? new ArrayList<>() : silent;
                silent.add(remote);
            }
        }
        if (!silent.isEmpty()) {
            fanOut.wake();
        }
        for (RemoteSubscriber remote : silent) {
            remote.lane.giveUpAll(LossReason.EVICTED);
            fanOut.remove(remote);
            lock.tellLater(environment, new Notice.SubscriberEvicted(config.text(), remote.name));
        }
        return !silent.isEmpty();
    }

    /** How long until something may be due, if nothing else happens. */
    long untilDueNs(long nowNs) {
        long until = ending.hasBegun() ? RemoteSubscriber.END_PERIOD_NS : Long.MAX_VALUE;
        for (RemoteSubscriber remote : fanOut.all()) {
            until = Math.min(until, remote.lastHeardNs + config.limits().eviction().toNanos() - nowNs);
            until = Math.min(until, remote.untilDueNs(ending.hasBegun(), config.limits().heartbeat().toNanos(), nowNs));
        }
        return until;
    }
}
