package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;

/**
 * Events that wait in a lane, packed as they will be sent. From its front events can be given up; then it is sealed, and
 * its bytes are a message.
 *
 * <pre>
 *  0          entriesAt        head                       position
 *  +----------+----------------+---------------------------+
 *  | header   | given up       | entries that wait         |  room
 *  +----------+----------------+---------------------------+
 *               `before` tells of these
 * </pre>
 *
 * <p>Guarded by its publisher's lock. An event is copied here once, and again only when the bytes grow.
 */
final class Chunk {

    private static final int FIXED_SIZE = Event.of("t", new byte[0]).size() - 1;

    /** An event that may wait only so long. */
    private record Deadline(long sequence, long deadlineNs) {
    }

    private final String topic;
    private final boolean isEvictable;
    private final Account before = new Account();
    private final ArrayDeque<Deadline> deadlines = new ArrayDeque<>(0);
    private ByteBuffer buffer;
    private int head;
    private int events;
    private long sizeBytes;
    private long end;
    private Optional<LaneState> state = Optional.empty();

    /**
     * @param topic       the context of its frames
     * @param isEvictable whether its events may be given up for later ones
     * @param sequence    of its first entry
     * @param bytes       to pack them in, in the beginning; nobody else's from here on
     */
    Chunk(String topic, boolean isEvictable, long sequence, byte[] bytes) {
        this.topic = topic;
        this.isEvictable = isEvictable;
        this.head = MessageLayout.TOPIC_AT + topic.length();
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(head);
        this.end = sequence;
        before.clear(sequence);
    }

    String topic() {
        return topic;
    }

    boolean isEvictable() {
        return isEvictable;
    }

    /** How many events wait here. */
    int events() {
        return events;
    }

    /** What they count for in a limit. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** The sequence behind its last entry. */
    long end() {
        return end;
    }

    /** The sequence of its first entry, or of what has been given up before that. */
    long from() {
        return before.from();
    }

    /** What it is packed in; for another one, when this is given up. */
    byte[] bytes() {
        return buffer.array();
    }

    /** How large it is as a message so far. */
    int encodedBytes() {
        return buffer.position();
    }

    /** Word of what was given up from its front. */
    Account before() {
        return before;
    }

    /** What the subscriber must be told before this. */
    Optional<LaneState> state() {
        return state;
    }

    void state(Optional<LaneState> inForce) {
        state = inForce;
    }

    /** What was given up before this belongs to this from now on. */
    void prepend(Account earlier) {
        before.prepend(earlier);
    }

    /** Whether an event here has waited longer than it may. */
    boolean hasExpired(long nowNs) {
        for (Deadline each : deadlines) {
            if (nowNs - each.deadlineNs() >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Words of what was not wanted or is lost, behind what is here. */
    void append(Account account) {
        if (account.isEmpty()) {
            return;
        }
        makeRoom(account.encodedLength());
        account.put(buffer);
        end = account.end();
    }

    /** An event, behind what is here. */
    void append(Event event, int encodedBytes, long nowNs) {
        makeRoom(encodedBytes);
        FrameEncoder.encode(event, topic, buffer);
        if (event.ttl().isPresent()) {
            deadlines.addLast(new Deadline(end, nowNs + event.ttl().get().toNanos()));
        }
        count(event.size());
    }

    /** When the event that comes next was sent, since that was not when this will be. */
    void appendSent(long sentEpochNanos) {
        makeRoom(MessageLayout.SENT_ENTRY_BYTES);
        buffer.putInt(MessageLayout.KIND_SENT << MessageLayout.KIND_BITS).putLong(sentEpochNanos);
    }

    /** Bytes of no stated type, behind what is here. */
    void append(String eventTopic, byte[] bytes, int from, int length, int encodedBytes) {
        makeRoom(encodedBytes);
        FrameEncoder.encodeBytes(eventTopic, topic, bytes, from, length, buffer);
        count(size(eventTopic.length(), length));
    }

    /** What bytes of no stated type count for in a limit. */
    static int size(int topicLength, int length) {
        return (int) Math.min((long) FIXED_SIZE + topicLength + length, Integer.MAX_VALUE);
    }

    private void count(int size) {
        events++;
        sizeBytes += size;
        end++;
    }

    private void makeRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            long needed = (long) buffer.position() + bytes;
            int capacity = (int) Math.min(Math.max(needed, 2L * buffer.capacity()), Integer.MAX_VALUE - 16);
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).order(ByteOrder.LITTLE_ENDIAN).position(buffer.position());
        }
    }

