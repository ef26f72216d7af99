package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Numbers one session's events, packs them into datagrams, keeps these, and sends them as far as it may:
 * {@link SessionReceiver}'s other side. Datagrams leave as trains, when there are enough of them or when {@link #flush} is
 * called. Guarded by the publisher's lock; a function of what it is given and of the injected clock.
 */
final class SessionSender {

    private static final int FAST_HEARTBEATS = 20;
    private static final int LEAST_ENDS_OF_STREAM = 3;
    private static final long END_OF_STREAM_PERIOD_NS = Duration.ofMillis(10).toNanos();
    private static final long STALLED_HEARTBEAT_NS = Duration.ofMillis(10).toNanos();
    private static final long RETRY_NS = Duration.ofNanos(100_000).toNanos();
    /** How often a publisher that never rests says where it stands, so that its subscribers' answers tell how long the way is. */
    private static final long PROBE_NS = Duration.ofMillis(100).toNanos();
    private static final long NARROW_PROBE_NS = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_ROUND_TRIP_NS = Duration.ofSeconds(10).toNanos();
    /** Above so many bytes an appender's chunk is taken as it is, instead of copied. */
    private static final int LEAST_BYTES_TAKEN = 8_192;

    /** What became of an event that was to be appended. */
    enum Appended { TAKEN, TOO_LARGE, NO_ROOM }

    private final String address;
    private final List<InetSocketAddress> targets;
    private final DatagramIo io;
    private final UdpLimits limits;
    private final TellingLock lock;
    private final Environment environment;
    private final long session;
    private final int flags;
    private final long startEpochNanos;
    private final long startNs;
    private final RetainedLog log;
    private final DatagramWriter writer;
    private final ControlWriter control = new ControlWriter();
    private final Stamp stamp;
    private final CRC32C crc = new CRC32C();
    private final Optional<DatagramSeal> seal;
    private final int datagramsPerTrain;
    private final SendRate rate;
    private final SkippedDatagrams skipped = new SkippedDatagrams();
    private RepairQueue repairs = new RepairQueue(new RepairGate(1, new TokenBucket(0, 1, 0)));
    private long nextEvent;
    private long stampedEvents;
    private long sent;
    private long limitDatagram = Long.MAX_VALUE;
    private long neededDatagram = Long.MAX_VALUE;
    private long datagramsNotSent;
    private long datagramsSkipped;
    private long lastSentNs;
    private long retryNs;
    private boolean isToBeRetried;
    private boolean isPacing;
    private boolean isHeldBack;
    private long told;
    private long acknowledged;
    private long lastWordNs;
    private long nextWordNs;
    private int idleHeartbeats;
    private int endsOfStream;
    private long endingSinceNs;
    private int waiting;

    /** @param io sends; the owner closes it */
    SessionSender(Feed feed, DatagramIo io, TellingLock lock, Environment environment) {
        this.address = feed.address();
        this.targets = feed.targets();
        this.io = io;
        this.limits = feed.limits();
        this.flags = feed.flags();
        this.lock = lock;
        this.environment = environment;
        this.startEpochNanos = environment.wallClock().epochNanos();
        this.startNs = environment.clock().nanoTime();
        this.nextWordNs = startNs;
        this.lastSentNs = startNs;
        this.session = Session.start(startEpochNanos, environment.random());
        this.stamp = new Stamp(session, flags);
        this.log = new RetainedLog(isReliable() ? limits.retainedBytes() : 2L * Chunk.BYTES);
        this.writer = new DatagramWriter(feed.maxDatagramBytes(), feed.tailBytes(), log.open());
        this.seal = feed.key().map(key -> DatagramSeal.ofPublisher(key.bytes(), session));
        this.rate = new SendRate(feed.rateBytesPerSecond(), feed.maxDatagramBytes(), startNs);
        this.datagramsPerTrain = Math.min(DatagramIo.MAX_TRAIN_SEGMENTS, DatagramIo.MAX_TRAIN_BYTES / feed.maxDatagramBytes());
    }

    boolean isReliable() {
        return (flags & DatagramLayout.RELIABLE) != 0;
    }

