package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.flow.Occupancy;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What of a lane has not been sealed: events that wait, which can be given up, and word of those that are not wanted or were
 * given up.
 *
 * <pre>
 *   from                          next
 *    | chunk | chunk | chunk | tail |
 * </pre>
 *
 * <p>Guarded by the publisher's lock. Packing an event allocates nothing but the bytes of a chunk, once for many events.
 */
final class Backlog {

    private static final Occupancy NO_DISK = new Occupancy();
    /** Less than this part is little. */
    private static final int FEW = 8;

    private final ZmqLimits limits;
    private final BytePool pool;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final Account tail = new Account();
    private final Occupancy memory = new Occupancy();
    private final Occupancy evictable = new Occupancy();
    private Optional<LaneState> dueState = Optional.empty();
    /** Of a chunk of which all was given up; its like is needed soon. */
    private Optional<ByteBuffer> spare = Optional.empty();
    /** Chunks before which one must be told. */
    private int states;
    private int lastFrameBytes;
    private long next;
    private long lost;

    /** @param start the sequence that it begins with */
    Backlog(long start, ZmqLimits limits, BytePool pool) {
        this.limits = limits;
        this.pool = pool;
        this.next = start;
        tail.clear(start);
    }

    /** The sequence behind the last one that it knows of. */
    long next() {
        return next;
    }

    /** The oldest sequence that it tells of. */
    long from() {
        return chunks.isEmpty() ? tail.from() : chunks.getFirst().from();
    }

    /** How many events it has given up. */
    long lost() {
        return lost;
    }

    /** Whether there is no chunk. */
    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Whether there is nothing at all. */
    boolean isSilent() {
        return chunks.isEmpty() && tail.isEmpty() && dueState.isEmpty();
    }

    /** How many events are in the oldest chunk. */
    int oldestEvents() {
        return chunks.getFirst().events();
    }

    /** The chunks, the oldest first; not to be changed. */
    Iterable<Chunk> chunks() {
        return chunks;
    }

    /** Whether what waits is little, be it for a message or for {@code limit}. */
    boolean isFew(Limit limit) {
        return memory.events() < limit.events() / FEW && memory.bytes() < Math.min(limits.messageBytes(), limit.bytes()) / FEW;
    }

    /** Whether so many bytes are not little for a message. */
    boolean isMuch(int bytes) {
        return bytes >= limits.messageBytes() / FEW;
    }

    boolean hasRoom(Limit limit, int sizeBytes) {
        return memory.hasRoom(limit, sizeBytes);
    }

    /** Whether all that waits may be given up. */
    boolean isEvictable() {
        return memory.events() == evictable.events();
    }