    /** Gives up the oldest event; says what it counted for. */
    int giveUpOldest(LossReason reason, FrameDecoder decoder) {
        passAccounts();
        int size = sizeAtHead(decoder);
        head = endAtHead();
        forgetDeadline(before.end());
        before.lose(reason);
        events--;
        sizeBytes -= size;
        passAccounts();
        return size;
    }

    /** What is not an event at the head becomes a part of what was before. */
    private void passAccounts() {
        while (head < buffer.position() && Account.isAccount(buffer.getInt(head))) {
            int length = Account.entryLength(buffer.getInt(head));
            if (!before.read(buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(head).limit(buffer.position()))) {
                throw new AssertionError("an account that this lane wrote");
            }
            head += length;
        }
    }

    private void forgetDeadline(long sequence) {
        if (!deadlines.isEmpty() && deadlines.getFirst().sequence() == sequence) {
            deadlines.removeFirst();
        }
    }

    /** Where the frame of the oldest event begins. */
    private int frameAtHead() {
        return MessageLayout.isSentEntry(buffer.getInt(head)) ? head + MessageLayout.SENT_ENTRY_BYTES : head;
    }

    /** Where it ends. */
    private int endAtHead() {
        int frame = frameAtHead();
        return frame + FrameDecoder.frameLength(buffer.getInt(frame));
    }

    private int sizeAtHead(FrameDecoder decoder) {
        int frame = frameAtHead();
        int word = buffer.getInt(frame);
        if (FrameDecoder.isBare(word)) {
            return size(topic.length(), FrameDecoder.frameLength(word) - FrameEncoder.HEADER_BYTES);
        }
        return switch (decoder.decode(buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(frame).limit(buffer.position()), topic)) {
            case DecodedEvent(Event event) -> event.size();
            case MalformedFrame reason -> throw new AssertionError("a frame that this lane wrote: " + reason);
        };
    }

    /** Whether the oldest event here has waited longer than it may. */
    boolean isOldestExpired(long nowNs) {
        passAccounts();
        return !deadlines.isEmpty() && deadlines.getFirst().sequence() == before.end() && nowNs - deadlines.getFirst().deadlineNs() >= 0;
    }

    /**
     * Moves the oldest event into {@code target}, another chunk; says what it counts for.
     */
    int moveOldest(Chunk target, FrameDecoder decoder) {
        passAccounts();
        target.append(before);
        int size = sizeAtHead(decoder);
        int length = endAtHead() - head;
        target.makeRoom(length);
        target.buffer.put(buffer.array(), head, length);
        target.count(size);
        head += length;
        events--;
        sizeBytes -= size;
        forgetDeadline(before.end());
        before.clear(before.end() + 1);
        passAccounts();
        return size;
    }

    /**
     * Makes a message of all that is here. Nothing can be appended or given up afterwards.
     *
     * @param eventsBefore how many events of this lane were sealed before
     * @return from index 0 to its capacity
     */
    ByteBuffer seal(long session, long subscriber, long eventsBefore, long sentEpochNanos) {
        if (!before.isEmpty()) {
            putBefore();
        }
        int start = head - headerBytes();
        int position = buffer.position();
        buffer.position(start);
        putHeader(buffer, events, session, subscriber, before.from(), eventsBefore, sentEpochNanos, topic);
        buffer.position(position);
        return buffer.slice(start, position - start);
    }

    /** Writes word of what was given up, in the place of what it tells of where that is large enough. */
    private void putBefore() {
        int length = before.encodedLength();
        int missing = headerBytes() + length - head;
        if (missing > 0) {
            makeRoom(missing);
            int position = buffer.position();
            System.arraycopy(buffer.array(), head, buffer.array(), head + missing, position - head);
            buffer.position(position + missing);
            head += missing;
        }
        head -= length;
        int position = buffer.position();
        before.put(buffer.position(head));
        buffer.position(position);
    }

    private int headerBytes() {
        return MessageLayout.TOPIC_AT + topic.length();
    }

    /** Whether nothing but words of what was given up is here. */
    boolean hasNoEntries() {
        return head == buffer.position();
    }

    /** Writes what stands before the entries of DATA. */
    @SuppressWarnings("deprecation") // The one way to copy ASCII without an array between.
    private static void putHeader(ByteBuffer target, int events, long session, long subscriber, long from, long eventsBefore,
            long sentEpochNanos, String topic) {
        MessageLayout.putHeader(target, MessageType.DATA, events, session, subscriber);
        target.putLong(from).putLong(eventsBefore).putLong(sentEpochNanos).put((byte) topic.length());
        topic.getBytes(0, topic.length(), target.array(), target.arrayOffset() + target.position());
        target.position(target.position() + topic.length());
    }
}