    long session() {
        return session;
    }

    int maxDatagramBytes() {
        return writer.maxDatagramBytes();
    }

    /** Sequence of the next event. */
    long nextEvent() {
        return nextEvent;
    }

    /** Sequence behind the last datagram that exists. */
    long end() {
        return log.end();
    }

    /** Datagrams that the operating system did not take; where nothing repairs them, their events are lost(network). */
    long datagramsNotSent() {
        return datagramsNotSent;
    }

    /** Datagrams that were given up before they were sent. */
    long datagramsSkipped() {
        return datagramsSkipped;
    }

    /** Whether everything that was appended has been sent. */
    boolean isClear() {
        return writer.isEmpty() && sent == log.end() && repairs.isEmpty();
    }

    /** Whether reports should be heard soon, since what they allow is half used up. */
    boolean isShortOfCredit() {
        return limitDatagram != Long.MAX_VALUE && limitDatagram - sent < sent - neededDatagram;
    }

    /** When something was last sent. */
    long lastSentNs() {
        return lastSentNs;
    }

    /**
     * How far receivers let this session go.
     *
     * @param limit  the first datagram that may not be sent yet
     * @param needed the first datagram that may not be given up yet
     */
    void limit(long limit, long needed) {
        limitDatagram = limit;
        neededDatagram = needed;
    }

    /** Takes an event in as the session's next. */
    Appended append(Event event) {
        if (writer.isEmpty() || !writer.hasRoom(FrameEncoder.encodedLength(event, writer.topic()))) {
            if (!writer.canEverHold(event.topic(), FrameEncoder.encodedLength(event, event.topic()))) {
                return appendLarge(event);
            }
            if (!beginDatagram(event.topic())) {
                return Appended.NO_ROOM;
            }
        }
        writer.append(event);
        nextEvent++;
        return Appended.TAKEN;
    }

    /**
     * Takes bytes in as the session's next event.
     *
     * @throws io.heliograph.ConfigException if {@code topic} is not a topic
     */
    Appended append(String topic, byte[] bytes, int from, int length) {
        if (!topic.equals(writer.topic()) || topic.isEmpty()) {
            Topic.require(topic);
        }
        if (writer.isEmpty() || !writer.hasRoom(FrameEncoder.encodedLength(topic, writer.topic(), length))) {
            if (!writer.canEverHold(topic, FrameEncoder.encodedLength(topic, topic, length))) {
                return appendLarge(Event.builder(topic).data(java.util.Arrays.copyOfRange(bytes, from, from + length)).build());
            }
            if (!beginDatagram(topic)) {
                return Appended.NO_ROOM;
            }
        }
        writer.append(topic, bytes, from, length);
        nextEvent++;
        return Appended.TAKEN;
    }

    private boolean beginDatagram(String topic) {
        endDatagram();
        if (!hasPlace()) {
            return false;
        }
        writer.begin(topic);
        return true;
    }

    private void endDatagram() {
        if (!writer.isEmpty()) {
            writer.seal();
            stampSealed();
            if (log.end() - sent >= datagramsPerTrain) {
                pump();
            }
        }
    }

    /** Makes sure of a place for a datagram of the largest size. */
    private boolean hasPlace() {
        if (log.open().hasPlace(writer.maxDatagramBytes())) {
            return true;
        }
        pump();
        return openChunk();
    }

    private boolean openChunk() {
        if (!log.canOpen(1, releasable())) {
            return false;
        }
        log.openNext(releasable());
        writer.continueIn(log.open());
        return true;
    }

    private long releasable() {
        return Math.min(sent, neededDatagram);
    }

