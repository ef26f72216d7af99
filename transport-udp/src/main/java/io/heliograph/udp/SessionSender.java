package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.util.Arrays;
import java.util.Optional;

/**
 * One session of a publisher, from its first event to the word of its end: {@link SessionReceiver}'s other side. Takes events
 * in as long as there is room; what they are packed into leaves when a train is full or when {@link #flush} is called.
 *
 * <pre>
 *   append --> SessionLog --> Transmitter ----> Lines --> DatagramIo
 *               events         credit, rate,    ^
 *               in datagrams   repairs          |
 *   doWork --> HeartbeatSchedule --> ControlSender
 * </pre>
 *
 * <p>Guarded by the publisher's lock; a function of what it is given and of the injected clock.
 */
final class SessionSender {

    /** What became of an event that was to be appended. */
    enum Appended { TAKEN, TOO_LARGE, NO_ROOM }

    private final long session;
    private final boolean isReliable;
    private final int datagramsPerTrain;
    private final Environment environment;
    private final SessionLog log;
    private final Lines lines;
    private final Transmitter transmitter;
    private final ControlSender control;
    private final HeartbeatSchedule schedule;
    private long datagramsSkipped;
    private boolean isClosed;

    /** @param io sends; the owner closes it */
    SessionSender(Feed feed, DatagramIo io, TellingLock lock, Environment environment) {
        var time = SessionTime.now(environment);
        this.session = Session.start(time.startEpochNanos(), environment.random());
        this.isReliable = feed.isReliable();
        this.datagramsPerTrain = Math.min(DatagramIo.MAX_TRAIN_SEGMENTS, DatagramIo.MAX_TRAIN_BYTES / feed.maxDatagramBytes());
        this.environment = environment;
        Optional<DatagramSeal> seal = feed.key().map(key -> DatagramSeal.ofPublisher(key.bytes(), session));
        var rate = new SendRate(feed.rateBytesPerSecond(), feed.maxDatagramBytes(), time.startNs());
        this.log = new SessionLog(feed, session, seal, time, environment);
        this.lines = new Lines(feed, io, lock, environment);
        this.transmitter = new Transmitter(log, lines, rate, time, environment.clock());
        this.control = new ControlSender(session, feed.flags(), log, transmitter, lines, seal, time, environment.clock());
        this.schedule = new HeartbeatSchedule(feed.limits(), isReliable, time.startNs());
    }

    boolean isReliable() {
        return isReliable;
    }

    long session() {
        return session;
    }

    SessionLog log() {
        return log;
    }

    Lines lines() {
        return lines;
    }

    Transmitter transmitter() {
        return transmitter;
    }

    ControlSender control() {
        return control;
    }

    HeartbeatSchedule schedule() {
        return schedule;
    }

    /** Takes nothing in from now on: what is left is sent, and {@link #sayEnd} says the end. */
    void close() {
        isClosed = true;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Datagrams that were given up before they were sent. */
    long datagramsSkipped() {
        return datagramsSkipped;
    }

    /** Whether everything that was appended has been sent. */
    boolean isClear() {
        return log.isClosed() && transmitter.isClear();
    }

    /** Takes an event in as the session's next. */
    Appended append(Event event) {
        if (!log.hasRoom(FrameEncoder.encodedLength(event, log.topic()))) {
            if (!log.canEverHold(event.topic(), FrameEncoder.encodedLength(event, event.topic()))) {
                return appendParts(event);
            }
            if (!openDatagram(event.topic())) {
                return Appended.NO_ROOM;
            }
        }
        log.append(event);
        return Appended.TAKEN;
    }

    /**
     * Takes bytes in as the session's next event.
     *
     * @throws io.heliograph.ConfigException if {@code topic} is not a topic
     */
    Appended append(String topic, byte[] bytes, int from, int length) {
        if (!topic.equals(log.topic()) || topic.isEmpty()) {
            Topic.require(topic);
        }
        if (!log.hasRoom(FrameEncoder.encodedLength(topic, log.topic(), length))) {
            if (!log.canEverHold(topic, FrameEncoder.encodedLength(topic, topic, length))) {
                return appendParts(Event.builder(topic).data(Arrays.copyOfRange(bytes, from, from + length)).build());
            }
            if (!openDatagram(topic)) {
                return Appended.NO_ROOM;
            }
        }
        log.append(topic, bytes, from, length);
        return Appended.TAKEN;
    }

    private boolean openDatagram(String topic) {
        closeDatagram();
        if (!log.hasPlace()) {
            pump();
            if (!log.openChunk(transmitter.releasable())) {
                return false;
            }
        }
        log.open(topic);
        return true;
    }

    private void closeDatagram() {
        if (!log.isClosed()) {
            log.close();
            if (log.end() - transmitter.sent() >= datagramsPerTrain) {
                pump();
            }
        }
    }

    /** Takes an event in that is larger than a datagram. */
    private Appended appendParts(Event event) {
        int frameBytes = FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC);
        if (!isReliable || frameBytes > DatagramLayout.MAX_FRAME_BYTES) {
            return Appended.TOO_LARGE;
        }
        closeDatagram();
        if (!log.hasPlaceForParts(frameBytes, transmitter.releasable())) {
            return Appended.NO_ROOM;
        }
        log.appendParts(event, frameBytes, transmitter.releasable());
        pump();
        return Appended.TAKEN;
    }

