package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a publisher keeps for one subscriber: every sequence, in order, as an event that waits, or as word of one that is not
 * wanted or was given up.
 *
 * <pre>
 *   acknowledged |  sent, unacknowledged  |   sealed   |   chunks: can be given up   |
 *                |       frames                        |                       tail  |
 *                  at most `window` bytes                 at most the policy's limit ^ next
 *                  FrameWindow                            Backlog
 * </pre>
 *
 * <p>Guarded by its publisher's lock. Packing an event allocates nothing but the bytes of a chunk, once for many events.
 */
final class Lane implements Destination {

    private static final Lane[] NONE = {};

    private final long session;
    private final long subscriber;
    private final ZmqLimits limits;
    private final Environment environment;
    private final Backlog backlog;
    private final FrameWindow window;
    private final Terms terms = new Terms();
    /** Those that rest behind this one. */
    private Lane[] resting = NONE;
    private long lostBefore;

    /** @param start the sequence that it begins with */
    Lane(long session, long subscriber, long start, LaneState state, ZmqLimits limits, Environment environment) {
        this(session, subscriber, start, state, limits, BytePool.none(), environment);
    }

    /**
     * @param start the sequence that it begins with
     * @param pool  of what it packs events in
     */
    Lane(long session, long subscriber, long start, LaneState state, ZmqLimits limits, BytePool pool, Environment environment) {
        this.environment = environment;
        this.session = session;
        this.subscriber = subscriber;
        this.limits = limits;
        this.backlog = new Backlog(start, limits, pool);
        this.window = new FrameWindow(state);
    }

    long subscriber() {
        return subscriber;
    }

    /** The sequence behind the last one that it knows of. */
    long next() {
        return backlog.next();
    }

    /** How many events it has given up. */
    long lost() {
        return backlog.lost();
    }

    /** What the subscriber wants, and how: from the next event on. */
    void ask(Filters wanted, Optional<FlowPolicy> policy, int windowBytes) {
        terms.ask(wanted, policy);
        window.widen(Math.min(windowBytes, limits.windowBytes()));
    }

    @Override
    public boolean wants(String topic) {
        return terms.want(topic);
    }

    @Override
    public FlowPolicy policy(FlowPolicy under) {
        return terms.policy(under);
    }

    /** What becomes of an event of {@code sizeBytes}; what the window and the credit allow is sealed first, to make room. */
    @Override
    public Verdict judge(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        FlowPolicy policy = policy(ceiling);
        while (!backlog.hasRoom(policy.limit(), sizeBytes) && window.hasRoom() && !backlog.isEmpty() && seal()) {
            // On, until there is room or none can be made.
        }
        return backlog.judge(policy, sizeBytes, waitedNs);
    }

    @Override
    public boolean makeRoom(FlowPolicy ceiling, int sizeBytes, long waitedNs) {
        while (true) {
            switch (judge(ceiling, sizeBytes, waitedNs)) {
                case ADMIT -> {
                    return true;
                }
                case EVICT_OLDEST, EVICT_SAME_KEY -> backlog.giveUpOldest();
                case DROP, WAIT, BACK_PRESSURED, TOO_LARGE -> {
                    return false;
                }
                case SPILL -> throw new IllegalStateException("a lane has no disk to spill to: " + policy(ceiling));
            }
        }
    }

    @Override
    public void accept(Event event, FlowPolicy ceiling, long nowNs) {
        policy(ceiling);
        backlog.accept(event, terms.doesEvict(), nowNs);
    }

    @Override
    public void accept(String topic, byte[] bytes, int from, int length, FlowPolicy ceiling) {
        policy(ceiling);
        backlog.accept(topic, bytes, from, length, terms.doesEvict());
    }

    /**
     * An event that was published before this lane was there, at its own sequence; what lies before that is told of. Where a
     * policy waits it has a place even beyond the limit: those that come next wait.
     */
    void acceptLast(LastValue last, FlowPolicy ceiling) {
        int size = last.event().size();
        Verdict verdict = judge(ceiling, size, 0);
        if (verdict != Verdict.WAIT && verdict != Verdict.BACK_PRESSURED && !makeRoom(ceiling, size, 0)) {
            lose();
            return;
        }
        backlog.accept(last, terms.doesEvict());
    }

    /** Of all before {@code sequence} that it knows nothing of yet the subscriber wants nothing. */
    void skipUpTo(long sequence) {
        backlog.skipUpTo(sequence);
    }

    /** All before {@code sequence} that it knows nothing of yet the subscriber has missed since it was cut off. */
    void evictUpTo(long sequence) {
        backlog.evictUpTo(sequence);
    }

    @Override
    public void skip() {
        backlog.skip();
    }

    @Override
    public void lose() {
        backlog.lose();
    }

    /** From the next event on the subscriber must know of other filters or another policy. */
    void changeState(LaneState state) {
        backlog.changeState(state);
    }

    /** What the subscriber has been told last. */
    LaneState told() {
        return window.told();
    }

    /** The sequence of what is sent next. */
    long place() {
        return window.place().orElseGet(backlog::from);
    }

    /** Whether an event waits that may be sent now. */
    boolean isReady() {
        if (window.isReady()) {
            return true;
        }
        return backlog.isEmpty()
                ? backlog.isStateAlone()
                : window.hasRoom() && (window.eventsLeft() > 0 || backlog.oldestEvents() == 0);
    }