    /** Cuts an event that is larger than a datagram into parts, each a datagram. Allocates the event's bytes once. */
    private Appended appendLarge(Event event) {
        int length = FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC);
        if (!isReliable() || length > DatagramLayout.MAX_FRAME_BYTES) {
            return Appended.TOO_LARGE;
        }
        endDatagram();
        int perChunk = Chunk.BYTES / writer.maxDatagramBytes();
        int chunks = (length / writer.partBytes() + 1) / perChunk + 2;
        if (!log.canOpen(chunks, releasable())) {
            return Appended.NO_ROOM;
        }
        ByteBuffer frame = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        FrameEncoder.encode(event, FrameEncoder.NO_TOPIC, frame);
        frame.flip();
        int offset = 0;
        while (offset < length) {
            if (!log.open().hasPlace(writer.maxDatagramBytes())) {
                log.openNext(releasable());
                writer.continueIn(log.open());
            }
            offset += writer.fragment(frame, offset);
            stampSealed();
        }
        nextEvent++;
        pump();
        return Appended.TAKEN;
    }

    /**
     * Takes an appender's datagrams in, sealed and not stamped.
     *
     * @return the chunk that the appender goes on with, or the same one, untouched, if there is no room
     */
    boolean take(UdpAppender appender, Chunk written, int events) {
        endDatagram();
        boolean isSmall = written.sealedBytes() < LEAST_BYTES_TAKEN;
        boolean fits = isSmall ? log.open().hasPlaceFor(written) : log.open().isEmpty();
        if (!fits && !openChunk()) {
            pump();
            if (!openChunk()) {
                return false;
            }
        }
        if (isSmall) {
            log.open().copy(written);
            written.clear(0);
            appender.continueIn(written);
        } else {
            appender.continueIn(log.exchange(written));
            writer.continueIn(written);
        }
        nextEvent += events;
        stampSealed();
        pump();
        return true;
    }

    private void stampSealed() {
        long ageNs = environment.clock().nanoTime() - startNs;
        stamp.at(ageNs, startEpochNanos + ageNs);
        Chunk chunk = log.open();
        while (!chunk.isStamped()) {
            stamp.firstEvent = stampedEvents;
            stampedEvents += seal.isPresent() ? chunk.stamp(stamp, seal.get()) : chunk.stamp(stamp, crc);
        }
    }

    /** Gives up the oldest datagrams, sent or not, so that there is room. */
    void giveUpOldest() {
        if (log.hasOneChunk()) {
            endDatagram();
            return;
        }
        long trail = log.endOfOldest();
        if (sent < trail) {
            tellSent(environment.clock().nanoTime());
            rate.skipped(sent, (int) (trail - sent));
            datagramsSkipped += trail - sent;
            skipped.add(sent, trail, eventAt(trail), rate.isPaced() && sent < limitDatagram ? LossReason.RATE : LossReason.OVERFLOW);
            sent = trail;
            told = trail;
        }
        log.giveUpOldest();
    }

    /** Sends all that waits and may be sent. */
    void flush() {
        if (!writer.isEmpty()) {
            writer.sealAsItIs();
            stampSealed();
        }
        resume();
    }

    /** Goes on with what could not be sent before. */
    void resume() {
        if (sent < log.end() || !repairs.isEmpty()) {
            pump();
        }
    }

    private void pump() {
        long end = Math.min(log.end(), limitDatagram);
        long before = sent;
        isToBeRetried = false;
        isPacing = false;
        isHeldBack = false;
        if (!repairs.isEmpty()) {
            sendRepairs();
        }
        if (skipped.isUnsaid() && sent < end) {
            sayLoss();
        }
        while (sent < end && !isToBeRetried && !isHeldBack) {
            Chunk chunk = log.chunkOf(sent);
            int datagrams = chunk.train(sent, end - sent);
            if (rate.isPaced()) {
                datagrams = paced(chunk, sent, inFlight(chunk, datagrams), targets.size());
            }
            if (datagrams > 0 && sendAll(chunk, sent, datagrams)) {
                sent += datagrams;
            }
        }
        if (sent > before) {
            idleHeartbeats = 0;
            lastSentNs = environment.clock().nanoTime();
            nextWordNs = lastSentNs + limits.heartbeat().toNanos();
            if (isReliable()) {
                sayAt(lastWordNs + (rate.isPaced() ? NARROW_PROBE_NS : PROBE_NS));
            }
            if (rate.isPaced()) {
                tellSent(lastSentNs);
            }
        }
        if (sent < log.end()) {
            // The report that would let it go on may have been lost: who hears a heartbeat reports again.
            sayAt(environment.clock().nanoTime() + STALLED_HEARTBEAT_NS);
        }
        if (isToBeRetried && !isPacing) {
            retryNs = environment.clock().nanoTime() + RETRY_NS;
        }
    }

    /** How many of {@code datagrams} the rate allows now; if none, it is to be tried again when one is. */
    private int paced(Chunk chunk, long sequence, int datagrams, int places) {
        if (datagrams == 0) {
            return 0;
        }
        long nowNs = environment.clock().nanoTime();
        int bytes = chunk.length(sequence) * places;
        int allowed = 0;
        while (allowed < datagrams && rate.take(bytes, nowNs)) {
            allowed++;
        }
        isPacing = allowed == 0;
        if (isPacing) {
            isToBeRetried = true;
            retryNs = nowNs + rate.untilNs(bytes, nowNs);
        }
        return allowed;
    }

    /** How many of {@code datagrams} may be on their way beside those that are; if none, an acknowledgement lets them go on. */
    private int inFlight(Chunk chunk, int datagrams) {
        if (limitDatagram == Long.MAX_VALUE || rate.inFlightBytes() == RateControl.UNLIMITED) {
            return datagrams;
        }
        long room = rate.inFlightBytes() - log.length(neededDatagram, sent);
        int allowed = Math.clamp(room / chunk.length(sent), 0, datagrams);
        isHeldBack = allowed == 0;
        return allowed;
    }

    /** Sends repairs that waited, as many as the rate allows. */
    private void sendRepairs() {
        while (!isToBeRetried && repairs.hasNext(log.trail())) {
            Chunk chunk = log.chunkOf(repairs.from());
            int datagrams = chunk.train(repairs.from(), repairs.end() - repairs.from());
            if (rate.isPaced()) {
                datagrams = paced(chunk, repairs.from(), datagrams, repairs.to().size());
            }
            if (datagrams > 0) {
                sendAgain(chunk, datagrams);
            }
        }
    }

    private void sendAgain(Chunk chunk, int datagrams) {
        long nowNs = environment.clock().nanoTime();
        long bytes = 0;
        for (InetSocketAddress target : repairs.to()) {
            ByteBuffer train = chunk.view(repairs.from(), datagrams);
            bytes += train.remaining();
            send(train, chunk.length(repairs.from()), target);
        }
        repairs.left(datagrams, nowNs);
        rate.repaired(datagrams, bytes, nowNs);
    }

    /** Sends to every line; says {@code false} if the operating system is to be tried again later. */
    private boolean sendAll(Chunk chunk, long sequence, int datagrams) {
        int segmentBytes = chunk.length(sequence);
        for (int line = 0; line < targets.size(); line++) {
            ByteBuffer train = chunk.view(sequence, datagrams);
            if (!send(train, segmentBytes, targets.get(line))) {
                int left = (train.remaining() + segmentBytes - 1) / segmentBytes;
                if (isReliable() && line == 0) {
                    sent += datagrams - left;
                    isToBeRetried = true;
                    return false;
                }
                datagramsNotSent += left;
            }
        }
        return true;
    }

    /** From now on sends again what {@code queue} holds, as it was, before anything new: all within the log and sent. */
    void answerFrom(RepairQueue queue) {
        repairs = queue;
    }

    /** Whether nothing new is there that may leave. */
    boolean isNewHeldBack() {
        return isHeldBack || sent >= Math.min(log.end(), limitDatagram);
    }

    /** Bytes that may leave in a second. */
    long bytesPerSecond() {
        return rate.bytesPerSecond();
    }

    /** What a question and its answer take; 0 as long as it is not known. */
    long roundTripNs() {
        return rate.roundTripNs();
    }

    /** How often congestion was answered with a limit. */
    long congestions() {
        return rate.engagements();
    }

    /** What has left since the last time is told to who judges the rate; not each time something leaves, which is too often. */
    void tellSent(long nowNs) {
        if (told < sent) {
            rate.sent(told, (int) (sent - told), log.length(told, sent) * targets.size(), nowNs);
            told = sent;
        }
    }

    /** The receiver that stands for the others has reported. */
    void hearReference(Datagram status, long nowNs) {
        tellSent(nowNs);
        if (status.sentEpochNanos() != 0) {
            long sampleNs = startEpochNanos + (nowNs - startNs) - status.sentEpochNanos() - status.heldNs();
            if (sampleNs >= 0 && sampleNs <= LONGEST_ROUND_TRIP_NS) {
                rate.roundTrip(sampleNs);
            }
        }
        hearArrived(status.sequence(), nowNs);
    }

    /** So many datagrams the receiver that stands for the others has or has given up. */
    void hearArrived(long claimed, long nowNs) {
        long arrived = Math.min(claimed, sent);
        if (arrived > acknowledged) {
            // Which ones is not known; they are near the last ones, and about as long.
            long datagrams = arrived - acknowledged;
            rate.acknowledged(log.length(sent - datagrams, sent) * targets.size(), nowNs);
            acknowledged = arrived;
        }
    }

    /** The receiver that stands for the others misses datagrams. */
    void asked(long from, long count, long nowNs) {
        rate.asked(from, count, nowNs);
    }

    /** Repairs that left for the receiver that stands for the others did not arrive. */
    void repairsLost(int datagrams, long nowNs) {
        rate.repairsLost(datagrams, nowNs);
    }

    /** How long a datagram is that can be repaired. */
    int length(long sequence) {
        return log.chunkOf(sequence).length(sequence);
    }

    /** The oldest datagram that can be repaired. */
    long trail() {
        return log.trail();
    }

    /** The first datagram that has not been sent. */
    long sent() {
        return sent;
    }

    List<InetSocketAddress> targets() {
        return targets;
    }

    /** Sends all that may be sent, and a heartbeat if one is due. */
    void doWork(Standing standing, long nowNs) {
        if (isReliable()) {
            tellSent(nowNs);
            rate.onTime(nowNs);
        }
        flush();
        if (nowNs - nextWordNs >= 0) {
            heartbeat(standing, 0);
            idleHeartbeats = Math.min(idleHeartbeats + 1, FAST_HEARTBEATS);
            nextWordNs = nowNs + heartbeatPeriodNs();
        }
    }

    /** Whether something cannot be sent, or a thread waits for room. */
    private boolean isHeldUp() {
        return sent < log.end() || waiting > 0;
    }

    private long heartbeatPeriodNs() {
        if (isHeldUp()) {
            return STALLED_HEARTBEAT_NS;
        }
        return (idleHeartbeats < FAST_HEARTBEATS ? limits.heartbeat() : limits.slowHeartbeat()).toNanos();
    }

    /**
     * Says that the stream has ended, each time that is due.
     *
     * @param listeners how many subscribers have not heard it
     * @return whether it has been said often enough
     */
    boolean sayEnd(Standing standing, int listeners, long nowNs) {
        flush();
        if (endsOfStream == 0) {
            endingSinceNs = nowNs;
            nextWordNs = nowNs;
        }
        if (nowNs - nextWordNs >= 0) {
            heartbeat(standing, sent == log.end() ? DatagramLayout.END_OF_STREAM : 0);
            endsOfStream++;
            nextWordNs = nowNs + END_OF_STREAM_PERIOD_NS;
        }
        boolean isHeard = listeners == 0 && endsOfStream >= LEAST_ENDS_OF_STREAM && sent == log.end();
        return isHeard || nowNs - endingSinceNs >= lingerNs();
    }

    /** A subscriber that is waited for may rest as long as one that is not evicted. */
    private long lingerNs() {
        long lingerNs = limits.linger().toNanos();
        return isReliable() ? Math.max(lingerNs, limits.eviction().toNanos()) : lingerNs;
    }

    /** Somebody has come further: the end need not be given up yet. */
    void lingerOn(long nowNs) {
        endingSinceNs = nowNs;
    }

    /** Where listeners come and go, the next one should not have to wait long to hear of this session. */
    void beFrequent(long nowNs) {
        idleHeartbeats = 0;
        sayAt(nowNs + limits.heartbeat().toNanos());
    }

    /** A thread begins to wait for room: whoever hears a heartbeat reports what room it has. */
    void beginWait(long nowNs) {
        waiting++;
        sayAt(nowNs + STALLED_HEARTBEAT_NS);
    }

    /** A thread waits no longer. */
    void endWait() {
        waiting--;
    }

    /** Somebody should hear soon where this session stands. */
    void sayAt(long atNs) {
        if (nextWordNs - atNs > 0) {
            nextWordNs = atNs;
        }
    }

    /** How long until {@link #doWork} or {@link #sayEnd} has something to do. */
    long untilDueNs(long nowNs) {
        boolean isAnyLeft = !repairs.isEmpty() || sent < Math.min(log.end(), limitDatagram) && !isHeldBack;
        if (!writer.isEmpty() || isAnyLeft && !isToBeRetried) {
            return 0;
        }
        long untilWord = Math.max(0, nextWordNs - nowNs);
        return isToBeRetried ? Math.min(untilWord, Math.max(0, retryNs - nowNs)) : untilWord;
    }

    /** How the publisher stands, beside the log: how many receivers it knows, and its policy as text. */
    record Standing(int receivers, byte[] policy) {
    }

    /** Tells one receiver where the session stands. */
    void heartbeatTo(Standing standing, InetSocketAddress target) {
        ByteBuffer datagram = heartbeatOf(standing, 0);
        send(datagram, datagram.remaining(), target);
    }

    /** Tells one receiver what to say so that it is believed. */
    void cookieTo(long receiverId, long cookie, InetSocketAddress target) {
        ByteBuffer datagram = sealed(control.cookie(session, receiverId, cookie));
        send(datagram, datagram.remaining(), target);
    }

    private void heartbeat(Standing standing, int more) {
        sayLoss();
        lastWordNs = environment.clock().nanoTime();
        for (int line = 0; line < targets.size(); line++) {
            ByteBuffer datagram = heartbeatOf(standing, more);
            if (!send(datagram, datagram.remaining(), targets.get(line))) {
                datagramsNotSent++;
            }
        }
    }

    /** What was given up is said before what follows it. */
    private void sayLoss() {
        Optional<Loss> loss = skipped.toBeSaid();
        if (loss.isPresent()) {
            boolean isSaid = true;
            for (InetSocketAddress target : targets) {
                isSaid &= lossTo(loss.get(), target);
            }
            if (isSaid) {
                skipped.said();
            }
        }
    }

    /** Tells one receiver what of the datagrams that it asks for was never sent. */
    void lossesTo(long from, long count, InetSocketAddress target) {
        skipped.among(from, count).forEach(loss -> lossTo(loss, target));
    }

    private boolean lossTo(Loss loss, InetSocketAddress target) {
        stampNow();
        ByteBuffer datagram = sealed(control.lost(stamp, sent, loss));
        return send(datagram, datagram.remaining(), target);
    }

    private void stampNow() {
        long ageNs = environment.clock().nanoTime() - startNs;
        stamp.at(ageNs, startEpochNanos + ageNs);
        stamp.firstEvent = eventAt(sent);
    }

    private ByteBuffer heartbeatOf(Standing standing, int more) {
        stampNow();
        return sealed(control.heartbeat(stamp, sent, new ControlWriter.Standing(log.trail(), log.trailEvent(stampedEvents),
                standing.receivers(), writer.maxDatagramBytes(), standing.policy()), more));
    }

    private ByteBuffer sealed(ByteBuffer datagram) {
        if (seal.isPresent()) {
            seal.get().seal(datagram);
        }
        return datagram;
    }

    private long eventAt(long datagram) {
        return datagram < log.end() ? log.chunkOf(datagram).firstEvent(datagram) : stampedEvents;
    }

    private boolean send(ByteBuffer train, int segmentBytes, InetSocketAddress target) {
        try {
            return io.send(train, segmentBytes, target);
        } catch (IOException e) {
            if (datagramsNotSent == 0) {
                lock.tellLater(environment, new Notice.Degraded(address, "a datagram could not be sent: " + e.getMessage()));
            }
            datagramsNotSent += (train.remaining() + segmentBytes - 1) / segmentBytes;
            train.position(train.limit());
            return true;
        }
    }
}
