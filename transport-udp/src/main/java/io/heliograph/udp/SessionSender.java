package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Numbers one session's events, packs them into datagrams, and says where the session stands: {@link SessionReceiver}'s
 * other side. Datagrams leave as trains, when no more fit or when {@link #flush} is called. Guarded by the publisher's
 * lock; a function of what it is given and of the injected clock.
 */
final class SessionSender {

    private static final int FAST_HEARTBEATS = 100;
    private static final int LEAST_ENDS_OF_STREAM = 3;
    private static final long END_OF_STREAM_PERIOD_NS = Duration.ofMillis(10).toNanos();

    private final String address;
    private final InetSocketAddress target;
    private final DatagramIo io;
    private final UdpLimits limits;
    private final TellingLock lock;
    private final Environment environment;
    private final long session;
    private final long startEpochNanos;
    private final long startNs;
    private final DatagramWriter writer;
    private long nextDatagram;
    private long nextEvent;
    private long firstOpenEvent;
    private long datagramsNotSent;
    private long nextWordNs;
    private int idleHeartbeats;
    private int endsOfStream;
    private long endingSinceNs;

    SessionSender(String address, InetSocketAddress target, DatagramIo io, int maxDatagramBytes, UdpLimits limits,
            TellingLock lock, Environment environment) {
        this.address = address;
        this.target = target;
        this.io = io;
        this.limits = limits;
        this.lock = lock;
        this.environment = environment;
        this.startEpochNanos = environment.wallClock().epochNanos();
        this.startNs = environment.clock().nanoTime();
        this.nextWordNs = startNs;
        this.session = Session.start(startEpochNanos, environment.random());
        int maxDatagrams = Math.min(DatagramIo.MAX_TRAIN_SEGMENTS, DatagramIo.MAX_TRAIN_BYTES / maxDatagramBytes);
        this.writer = new DatagramWriter(maxDatagramBytes, maxDatagrams);
    }

    long session() {
        return session;
    }

    /** Datagrams that the operating system did not take; their events are lost(network) at the subscribers. */
    long datagramsNotSent() {
        return datagramsNotSent;
    }

    /** Whether everything that was appended has been sent. */
    boolean isClear() {
        return writer.isClear();
    }

    /** Takes an event in as the session's next; says {@code false} if it fits into no datagram. */
    boolean append(Event event) {
        if (writer.isEmpty() || !writer.hasRoom(FrameEncoder.encodedLength(event, writer.topic()))) {
            if (!writer.canEverHold(event.topic(), FrameEncoder.encodedLength(event, event.topic()))) {
                return false;
            }
            beginDatagram(event.topic());
        }
        writer.append(event);
        nextEvent++;
        return true;
    }

    /**
     * Takes bytes in as the session's next event; says {@code false} if they fit into no datagram.
     *
     * @throws io.heliograph.ConfigException if {@code topic} is not a topic
     */
    boolean append(String topic, byte[] bytes, int from, int length) {
        if (!topic.equals(writer.topic()) || topic.isEmpty()) {
            Topic.require(topic);
        }
        if (writer.isEmpty() || !writer.hasRoom(FrameEncoder.encodedLength(topic, writer.topic(), length))) {
            if (!writer.canEverHold(topic, FrameEncoder.encodedLength(topic, topic, length))) {
                return false;
            }
            beginDatagram(topic);
        }
        writer.append(topic, bytes, from, length);
        nextEvent++;
        return true;
    }

    private void beginDatagram(String topic) {
        if (!writer.isEmpty()) {
            // Filling up a datagram that is nearly full costs little; one that is not ends its train.
            if (writer.hasPlaceBehind() && writer.room() <= writer.maxDatagramBytes() / 8) {
                writer.sealFilled(stamp(nextDatagram++, firstOpenEvent));
            } else {
                flush();
            }
        }
        writer.begin(topic);
        firstOpenEvent = nextEvent;
    }

    /** Sends all that waits. */
    void flush() {
        if (writer.isClear()) {
            return;
        }
        if (!writer.isEmpty()) {
            writer.sealLast(stamp(nextDatagram++, firstOpenEvent));
        }
        send(writer.takeTrain());
        idleHeartbeats = 0;
        nextWordNs = environment.clock().nanoTime() + limits.heartbeat().toNanos();
    }

    /** Sends all that waits, and a heartbeat if one is due. */
    void doWork(long nowNs) {
        flush();
        if (nowNs - nextWordNs >= 0) {
            heartbeat(0);
            idleHeartbeats = Math.min(idleHeartbeats + 1, FAST_HEARTBEATS);
            Duration period = idleHeartbeats < FAST_HEARTBEATS ? limits.heartbeat() : limits.slowHeartbeat();
            nextWordNs = nowNs + period.toNanos();
        }
    }

    /**
     * Says that the stream has ended, each time that is due.
     *
     * @param listeners how many subscribers have not heard it
     * @return whether it has been said often enough
     */
    boolean sayEnd(int listeners, long nowNs) {
        flush();
        if (endsOfStream == 0) {
            endingSinceNs = nowNs;
            nextWordNs = nowNs;
        }
        if (nowNs - nextWordNs >= 0) {
            heartbeat(DatagramLayout.END_OF_STREAM);
            endsOfStream++;
            nextWordNs = nowNs + END_OF_STREAM_PERIOD_NS;
        }
        boolean isHeard = listeners == 0 && endsOfStream >= LEAST_ENDS_OF_STREAM;
        return isHeard || nowNs - endingSinceNs >= limits.linger().toNanos();
    }

    /** Where listeners come and go, the next one should not have to wait long to hear of this session. */
    void beFrequent(long nowNs) {
        idleHeartbeats = 0;
        long soonNs = nowNs + limits.heartbeat().toNanos();
        if (nextWordNs - soonNs > 0) {
            nextWordNs = soonNs;
        }
    }

    /** How long until {@link #doWork} or {@link #sayEnd} has something to do. */
    long untilDueNs(long nowNs) {
        return writer.isClear() ? Math.max(0, nextWordNs - nowNs) : 0;
    }

    private void heartbeat(int flags) {
        send(writer.heartbeat(flags, stamp(nextDatagram, nextEvent)));
    }

    private DatagramWriter.Stamp stamp(long sequence, long firstEvent) {
        long ageNs = environment.clock().nanoTime() - startNs;
        return new DatagramWriter.Stamp(session, sequence, firstEvent, ageNs, startEpochNanos + ageNs);
    }

    /** Datagrams that the operating system does not take are lost on the way like any other: subscribers are told. */
    private void send(ByteBuffer train) {
        int segmentBytes = Math.min(train.remaining(), writer.maxDatagramBytes());
        try {
            io.send(train, segmentBytes, target);
        } catch (IOException e) {
            if (datagramsNotSent == 0) {
                lock.tellLater(environment, new Notice.Degraded(address, "a datagram could not be sent: " + e.getMessage()));
            }
        }
        datagramsNotSent += (train.remaining() + segmentBytes - 1) / segmentBytes;
    }
}
