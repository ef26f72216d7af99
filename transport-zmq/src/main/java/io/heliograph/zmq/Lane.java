package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.flow.Occupancy;
import io.heliograph.spi.Environment;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What a publisher keeps for one subscriber: every sequence, in order, as an event that waits, or as word of one that is not
 * wanted or was given up.
 *
 * <pre>
 *   acknowledged |  sent, unacknowledged  |   sealed   |   chunks: can be given up   |
 *                |       frames                        |                       tail  |
 *                  at most `window` bytes                 at most the policy's limit ^ next
 * </pre>
 *
 * <p>Guarded by its publisher's lock. Packing an event allocates nothing but the bytes of a chunk, once for many events.
 */
final class Lane implements Destination {

    /** Frames that may be on their way to one subscriber, however small they are. */
    static final int MOST_FRAMES = 1_024;

    private static final Occupancy NO_DISK = new Occupancy();

    private final long session;
    private final long subscriber;
    private final ZmqLimits limits;
    private final Environment environment;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final Account tail = new Account();
    private final Occupancy memory = new Occupancy();
    private final Occupancy evictable = new Occupancy();
    /** Sent, and not acknowledged. */
    private final ArrayDeque<Frame> inFlight = new ArrayDeque<>();
    /** Sealed, and to be sent, for the first time or again. */
    private final ArrayDeque<Frame> sealed = new ArrayDeque<>();
    private Filters filters = new Filters(List.of());
    private Optional<FlowPolicy> asked = Optional.empty();
    /** What is in force under {@link #ceiling}, which nearly always is the very object that it was the last time. */
    private FlowPolicy inForce;
    private FlowPolicy ceiling;
    private boolean doesEvict;
    /** Of a chunk of which all was given up; its like is needed soon. */
    private Optional<byte[]> spare = Optional.empty();
    private long next;
    private long unackedBytes;
    private long eventsSealed;
    private long eventCredit;
    private int windowBytes;
    private int lastFrameBytes;
    private LaneState told;
    /** What is in force behind all that is sealed. */
    private LaneState sealedState;
    private Optional<LaneState> dueState = Optional.empty();
    private long lost;

    /** @param start the sequence that it begins with */
    Lane(long session, long subscriber, long start, LaneState state, ZmqLimits limits, Environment environment) {
        this.environment = environment;
        this.session = session;
        this.told = state;
        this.sealedState = state;
        this.subscriber = subscriber;
        this.next = start;
        this.limits = limits;
        tail.clear(start);
        judgeUnder(FlowPolicy.dropOldest(Limit.DEFAULT));
    }

    long subscriber() {
        return subscriber;
    }

    /** The sequence behind the last one that it knows of. */
    long next() {
        return next;
    }

    /** How many events it has given up. */
    long lost() {
        return lost;
    }

    /** What the subscriber wants, and how: from the next event on. */
    void ask(Filters wanted, Optional<FlowPolicy> policy, int window) {
        filters = wanted;
        asked = policy;
        judgeUnder(ceiling);
        windowBytes = Math.min(window, limits.windowBytes());
    }

    @Override
    public boolean wants(String topic) {
        return filters.want(topic);
    }

    @Override
    public FlowPolicy policy(FlowPolicy under) {
        if (under != ceiling) {
            judgeUnder(under);
        }
        return inForce;
    }

    private void judgeUnder(FlowPolicy under) {
        ceiling = under;
        inForce = asked.filter(policy -> FlowPolicy.isAllowedUnder(under, policy)).orElse(under);
        doesEvict = evicts(inForce);
    }

    /** What becomes of an event of {@code sizeBytes}; what the window and the credit allow is sealed first, to make room. */
    @Override
    public Verdict judge(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        FlowPolicy policy = policy(ceiling);
        while (!memory.hasRoom(policy.limit(), sizeBytes) && hasWindow() && !chunks.isEmpty() && seal()) {
            // On, until there is room or none can be made.
        }
        return Admission.judge(policy, memory, evictable, NO_DISK, sizeBytes, waitedNs);
    }

    @Override
    public boolean makeRoom(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        while (true) {
            switch (judge(ceiling, sizeBytes, waitedNs)) {
                case ADMIT -> {
                    return true;
                }
                case EVICT_OLDEST, EVICT_SAME_KEY -> giveUpOldest();
                case DROP, WAIT, BACK_PRESSURED, TOO_LARGE -> {
                    return false;
                }
                case SPILL -> throw new IllegalStateException("a lane has no disk to spill to: " + policy(ceiling));
            }
        }
    }

    private void giveUpOldest() {
        for (Chunk chunk : chunks) {
            if (chunk.isEvictable() && chunk.events() > 0) {
                int size = chunk.giveUpOldest(LossReason.OVERFLOW, decoder);
                memory.remove(size);
                evictable.remove(size);
                lost++;
                mergeIfEmpty(chunk);
                return;
            }
        }
        throw new IllegalStateException("nothing can be given up, though " + evictable.events() + " events can");
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
        spare = Optional.of(chunk.bytes());
    }