    /**
     * Takes an appender's datagrams in, sealed and not stamped; it goes on with the chunk that it is given.
     *
     * @return {@code false}, and nothing is taken, if there is no room
     */
    boolean take(UdpAppender appender, Chunk written, int events) {
        closeDatagram();
        if (!log.hasPlaceFor(written) && !log.openChunk(transmitter.releasable())) {
            pump();
            if (!log.openChunk(transmitter.releasable())) {
                return false;
            }
        }
        log.take(appender, written, events);
        pump();
        return true;
    }

    /** Gives up the oldest datagrams, sent or not, so that there is room. */
    void giveUpOldest() {
        if (log.hasOneChunk()) {
            closeDatagram();
            return;
        }
        long from = transmitter.sent();
        long end = log.endOfOldest();
        if (from < end) {
            datagramsSkipped += end - from;
            control.skip(from, end, transmitter.skipTo(end) ? LossReason.RATE : LossReason.OVERFLOW);
        }
        log.giveUpOldest();
    }

    /** Sends all that waits and may be sent. */
    void flush() {
        if (!log.isClosed()) {
            log.closeAsItIs();
        }
        resume();
    }

    /** Goes on with what could not be sent before. */
    void resume() {
        if (!transmitter.isClear()) {
            pump();
        }
    }

    private void pump() {
        transmitter.sendRepairs();
        if (control.isLossUnsaid() && transmitter.hasCredit()) {
            control.sayLoss();
        }
        if (transmitter.sendNew()) {
            schedule.onSent(transmitter.isPaced(), transmitter.lastSentNs());
        }
        if (isHeldUp()) {
            schedule.beStalled(environment.clock().nanoTime());
        }
    }

    private boolean isHeldUp() {
        return transmitter.sent() < log.end();
    }

    /** Sends all that may be sent, and a heartbeat if one is due. */
    void doWork(ControlSender.Standing standing, long nowNs) {
        if (isReliable) {
            transmitter.onTime(nowNs);
        }
        flush();
        if (schedule.isDue(nowNs)) {
            heartbeat(standing, 0);
            schedule.goOn(isHeldUp(), nowNs);
        }
    }

    /**
     * Says that the stream has ended, each time that is due.
     *
     * @param listeners   how many subscribers have not heard it
     * @param isWaitedFor whether one of them must have everything before
     * @return whether it has been said often enough
     */
    boolean sayEnd(ControlSender.Standing standing, int listeners, boolean isWaitedFor, long nowNs) {
        flush();
        schedule.beginEnd(nowNs);
        if (schedule.isDue(nowNs)) {
            heartbeat(standing, isHeldUp() ? 0 : DatagramLayout.END_OF_STREAM);
            schedule.goOnEnding(nowNs);
        }
        return listeners == 0 && schedule.isEndSaid() && !isHeldUp() || !isWaitedFor && schedule.hasLingered(nowNs);
    }

    /** What was given up is said before where the session stands. */
    private void heartbeat(ControlSender.Standing standing, int flags) {
        control.sayLoss();
        schedule.said(environment.clock().nanoTime());
        control.heartbeat(standing, flags);
    }

    /** How long until {@link #doWork} or {@link #sayEnd} has something to do. */
    long untilDueNs(long nowNs) {
        return log.isClosed() ? Math.min(transmitter.untilDueNs(nowNs), schedule.untilDueNs(nowNs)) : 0;
    }
}
