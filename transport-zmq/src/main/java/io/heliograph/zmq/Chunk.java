package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    /** Less is copied: it is less than what a chunk takes besides. */
    private static final int LEAST_SHARED_BYTES = 1 << 10;

    /**
     * Events that lie behind one another.
     *
     * @param from  the sequence of the first
     * @param at    where that begins
     * @param bytes how long they are together
     */
    record Run(long from, int at, int bytes, int events, long sizeBytes) {
    }

    private final String topic;
    private final boolean isEvictable;
    /** Whether others read the same bytes, so that none of them may change. */
    private final boolean isShared;
    private final BytePool pool;
    private final Account before = new Account();
    private final Deadlines deadlines = new Deadlines();
    private ByteBuffer buffer;
    private int head;
    private int events;
    private long sizeBytes;
    private long end;
    private Optional<LaneState> state = Optional.empty();
    /** What it is packed in, if that is to be given back. */
    private Optional<BytePool.Loan> loan = Optional.empty();

    /**
     * @param topic       the context of its frames
     * @param isEvictable whether its events may be given up for later ones
     * @param sequence    of its first entry
     * @param bytes       to pack them in from index 0, in the beginning; nobody else's from here on
     * @param pool        of what they are packed in when there are more
     */
    Chunk(String topic, boolean isEvictable, long sequence, ByteBuffer bytes, BytePool pool) {
        this.topic = topic;
        this.isEvictable = isEvictable;
        this.isShared = false;
        this.pool = pool;
        this.head = MessageLayout.TOPIC_AT + topic.length();
        this.buffer = bytes.clear().order(ByteOrder.LITTLE_ENDIAN).position(head);
        this.end = sequence;
        before.clear(sequence);
    }

    /** @param loan to pack them in, in the beginning; its first reader is this */
    Chunk(String topic, boolean isEvictable, long sequence, BytePool.Loan loan, BytePool pool) {
        this(topic, isEvictable, sequence, loan.bytes(), pool);
        this.loan = Optional.of(loan);
    }

    private Chunk(Chunk others, Run run, boolean isEvictable) {
        this.topic = others.topic;
        this.isEvictable = isEvictable;
        this.isShared = true;
        this.pool = others.pool;
        this.head = run.at();
        this.buffer = others.buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(run.at() + run.bytes());
        this.events = run.events();
        this.sizeBytes = run.sizeBytes();
        this.end = run.from() + run.events();
        this.loan = others.loan;
        loan.ifPresent(BytePool.Loan::share);
        before.clear(run.from());
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

    /** Whether nothing can be added, since it is packed in another one's bytes. */
    boolean isShared() {
        return isShared;
    }

    /** Nobody reads this any longer. Gives what it was packed in, for another one; empty if others read that, or it was lent. */
    Optional<ByteBuffer> retire() {
        boolean isOwn = !isShared && loan.isEmpty();
        takeLoan().ifPresent(BytePool.Loan::end);
        return isOwn ? Optional.of(buffer) : Optional.empty();
    }

    /** What it is packed in, if that is to be given back: by the caller from now on. */
    Optional<BytePool.Loan> takeLoan() {
        Optional<BytePool.Loan> taken = loan;
        loan = Optional.empty();
        return taken;
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
        return deadlines.isAnyOver(nowNs);
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
            deadlines.add(end, nowNs + event.ttl().get().toNanos());
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
        count(PackedEntries.size(eventTopic.length(), length));
    }

    /** Events of another chunk with the same context, behind what is here. */
    void append(Run run, Chunk others) {
        makeRoom(run.bytes());
        int position = buffer.position();
        buffer.put(position, others.buffer, run.at(), run.bytes()).position(position + run.bytes());
        events += run.events();
        sizeBytes += run.sizeBytes();
        end += run.events();
    }

    /**
     * Whether its bytes are kept for little else if they are kept for {@code run}; they are whole, however few are used. What is lent
     * has a limit of its own.
     */
    boolean isFilledBy(Run run) {
        return run.bytes() >= LEAST_SHARED_BYTES && (loan.isPresent() || run.bytes() >= buffer.capacity() / 4);
    }

    /** A chunk of these events alone, in the same bytes, which must not change any more. */
    Chunk share(Run run, boolean evictable) {
        return new Chunk(this, run, evictable);
    }

    /** All from {@code sequence} on, where nothing but events is here. */
    Run runFrom(long sequence, FrameDecoder decoder) {
        passAccounts();
        var passed = new Account();
        passed.clear(before.end());
        int at = head;
        int left = events;
        long leftBytes = sizeBytes;
        while (passed.end() < sequence) {
            if (Account.isAccount(buffer.getInt(at))) {
                PackedEntries.read(buffer, at, passed);
                at += Account.entryLength(buffer.getInt(at));
            } else {
                leftBytes -= PackedEntries.size(buffer, at, topic, decoder);
                left--;
                at = PackedEntries.endOfEvent(buffer, at);
                passed.filter(1);
            }
        }
        if (passed.end() != sequence || end - sequence != left) {
            throw new IllegalStateException("from " + sequence + " on to " + end + " there should be events only, here are " + left);
        }
        return new Run(sequence, at, buffer.position() - at, left, leftBytes);
    }

    private void count(int size) {
        events++;
        sizeBytes += size;
        end++;
    }

    private void makeRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            grow((long) buffer.position() + bytes);
        }
    }

    private void grow(long needed) {
        long twice = Math.max(needed, 2L * buffer.capacity());
        long enough = needed <= pool.pieceBytes() ? Math.min(twice, pool.pieceBytes()) : twice;
        int capacity = (int) Math.min(enough, Integer.MAX_VALUE - 16);
        Optional<BytePool.Loan> larger = pool.lend(capacity);
        ByteBuffer bytes = larger.map(BytePool.Loan::bytes).orElseGet(() -> ByteBuffer.allocate(capacity));
        int position = buffer.position();
        buffer = bytes.clear().order(ByteOrder.LITTLE_ENDIAN).put(0, buffer, 0, position).position(position);
        takeLoan().ifPresent(BytePool.Loan::end);
        loan = larger;
    }

    /** Gives up the oldest event; says what it counted for. */
    int giveUpOldest(LossReason reason, FrameDecoder decoder) {
        passAccounts();
        int size = PackedEntries.size(buffer, head, topic, decoder);
        head = PackedEntries.endOfEvent(buffer, head);
        deadlines.forget(before.end());
        before.lose(reason);
        events--;
        sizeBytes -= size;
        passAccounts();
        return size;
    }

    /** Gives up all of its events. */
    void giveUpAll(LossReason reason) {
        passAccounts();
        if (end - before.end() == events) {
            before.loseUpTo(end, reason);
        } else {
            for (int at = head; at < buffer.position(); ) {
                if (Account.isAccount(buffer.getInt(at))) {
                    PackedEntries.read(buffer, at, before);
                    at += Account.entryLength(buffer.getInt(at));
                } else {
                    before.lose(reason);
                    at = PackedEntries.endOfEvent(buffer, at);
                }
            }
        }
        head = buffer.position();
        deadlines.clear();
        events = 0;
        sizeBytes = 0;
    }

    /** What is not an event at the head becomes a part of what was before. */
    private void passAccounts() {
        while (head < buffer.position() && Account.isAccount(buffer.getInt(head))) {
            int length = Account.entryLength(buffer.getInt(head));
            PackedEntries.read(buffer, head, before);
            head += length;
        }
    }

    /** Whether the oldest event here has waited longer than it may. */
    boolean isOldestExpired(long nowNs) {
        passAccounts();
        return deadlines.isOver(before.end(), nowNs);
    }

    /**
     * Moves the oldest event into {@code target}, another chunk; says what it counts for.
     */
    int moveOldest(Chunk target, FrameDecoder decoder) {
        passAccounts();
        target.append(before);
        int size = PackedEntries.size(buffer, head, topic, decoder);
        int length = PackedEntries.endOfEvent(buffer, head) - head;
        target.makeRoom(length);
        int position = target.buffer.position();
        target.buffer.put(position, buffer, head, length).position(position + length);
        target.count(size);
        head += length;
        events--;
        sizeBytes -= size;
        deadlines.forget(before.end());
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
        if (isShared) {
            return copy(session, subscriber, eventsBefore, sentEpochNanos);
        }
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

    private ByteBuffer copy(long session, long subscriber, long eventsBefore, long sentEpochNanos) {
        int entries = buffer.position() - head;
        int accountBytes = before.isEmpty() ? 0 : before.encodedLength();
        ByteBuffer message = ByteBuffer.allocate(headerBytes() + accountBytes + entries).order(ByteOrder.LITTLE_ENDIAN);
        putHeader(message, events, session, subscriber, before.from(), eventsBefore, sentEpochNanos, topic);
        if (accountBytes > 0) {
            before.put(message);
        }
        message.put(message.position(), buffer, head, entries);
        takeLoan().ifPresent(BytePool.Loan::end);
        return message.clear();
    }

    /** Writes word of what was given up, in the place of what it tells of where that is large enough. */
    private void putBefore() {
        int length = before.encodedLength();
        int missing = headerBytes() + length - head;
        if (missing > 0) {
            makeRoom(missing);
            int position = buffer.position();
            buffer.put(head + missing, buffer, head, position - head);
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
    private static void putHeader(ByteBuffer target, int events, long session, long subscriber, long from, long eventsBefore,
            long sentEpochNanos, String topic) {
        MessageLayout.putHeader(target, MessageType.DATA, events, session, subscriber);
        target.putLong(from).putLong(eventsBefore).putLong(sentEpochNanos).put((byte) topic.length());
        for (int i = 0; i < topic.length(); i++) {
            target.put((byte) topic.charAt(i));
        }
    }
}
