package io.heliograph.zmq;

import io.heliograph.flow.Intake;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Follows one publisher for one {@link Feed}: what it says there, and when. Guarded by the subscriber's lock.
 *
 * <pre>
 *   subscriber                 publisher A        publisher B
 *     feed 1: a.>, b.>   ---   follower           follower        each with a lane at the other end
 *     feed 2: c, last    ---   follower           follower
 * </pre>
 */
final class Follower {

    private final Feed feed;
    private final ZmqConfig config;
    private final SessionReader reader;
    /** Of the publisher that has knocked; 0 if none has. */
    private long session;
    private boolean isHelloDue = true;
    private boolean isHelloSaid;
    private long helloNs;
    private int helloVersion;

    Follower(Feed feed, long session, ZmqConfig config, ZmqCounters.Tally tally, long nowNs) {
        this.feed = feed;
        this.session = session;
        this.config = config;
        this.reader = new SessionReader(feed.subscriptions(), config.limits(), tally, nowNs);
    }

    /** Whether last values are asked for. */
    boolean asksLast() {
        return feed.asksLast();
    }

    /** The sequence that comes next in the session that is followed. */
    long expected() {
        return reader.expected();
    }

    boolean isHelloSaid() {
        return isHelloSaid;
    }

    /** Whether nobody here is left that would listen, and the publisher has been told. */
    boolean isDone() {
        return feed.asksLast() && feed.subscriptions().isEmpty() && !isHelloSaid;
    }

    /** The publisher of {@code knocked} wants to know who is here. */
    void knock(long knocked, long nowNs) {
        session = knocked;
        reader.hear(nowNs);
        isHelloDue = true;
    }

    /** Takes a message of the lane. */
    void take(ByteBuffer message, long receivedEpochNanos, long nowNs) {
        reader.take(message, receivedEpochNanos, nowNs);
    }

    /** The connection is lost, and whoever comes by another is not known to be the same. */
    void lose() {
        if (reader.session() != 0 && !reader.isEnded()) {
            feed.leave(reader.session(), reader.expected());
        }
        reader.leaveSession();
    }

    void remove(Intake intake) {
        reader.remove(intake);
    }

    boolean isRoomWaitedFor() {
        return reader.isWaitedFor();
    }

    /** Goes on with what waits, as far as there is room; says how long until something is due, if nothing happens before. */
    long onTime(long receivedEpochNanos, long nowNs) {
        reader.resume(receivedEpochNanos, nowNs);
        return reader.onTime(nowNs);
    }

    /** What the publisher is to be told now. */
    Optional<ByteBuffer> due(boolean isConnected, long nowNs) {
        if (isHelloDue(isConnected, nowNs)) {
            return Optional.of(hello(nowNs));
        }
        if (feed.subscriptions().isEmpty() && isHelloSaid) {
            isHelloSaid = false;
            isHelloDue = true;
            Optional<ByteBuffer> leave = isConnected ? Optional.of(leave()) : Optional.empty();
            reader.leaveSession();
            return leave;
        }
        return isHelloSaid && isConnected && reader.isCreditDue(nowNs)
                ? Optional.of(reader.takeCredit().write(reader.session(), feed.subscriber()))
                : Optional.empty();
    }

    private boolean isHelloDue(boolean isConnected, long nowNs) {
        if (feed.subscriptions().isEmpty() || !isConnected) {
            return false;
        }
        boolean isUnanswered = reader.session() == 0 && nowNs - helloNs >= config.limits().heartbeat().toNanos();
        return isHelloDue || helloVersion != feed.subscriptions().version() || isUnanswered;
    }

    private ByteBuffer hello(long nowNs) {
        isHelloDue = false;
        isHelloSaid = true;
        helloNs = nowNs;
        Subscriptions subscriptions = feed.subscriptions();
        helloVersion = subscriptions.version();
        boolean isFollowing = reader.session() != 0 && !reader.isEnded();
        Optional<Long> left = isFollowing ? Optional.of(reader.expected()) : feed.leftAt(session);
        long followed = isFollowing ? reader.session() : session;
        if (feed.asksLast() && reader.session() == session) {
            // A publisher that has cut this one off begins a lane at that place, and not behind what waits here.
            reader.forgetHeld();
        }
        return new Hello(subscriptions.version(), subscriptions.count(), config.limits().windowBytes(),
                left.isPresent() ? followed : 0, left.orElse(0L), reader.room(), subscriptions.policy(), config.text(), subscriptions.filters())
                .write(feed.subscriber(), feed.asksLast() ? MessageLayout.LAST : 0);
    }

    /** ZeroMQ did not take what was due: it is said again. */
    void onRefused(ByteBuffer message) {
        switch (MessageType.of(message.get(MessageLayout.TYPE_AT) & 0xff).orElseThrow()) {
            case HELLO -> isHelloDue = true;
            case LEAVE -> isHelloSaid = true;
            case CREDIT -> reader.onCreditRefused();
            default -> throw new IllegalStateException("no subscriber says that");
        }
    }

    /** Word that this feed is gone. */
    ByteBuffer leave() {
        return ByteBuffer.wrap(MessageLayout.header(MessageType.LEAVE, 0, reader.session(), feed.subscriber()));
    }
}
