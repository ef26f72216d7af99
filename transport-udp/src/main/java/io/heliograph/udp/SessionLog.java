package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Numbers one session's events, packs them into datagrams, and keeps these, to be sent and sent again.
 *
 * <pre>
 *   event --> open datagram --close--> numbered, dated, proven datagrams, in RetainedLog's chunks
 *               ^                        ^
 *               DatagramWriter           Stamp, then a checksum or DatagramSeal
 * </pre>
 *
 * <p>Guarded by the publisher's lock. Allocates a chunk where one more is retained, and the bytes of an event that is larger
 * than a datagram.
 */
final class SessionLog {

    /** Above so many bytes an appender's chunk is taken as it is, instead of copied. */
    private static final int LEAST_BYTES_TAKEN = 8_192;

    private final RetainedLog log;
    private final DatagramWriter writer;
    private final Stamp stamp;
    private final CRC32C crc = new CRC32C();
    private final Optional<DatagramSeal> seal;
    private final SessionTime time;
    private final Environment environment;
    private long nextEvent;
    private long stampedEvents;

    /** @param seal hides and proves datagrams; empty for a checksum instead */
    SessionLog(Feed feed, long session, Optional<DatagramSeal> seal, SessionTime time, Environment environment) {
        this.log = new RetainedLog(feed.isReliable() ? feed.limits().retainedBytes() : 2L * Chunk.BYTES);
        this.writer = new DatagramWriter(feed.maxDatagramBytes(), feed.tailBytes(), log.open());
        this.stamp = new Stamp(session, feed.flags());
        this.seal = seal;
        this.time = time;
        this.environment = environment;
    }

    int maxDatagramBytes() {
        return writer.maxDatagramBytes();
    }

    /** Sequence of the next event. */
    long nextEvent() {
        return nextEvent;
    }

    /** Sequence behind the last datagram that is closed. */
    long end() {
        return log.end();
    }

    /** The oldest datagram that is kept. */
    long trail() {
        return log.trail();
    }

    /** The first event of the oldest datagram that is kept. */
    long trailEvent() {
        return log.trailEvent(stampedEvents);
    }

    /** The first event of a datagram that is kept, or of the next one. */
    long firstEvent(long sequence) {
        return sequence < log.end() ? log.chunkOf(sequence).firstEvent(sequence) : stampedEvents;
    }

    /** The chunk that holds a datagram that is kept. */
    Chunk chunkOf(long sequence) {
        return log.chunkOf(sequence);
    }

    /** How long the datagrams from {@code sequence} up to {@code end} are, as far as they are kept. */
    long length(long sequence, long end) {
        return log.length(sequence, end);
    }

    /** Whether no event waits in the open datagram. */
    boolean isClosed() {
        return writer.isEmpty();
    }

    /** The topic that frames in the open datagram need not repeat. */
    String topic() {
        return writer.topic();
    }

    /** Whether a frame of {@code frameBytes} has room in the open datagram, if one is open. */
    boolean hasRoom(int frameBytes) {
        return !writer.isEmpty() && writer.hasRoom(frameBytes);
    }

    /** Whether a frame of {@code frameBytes} on {@code topic} has room in a datagram of its own. */
    boolean canEverHold(String topic, int frameBytes) {
        return writer.canEverHold(topic, frameBytes);
    }

    /** Whether a datagram of the largest size has its place in the open chunk. */
    boolean hasPlace() {
        return log.open().hasPlace(writer.maxDatagramBytes());
    }

    /** Opens another chunk, if there is place for one when the datagrams before {@code needed} may be given up. */
    boolean openChunk(long needed) {
        if (!log.canOpen(1, needed)) {
            return false;
        }
        log.openNext(needed);
        writer.continueIn(log.open());
        return true;
    }

    /** Opens a datagram, which has its place, for events mostly on {@code topic}. */
    void open(String topic) {
        writer.begin(topic);
    }

    /** Writes the next event into the open datagram, which has room for it. */
    void append(Event event) {
        writer.append(event);
        nextEvent++;
    }

    /** The same, of bytes alone. */
    void append(String topic, byte[] bytes, int from, int length) {
        writer.append(topic, bytes, from, length);
        nextEvent++;
    }

    /** Closes the open datagram, filled up to the length of its neighbours if it is nearly full. */
    void close() {
        writer.seal();
        stampSealed();
    }

    /** Closes the open datagram as short as it is. */
    void closeAsItIs() {
        writer.sealAsItIs();
        stampSealed();
    }

    private void stampSealed() {
        time.date(stamp, environment.clock().nanoTime());
        Chunk chunk = log.open();
        while (!chunk.isStamped()) {
            stamp.firstEvent = stampedEvents;
            stampedEvents += seal.isPresent() ? chunk.stamp(stamp, seal.get()) : chunk.stamp(stamp, crc);
        }
    }

    /** Whether a frame of {@code frameBytes} has its place, in parts, when the datagrams before {@code needed} may be given up. */
    boolean hasPlaceForParts(int frameBytes, long needed) {
        int perChunk = Chunk.BYTES / writer.maxDatagramBytes();
        int chunks = (frameBytes / writer.partBytes() + 1) / perChunk + 2;
        return log.canOpen(chunks, needed);
    }

    /** Cuts an event of {@code frameBytes}, which has its place, into parts, each a datagram; none may be open. */
    void appendParts(Event event, int frameBytes, long needed) {
        ByteBuffer frame = ByteBuffer.allocate(frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        FrameEncoder.encode(event, FrameEncoder.NO_TOPIC, frame);
        frame.flip();
        int offset = 0;
        while (offset < frameBytes) {
            if (!hasPlace()) {
                log.openNext(needed);
                writer.continueIn(log.open());
            }
            offset += writer.fragment(frame, offset);
            stampSealed();
        }
        nextEvent++;
    }

    /** Whether an appender's datagrams have their place in the open chunk, or instead of it. */
    boolean hasPlaceFor(Chunk written) {
        return isSmall(written) ? log.open().hasPlaceFor(written) : log.open().isEmpty();
    }

    /** Takes an appender's datagrams in, sealed and not stamped, which have their place. */
    void take(UdpAppender appender, Chunk written, int events) {
        if (isSmall(written)) {
            log.open().copy(written);
            written.clear(0);
            appender.continueIn(written);
        } else {
            appender.continueIn(log.exchange(written));
            writer.continueIn(written);
        }
        nextEvent += events;
        stampSealed();
    }

    private static boolean isSmall(Chunk written) {
        return written.sealedBytes() < LEAST_BYTES_TAKEN;
    }

    /** Whether only the open chunk is left. */
    boolean hasOneChunk() {
        return log.hasOneChunk();
    }

    /** Sequence behind the oldest chunk. */
    long endOfOldest() {
        return log.endOfOldest();
    }

    /** Gives up the oldest chunk, whoever needs it. */
    void giveUpOldest() {
        log.giveUpOldest();
    }
}