    /** Whether it tells of events only, and of those that were given up before them. */
    boolean isPlain() {
        return tail.isEmpty() && dueState.isEmpty() && states == 0;
    }

    Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs) {
        return Admission.judge(policy, memory, evictable, NO_DISK, sizeBytes, waitedNs);
    }

    /** The oldest chunk from which an event can be given up. */
    Chunk victim() {
        for (Chunk chunk : chunks) {
            if (chunk.isEvictable() && chunk.events() > 0) {
                return chunk;
            }
        }
        throw new IllegalStateException("nothing can be given up, though " + evictable.events() + " events can");
    }

    void giveUpOldest() {
        Chunk chunk = victim();
        int size = chunk.giveUpOldest(LossReason.OVERFLOW, decoder);
        memory.remove(size);
        evictable.remove(size);
        lost++;
        mergeIfEmpty(chunk);
    }

    /** Gives up whole chunks, as long as {@code limit} leaves none of their events a place. */
    void giveUpChunks(Limit limit) {
        while (evictable.events() > limit.events() || evictable.bytes() > limit.bytes()) {
            Chunk chunk = victim();
            if (evictable.events() - chunk.events() < limit.events() && evictable.bytes() - chunk.sizeBytes() < limit.bytes()) {
                return;
            }
            giveUp(chunk, LossReason.OVERFLOW);
        }
    }

    /** Gives up the oldest events until the rest is within {@code limit}. */
    void giveUpBeyond(Limit limit) {
        giveUpChunks(limit);
        while (evictable.events() > limit.events() || evictable.bytes() > limit.bytes()) {
            giveUpOldest();
        }
    }

    /** Gives up all that waits; says how many events that were. */
    long giveUpAll(LossReason reason) {
        long before = lost;
        for (Chunk chunk : List.copyOf(chunks)) {
            if (chunk.events() > 0) {
                giveUp(chunk, reason);
            }
        }
        return lost - before;
    }

    private void giveUp(Chunk chunk, LossReason reason) {
        forget(chunk);
        lost += chunk.events();
        chunk.giveUpAll(reason);
        mergeIfEmpty(chunk);
    }

    /** Word of a chunk of which all was given up goes to the next one, so that what is kept has a limit. */
    private void mergeIfEmpty(Chunk chunk) {
        if (!chunk.hasNoEntries() || chunk.state().isPresent()) {
            return;
        }
        Iterator<Chunk> rest = chunks.iterator();
        while (rest.next() != chunk) {
            // On to the one that is empty.
        }
        if (!rest.hasNext()) {
            if (dueState.isPresent()) {
                // What is in force from its end on must not be told before.
                return;
            }
            tail.prepend(chunk.before());
        } else {
            Chunk follower = rest.next();
            if (follower.state().isPresent()) {
                return;
            }
            follower.prepend(chunk.before());
        }
        chunks.remove(chunk);
        spare = chunk.retire();
    }

    void accept(Event event, boolean isEvictable, long nowNs) {
        Chunk chunk = chunkFor(event.topic(), FrameEncoder.encodedLength(event, contextFor(event.topic())), isEvictable);
        chunk.append(event, FrameEncoder.encodedLength(event, chunk.topic()), nowNs);
        count(chunk, 1, event.size());
    }

    void accept(String topic, byte[] bytes, int from, int length, boolean isEvictable) {
        Chunk chunk = chunkFor(topic, FrameEncoder.encodedLength(topic, contextFor(topic), length), isEvictable);
        chunk.append(topic, bytes, from, length, FrameEncoder.encodedLength(topic, chunk.topic(), length));
        count(chunk, 1, PackedEntries.size(topic.length(), length));
    }

    void accept(LastValue last, boolean isEvictable) {
        Event event = last.event();
        int frameBytes = FrameEncoder.encodedLength(event, contextFor(event.topic()));
        Chunk chunk = chunkFor(event.topic(), MessageLayout.SENT_ENTRY_BYTES + frameBytes, isEvictable);
        chunk.appendSent(last.sentEpochNanos());
        chunk.append(event, FrameEncoder.encodedLength(event, chunk.topic()), last.publishedNs());
        count(chunk, 1, event.size());
    }

    /**
     * All events of another lane's chunk that this does not know of yet.
     *
     * @param isSealed whether that lane adds nothing to it and gives up nothing from it any more, so that its bytes can be shared
     */
    void accept(Chunk others, boolean isSealed, boolean isEvictable) {
        if (others.end() <= next) {
            return;
        }
        Chunk.Run run = others.runFrom(next, decoder);
        boolean isShared = isSealed && isPlain() && others.before().isEmpty() && others.isFilledBy(run);
        Chunk chunk;
        if (isShared) {
            chunk = others.share(run, isEvictable);
            chunks.addLast(chunk);
        } else {
            chunk = chunkWithin(others.topic(), run.bytes(), isEvictable);
            chunk.append(run, others);
        }
        count(chunk, run.events(), run.sizeBytes());
    }

    private void count(Chunk chunk, int events, long sizeBytes) {
        memory.add(events, sizeBytes);
        if (chunk.isEvictable()) {
            evictable.add(events, sizeBytes);
        }
        next += events;
        tail.clear(next);
    }

    void skip() {
        tail.filter(1);
        next++;
    }

    void lose() {
        tail.lose(LossReason.OVERFLOW);
        next++;
        lost++;
    }

    /** Of all before {@code sequence} that it knows nothing of yet the subscriber wants nothing. */
    void skipUpTo(long sequence) {
        if (sequence > next) {
            tail.filter(sequence - next);
            next = sequence;
        }
    }

    /** All before {@code sequence} that it knows nothing of yet the subscriber has missed since it was cut off. */
    void evictUpTo(long sequence) {
        if (sequence > next) {
            tail.loseUpTo(sequence, LossReason.EVICTED);
            next = sequence;
        }
    }

    private String contextFor(String topic) {
        return chunks.isEmpty() ? topic : chunks.getLast().topic();
    }

    private Chunk chunkFor(String topic, int encodedBytes, boolean isEvictable) {
        if (!chunks.isEmpty() && chunks.getLast().topic().isEmpty() == topic.isEmpty() && isOpen(encodedBytes, isEvictable)) {
            chunks.getLast().append(tail);
            return chunks.getLast();
        }
        return open(topic, encodedBytes, isEvictable);
    }

    /** The same for frames whose context is {@code topic} already. */
    private Chunk chunkWithin(String topic, int encodedBytes, boolean isEvictable) {
        if (!chunks.isEmpty() && chunks.getLast().topic().equals(topic) && isOpen(encodedBytes, isEvictable)) {
            chunks.getLast().append(tail);
            return chunks.getLast();
        }
        return open(topic, encodedBytes, isEvictable);
    }

    /** Whether the newest chunk takes so many bytes more. */
    private boolean isOpen(int encodedBytes, boolean isEvictable) {
        Chunk last = chunks.getLast();
        int needed = (tail.isEmpty() ? 0 : tail.encodedLength()) + encodedBytes;
        boolean isRoomy = last.events() == 0 || last.encodedBytes() + needed <= limits.messageBytes();
        return dueState.isEmpty() && isRoomy && !last.isShared() && last.isEvictable() == isEvictable;
    }

    private Chunk open(String topic, int encodedBytes, boolean isEvictable) {
        int least = MessageLayout.TOPIC_AT + topic.length() + Account.mostBytes() + encodedBytes;
        int guess = Math.min(lastFrameBytes + (lastFrameBytes >> 2), limits.messageBytes());
        int needed = Math.max(guess, least);
        Chunk chunk = pool.lend(needed).map(loan -> new Chunk(topic, isEvictable, tail.from(), loan, pool))
                .orElseGet(() -> new Chunk(topic, isEvictable, tail.from(), bytes(needed), pool));
        chunk.append(tail);
        chunk.state(dueState);
        states += dueState.isPresent() ? 1 : 0;
        dueState = Optional.empty();
        chunks.addLast(chunk);
        return chunk;
    }

    private ByteBuffer bytes(int needed) {
        ByteBuffer bytes = spare.filter(last -> last.capacity() >= needed).orElseGet(() -> ByteBuffer.allocate(needed));
        spare = Optional.empty();
        return bytes;
    }

    /** From the next event on the subscriber must know of other filters or another policy. */
    void changeState(LaneState state) {
        flushTail();
        dueState = Optional.of(state);
    }

    /** What is in force from here on, if no event has followed that; it counts as told. */
    Optional<LaneState> takeState() {
        if (!isStateAlone()) {
            return Optional.empty();
        }
        Optional<LaneState> state = dueState;
        dueState = Optional.empty();
        return state;
    }

    /** Whether the policy or the filters are others, and no event has followed that. */
    boolean isStateAlone() {
        return chunks.isEmpty() && tail.isEmpty() && dueState.isPresent();
    }

    /** Word of what is not wanted or was given up, and of which nothing has followed yet, can be sent by itself. */
    void flushTail() {
        if (!tail.isEmpty()) {
            if (chunks.isEmpty() || dueState.isPresent() || chunks.getLast().isShared()) {
                open("", 0, true);
            } else {
                chunks.getLast().append(tail);
            }
            tail.clear(next);
        }
    }

    boolean hasTail() {
        return !tail.isEmpty();
    }

    /**
     * Takes the oldest chunk out, or what of it is not too old, as far as {@code most} events go.
     */
    Chunk takeOldest(long most, long nowNs) {
        Chunk oldest = chunks.removeFirst();
        boolean isWhole = oldest.events() == 0 || most >= oldest.events() && !oldest.hasExpired(nowNs);
        Chunk chunk = isWhole ? oldest : part(oldest, most, nowNs);
        forget(chunk);
        return chunk;
    }

    /** So many bytes had the frame that was sealed last: the next will be much alike. */
    void expect(int frameBytes) {
        lastFrameBytes = frameBytes;
    }

    /** What must be told before the oldest chunk; it counts as told. */
    Optional<LaneState> takeOldestState() {
        Optional<LaneState> state = chunks.getFirst().state();
        chunks.getFirst().state(Optional.empty());
        states -= state.isPresent() ? 1 : 0;
        return state;
    }

    private Chunk part(Chunk chunk, long most, long nowNs) {
        var part = new Chunk(chunk.topic(), chunk.isEvictable(), chunk.from(), ByteBuffer.allocate(chunk.encodedBytes()), pool);
        while (chunk.events() > 0 && (part.events() < most || chunk.isOldestExpired(nowNs))) {
            if (chunk.isOldestExpired(nowNs)) {
                int size = chunk.giveUpOldest(LossReason.EXPIRED, decoder);
                memory.remove(size);
                if (chunk.isEvictable()) {
                    evictable.remove(size);
                }
                lost++;
            } else {
                chunk.moveOldest(part, decoder);
            }
        }
        if (chunk.events() == 0) {
            part.append(chunk.before());
            chunk.retire();
        } else {
            chunks.addFirst(chunk);
        }
        return part;
    }

    private void forget(Chunk chunk) {
        memory.remove(chunk.events(), chunk.sizeBytes());
        if (chunk.isEvictable()) {
            evictable.remove(chunk.events(), chunk.sizeBytes());
        }
    }
}