    /** Whether so little can be sent that it is worth a moment to let more gather. */
    boolean isFewReady() {
        return !window.isReady() && backlog.isFew(terms.policy().limit());
    }

    /** Whether the frame taken last is one of more than few events. */
    boolean isLastLarge() {
        return backlog.isMuch(window.lastBytes());
    }

    /** Whether nothing at all waits to be sent. */
    boolean isSent() {
        return !window.isReady() && backlog.isSilent();
    }

    /** Word of what is not wanted or was given up, and of which nothing has followed yet, can be sent by itself. */
    void flushTail() {
        backlog.flushTail();
    }

    boolean hasTail() {
        return backlog.hasTail();
    }

    /**
     * The next frame to be sent; empty if there is none, or the window or the credit is used up. {@link #putBack} undoes it.
     */
    Optional<ByteBuffer> take() {
        if (!window.isReady()) {
            Optional<LaneState> state = backlog.takeState();
            if (state.isPresent()) {
                sealState(state.get(), backlog.next());
            } else if (!window.hasRoom() || backlog.isEmpty() || !seal()) {
                return Optional.empty();
            }
        }
        return Optional.of(window.take().message());
    }

    /** The frame taken last was not sent after all. */
    void putBack() {
        window.putBack();
    }

    /** Makes a frame of the oldest chunk, or of as many of its events as there is credit for. */
    private boolean seal() {
        if (backlog.oldestEvents() > 0 && window.eventsLeft() <= 0) {
            return false;
        }
        long place = backlog.from();
        backlog.takeOldestState().ifPresent(state -> sealState(state, place));
        Chunk chunk = backlog.takeOldest(window.eventsLeft(), environment.clock().nanoTime());
        handOn(chunk, true);
        long from = chunk.from();
        ByteBuffer message = chunk.seal(session, subscriber, window.eventsSealed(), environment.wallClock().epochNanos());
        window.add(new Frame(message, from, chunk.end(), window.eventsSealed(), chunk.events(), Optional.empty(), window.sealedState(),
                chunk.takeLoan()));
        backlog.expect(message.capacity());
        return true;
    }

    private void sealState(LaneState state, long sequence) {
        ByteBuffer message = PublisherMessages.state(session, subscriber, sequence, state);
        window.add(new Frame(message, sequence, sequence, window.eventsSealed(), 0, Optional.of(state), window.sealedState(),
                Optional.empty()));
    }

    /**
     * Gives up all that waits, and no event comes any more: word of that leaves whatever the window and the credit allow. Says how
     * many events that were.
     */
    long giveUpAll(LossReason reason) {
        window.lift();
        return backlog.giveUpAll(reason);
    }

    /** The subscriber has all before {@code sequence}; says whether that is news. */
    boolean acknowledge(long sequence) {
        return window.acknowledge(sequence);
    }

    /** The subscriber takes so many events in all; says whether that is news. */
    boolean credit(long events) {
        return window.credit(events);
    }

    /** The subscriber takes so many events behind those it has acknowledged. */
    void creditBehind(long events) {
        window.creditBehind(events);
    }

    /** Sends again what the subscriber does not have. */
    void rewind(long sequence) {
        window.rewind(sequence);
    }

    /** Whether all from {@code sequence} on is still here, to be sent again. */
    boolean rewindable(long sequence) {
        return window.first().map(Frame::from).orElseGet(backlog::from) <= sequence && sequence <= next();
    }

    /** Whether it has given up events since this was last asked. */
    boolean hasLostSince() {
        boolean hasLost = lost() > lostBefore;
        lostBefore = lost();
        return hasLost;
    }

    /** Whether it can send nothing, and gives up what is old for what is new. */
    boolean isStuck() {
        return terms.doesEvict() && !backlog.isEmpty() && !isReady() && backlog.isPlain() && backlog.isEvictable();
    }

    /** Whether the next event, of {@code sizeBytes}, would take the place of older ones. */
    boolean isOverflowing(int sizeBytes) {
        return terms.doesEvict() && !backlog.hasRoom(terms.policy().limit(), sizeBytes);
    }

    /** Whether it gives up older events for new ones. */
    boolean doesEvict() {
        return terms.doesEvict();
    }

    /** Whether it knows of the same events as {@code other}, each one wanted by either or neither. */
    boolean isBeside(Lane other) {
        return other != this && next() == other.next() && terms.isForTheSameAs(other.terms);
    }

    /** An event that is larger is lost, or any may be if this is 0. */
    long mostBytes() {
        return terms.doesEvict() || terms.policy().waits() ? terms.policy().limit().bytes() : 0;
    }

    /** From now on {@code lanes} are told of events by this one, and by nobody else; until then it gives up none. */
    void lead(Lane[] lanes) {
        resting = lanes;
    }

    /** They are told of all that there is, and from now on of nothing. */
    void leadNobody() {
        for (Chunk chunk : backlog.chunks()) {
            handOn(chunk, false);
        }
        for (Lane lane : resting) {
            lane.backlog.giveUpBeyond(lane.terms.policy().limit());
        }
        resting = NONE;
    }

    private void handOn(Chunk chunk, boolean isSealed) {
        for (Lane lane : resting) {
            lane.backlog.accept(chunk, isSealed, lane.terms.doesEvict());
            lane.backlog.giveUpChunks(lane.terms.policy().limit());
        }
    }
}