    @Override
    public void accept(Event event, FlowPolicy ceiling, long nowNs) {
        Chunk chunk = chunkFor(event.topic(), FrameEncoder.encodedLength(event, contextFor(event.topic())), ceiling);
        chunk.append(event, FrameEncoder.encodedLength(event, chunk.topic()), nowNs);
        count(chunk, event.size());
    }

    @Override
    public void accept(String topic, byte[] bytes, int from, int length, FlowPolicy ceiling) {
        Chunk chunk = chunkFor(topic, FrameEncoder.encodedLength(topic, contextFor(topic), length), ceiling);
        chunk.append(topic, bytes, from, length, FrameEncoder.encodedLength(topic, chunk.topic(), length));
        count(chunk, Chunk.size(topic.length(), length));
    }

    /**
     * An event that was published before this lane was there, at its own sequence; what lies before that is told of. Where a
     * policy waits it has a place even beyond the limit: those that come next wait.
     */
    void acceptLast(LastValue last, FlowPolicy ceiling) {
        Event event = last.event();
        Verdict verdict = judge(ceiling, event.size(), 0);
        if (verdict != Verdict.WAIT && verdict != Verdict.BACK_PRESSURED && !makeRoom(ceiling, event.size(), 0)) {
            lose();
            return;
        }
        int frameBytes = FrameEncoder.encodedLength(event, contextFor(event.topic()));
        Chunk chunk = chunkFor(event.topic(), MessageLayout.SENT_ENTRY_BYTES + frameBytes, ceiling);
        chunk.appendSent(last.sentEpochNanos());
        chunk.append(event, FrameEncoder.encodedLength(event, chunk.topic()), last.publishedNs());
        count(chunk, event.size());
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

    private void count(Chunk chunk, int size) {
        memory.add(size);
        if (chunk.isEvictable()) {
            evictable.add(size);
        }
        next++;
        tail.clear(next);
    }

    @Override
    public void skip() {
        tail.filter(1);
        next++;
    }

    @Override
    public void lose() {
        tail.lose(LossReason.OVERFLOW);
        next++;
        lost++;
    }

    private String contextFor(String topic) {
        return chunks.isEmpty() ? topic : chunks.getLast().topic();
    }

    private Chunk chunkFor(String topic, int encodedBytes, FlowPolicy ceiling) {
        policy(ceiling);
        boolean isEvictable = doesEvict;
        if (!chunks.isEmpty() && dueState.isEmpty()) {
            Chunk last = chunks.getLast();
            int needed = (tail.isEmpty() ? 0 : tail.encodedLength()) + encodedBytes;
            boolean isRoomy = last.events() == 0 || last.encodedBytes() + needed <= limits.messageBytes();
            if (isRoomy && last.isEvictable() == isEvictable && last.topic().isEmpty() == topic.isEmpty()) {
                last.append(tail);
                return last;
            }
        }
        int least = MessageLayout.TOPIC_AT + topic.length() + Account.mostBytes() + encodedBytes;
        int guess = Math.min(lastFrameBytes + (lastFrameBytes >> 2), limits.messageBytes());
        int needed = Math.max(guess, least);
        var chunk = new Chunk(topic, isEvictable, tail.from(), spare.filter(bytes -> bytes.length >= needed).orElseGet(() -> new byte[needed]));
        spare = Optional.empty();
        chunk.append(tail);
        chunk.state(dueState);
        dueState = Optional.empty();
        chunks.addLast(chunk);
        return chunk;
    }

    /** Whether the policy gives up events that it has taken in. */
    private static boolean evicts(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() != FlowPolicy.Victim.NEWEST;
            case FlowPolicy.Buffer buffer -> evicts(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }

    /** From the next event on the subscriber must know of other filters or another policy. */
    void changeState(LaneState state) {
        flushTail();
        dueState = Optional.of(state);
    }

    /** What the subscriber has been told last. */
    LaneState told() {
        return told;
    }

    /** The sequence of what is sent next. */
    long place() {
        if (!sealed.isEmpty()) {
            return sealed.getFirst().from();
        }
        return chunks.isEmpty() ? tail.from() : chunks.getFirst().from();
    }

    /** Whether an event waits that may be sent now. */
    boolean isReady() {
        if (!sealed.isEmpty()) {
            return true;
        }
        return chunks.isEmpty()
                ? isStateAlone()
                : hasWindow() && (eventCredit > eventsSealed || chunks.getFirst().events() == 0);
    }

    /** Whether the policy or the filters are others, and no event has followed that. */
    private boolean isStateAlone() {
        return chunks.isEmpty() && tail.isEmpty() && dueState.isPresent();
    }

    /** Whether nothing at all waits to be sent. */
    boolean isSent() {
        return sealed.isEmpty() && chunks.isEmpty() && tail.isEmpty() && dueState.isEmpty();
    }

    private boolean hasWindow() {
        int frames = inFlight.size() + sealed.size();
        return frames < MOST_FRAMES && (unackedBytes < windowBytes || frames == 0);
    }

    /** Word of what is not wanted or was given up, and of which nothing has followed yet, can be sent by itself. */
    void flushTail() {
        if (!tail.isEmpty()) {
            if (chunks.isEmpty() || dueState.isPresent()) {
                chunkFor("", 0, FlowPolicy.dropOldest(Limit.DEFAULT));
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
     * The next frame to be sent; empty if there is none, or the window or the credit is used up. {@link #putBack} undoes it.
     */
    Optional<ByteBuffer> take() {
        if (sealed.isEmpty()) {
            if (isStateAlone()) {
                sealState(dueState.orElseThrow(), next);
                dueState = Optional.empty();
            } else if (!hasWindow() || chunks.isEmpty() || !seal()) {
                return Optional.empty();
            }
        }
        Frame frame = sealed.removeFirst();
        inFlight.addLast(frame);
        told = frame.state().orElse(told);
        return Optional.of(frame.message());
    }

    /** The frame taken last was not sent after all. */
    void putBack() {
        Frame frame = inFlight.removeLast();
        sealed.addFirst(frame);
        told = frame.stateBefore();
    }

    /** Makes a frame of the oldest chunk, or of as many of its events as there is credit for. */
    private boolean seal() {
        Chunk oldest = chunks.getFirst();
        long credit = eventCredit - eventsSealed;
        if (oldest.events() > 0 && credit <= 0) {
            return false;
        }
        chunks.removeFirst();
        oldest.state().ifPresent(state -> sealState(state, oldest.from()));
        oldest.state(Optional.empty());
        long nowNs = environment.clock().nanoTime();
        boolean isWhole = oldest.events() == 0 || credit >= oldest.events() && !oldest.hasExpired(nowNs);
        Chunk chunk = isWhole ? oldest : part(oldest, credit, nowNs);
        long from = chunk.from();
        ByteBuffer message = chunk.seal(session, subscriber, eventsSealed, environment.wallClock().epochNanos());
        forget(chunk);
        var frame = new Frame(message, from, chunk.end(), eventsSealed, chunk.events(), Optional.empty(), sealedState);
        eventsSealed += chunk.events();
        unackedBytes += frame.bytes();
        lastFrameBytes = frame.bytes();
        sealed.addLast(frame);
        return true;
    }

    private void sealState(LaneState state, long sequence) {
        ByteBuffer message = PublisherMessages.state(session, subscriber, sequence, state);
        unackedBytes += message.capacity();
        sealed.addLast(new Frame(message, sequence, sequence, eventsSealed, 0, Optional.of(state), sealedState));
        sealedState = state;
    }

    /** What of {@code chunk} is not too old, as far as the credit goes; the rest stays. */
    private Chunk part(Chunk chunk, long credit, long nowNs) {
        var part = new Chunk(chunk.topic(), chunk.isEvictable(), chunk.from(), new byte[chunk.encodedBytes()]);
        while (chunk.events() > 0 && (part.events() < credit || chunk.isOldestExpired(nowNs))) {
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

    /** The subscriber has all before {@code sequence}; says whether that is news. */
    boolean acknowledge(long sequence) {
        boolean isNew = false;
        while (!inFlight.isEmpty() && inFlight.getFirst().end() <= sequence) {
            unackedBytes -= inFlight.removeFirst().bytes();
            isNew = true;
        }
        return isNew;
    }

    /** The subscriber takes so many events in all; says whether that is news. */
    boolean credit(long events) {
        boolean isNew = events != eventCredit;
        eventCredit = events;
        return isNew;
    }

    /** The subscriber takes so many events behind those it has acknowledged. */
    void creditBehind(long events) {
        long before = first().map(Frame::eventsBefore).orElse(eventsSealed);
        eventCredit = events > MessageLayout.UNLIMITED - before ? MessageLayout.UNLIMITED : before + events;
    }

    /** Sends again what the subscriber does not have. */
    void rewind(long sequence) {
        acknowledge(sequence);
        while (!inFlight.isEmpty()) {
            putBack();
        }
    }

    /** Whether all from {@code sequence} on is still here, to be sent again. */
    boolean rewindable(long sequence) {
        return firstKept() <= sequence && sequence <= next;
    }

    /** The oldest that is not acknowledged. */
    private Optional<Frame> first() {
        return Optional.ofNullable(inFlight.isEmpty() ? sealed.peekFirst() : inFlight.peekFirst());
    }

    private long firstKept() {
        Optional<Frame> first = first();
        if (first.isPresent()) {
            return first.get().from();
        }
        return chunks.isEmpty() ? tail.from() : chunks.getFirst().from();
    }
}
