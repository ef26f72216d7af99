package io.heliograph.zmq;

import io.heliograph.LossReason;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What became of the events of one range that a subscriber does not get: so many it did not want, so many were lost, for
 * which reasons, and between which of them. Mutable and used again and again; allocates nothing. Confined to its owner's
 * lock or thread.
 *
 * <pre>
 *  from                                      end
 *   |  f  f  o  f  o  o  f  e  f  f  f  f     |     filtered 8, overflow 3 (2 to 5), expired 1 (7 to 7)
 * </pre>
 */
final class Account {

    /** On the wire a reason is its place here, from 1. */
    private static final LossReason[] REASONS =
            {LossReason.OVERFLOW, LossReason.CONFLATED, LossReason.EXPIRED, LossReason.EVICTED, LossReason.CLOSED};

    private static final int LARGEST_WORD = (1 << MessageLayout.KIND_BITS) - 1;
    private static final int FIXED_BYTES = 4 + 8 + 8;
    private static final int REASON_BYTES = 1 + 8 + 8 + 8;

    private final long[] first = new long[REASONS.length];
    private final long[] last = new long[REASONS.length];
    private final long[] counts = new long[REASONS.length];
    private long from;
    private long end;
    private long filtered;
    private int reasons;

    /** Hears of what an account says. */
    interface Reader {

        /** So many were lost, the first and last of them at these sequences. */
        void onLost(LossReason reason, long firstSequence, long lastSequence, long count);
    }

    /** An account of nothing, where {@code sequence} begins. */
    void clear(long sequence) {
        from = sequence;
        end = sequence;
        filtered = 0;
        if (reasons > 0) {
            Arrays.fill(counts, 0);
            reasons = 0;
        }
    }

    long from() {
        return from;
    }

    long end() {
        return end;
    }

    long filtered() {
        return filtered;
    }

    boolean isEmpty() {
        return end == from;
    }

    /** Whether all of the range is lost for one and the same reason. */
    boolean isOneReasonOnly() {
        return reasons == 1 && filtered == 0;
    }

    /** The next {@code count} are not wanted. */
    void filter(long count) {
        filtered += count;
        end += count;
    }

    /** The next one is lost. */
    void lose(LossReason reason) {
        add(place(reason), end, end, 1);
        end++;
    }

    /** All of the range up to {@code sequence} is lost. */
    void loseUpTo(long sequence, LossReason reason) {
        add(place(reason), end, sequence - 1, sequence - end);
        end = sequence;
    }

    /**
     * Forgets what lies before {@code sequence}, which is within the range.
     *
     * @return whether that can be told from the rest: where all met the same fate
     */
    boolean cutBefore(long sequence) {
        if (filtered > 0 ? reasons > 0 : reasons > 1) {
            return false;
        }
        for (int i = 0; i < REASONS.length && reasons > 0; i++) {
            if (counts[i] > 0) {
                first[i] = sequence;
                counts[i] = end - sequence;
            }
        }
        filtered = reasons > 0 ? 0 : end - sequence;
        from = sequence;
        return true;
    }

    /** Goes on with what {@code later} says, which begins where this ends. */
    void append(Account later) {
        if (later.from != end) {
            throw new IllegalStateException("an account up to " + end + " does not go on at " + later.from);
        }
        for (int i = 0; i < REASONS.length && later.reasons > 0; i++) {
            if (later.counts[i] > 0) {
                add(i, later.first[i], later.last[i], later.counts[i]);
            }
        }
        filtered += later.filtered;
        end = later.end;
    }

    /** Begins with what {@code earlier} says, which ends where this begins. */
    void prepend(Account earlier) {
        if (earlier.end != from) {
            throw new IllegalStateException("an account from " + from + " does not follow one up to " + earlier.end);
        }
        for (int i = 0; i < REASONS.length && earlier.reasons > 0; i++) {
            if (earlier.counts[i] > 0) {
                long ownLast = counts[i] > 0 ? last[i] : earlier.last[i];
                add(i, earlier.first[i], ownLast, earlier.counts[i]);
                first[i] = earlier.first[i];
            }
        }
        filtered += earlier.filtered;
        from = earlier.from;
    }

    private void add(int reason, long firstLost, long lastLost, long count) {
        if (counts[reason] == 0) {
            first[reason] = firstLost;
            reasons++;
        }
        last[reason] = lastLost;
        counts[reason] += count;
    }

    private static int place(LossReason reason) {
        for (int i = 0; i < REASONS.length; i++) {
            if (REASONS[i] == reason) {
                return i;
            }
        }
        throw new IllegalArgumentException("no publisher loses an event for " + reason.label());
    }

    /** The bytes that {@link #put} writes. */
    int encodedLength() {
        return reasons == 0 && filtered <= LARGEST_WORD ? Integer.BYTES : FIXED_BYTES + reasons * REASON_BYTES;
    }

    /** Writes an entry of DATA. */
    void put(ByteBuffer target) {
        if (reasons == 0 && filtered <= LARGEST_WORD) {
            target.putInt(MessageLayout.KIND_FILTERED << MessageLayout.KIND_BITS | (int) filtered);
            return;
        }
        target.putInt(MessageLayout.KIND_ACCOUNT << MessageLayout.KIND_BITS | reasons).putLong(end - from).putLong(filtered);
        for (int i = 0; i < REASONS.length; i++) {
            if (counts[i] > 0) {
                target.put((byte) (i + 1)).putLong(first[i] - from).putLong(last[i] - from).putLong(counts[i]);
            }
        }
    }

    /** Whether the entry that begins with {@code word} is an account, and no event. */
    static boolean isAccount(int word) {
        int kind = word >>> MessageLayout.KIND_BITS;
        return kind == MessageLayout.KIND_FILTERED || kind == MessageLayout.KIND_ACCOUNT;
    }

    /** The bytes of the entry that begins with {@code word}, event or account. */
    static int entryLength(int word) {
        return switch (word >>> MessageLayout.KIND_BITS) {
            case MessageLayout.KIND_FILTERED -> Integer.BYTES;
            case MessageLayout.KIND_ACCOUNT -> FIXED_BYTES + (word & 0xff) * REASON_BYTES;
            default -> FrameDecoder.frameLength(word);
        };
    }

    /**
     * Reads the entry at the source's position, which {@link #isAccount}, and moves behind it; goes on with what it says.
     *
     * @param source little-endian
     * @return whether it is one; if not, nothing has changed but the position
     */
    boolean read(ByteBuffer source) {
        int word = source.getInt();
        if (word >>> MessageLayout.KIND_BITS == MessageLayout.KIND_FILTERED) {
            filter(word);
            return word > 0;
        }
        int parts = word & LARGEST_WORD;
        if (parts > REASONS.length || source.remaining() < FIXED_BYTES - Integer.BYTES + parts * REASON_BYTES) {
            return false;
        }
        long span = source.getLong();
        long unwanted = source.getLong();
        if (span <= 0 || unwanted < 0 || unwanted > span || end + span < 0 || !isSound(source, parts, span, unwanted)) {
            return false;
        }
        for (int i = 0; i < parts; i++) {
            add(source.get() - 1, end + source.getLong(), end + source.getLong(), source.getLong());
        }
        filtered += unwanted;
        end += span;
        return true;
    }

    /** Whether the parts add up, each within the range; moves nothing. */
    private static boolean isSound(ByteBuffer source, int parts, long span, long unwanted) {
        long sum = unwanted;
        int before = 0;
        for (int i = 0; i < parts; i++) {
            int at = source.position() + i * REASON_BYTES;
            int reason = source.get(at);
            long firstLost = source.getLong(at + 1);
            long lastLost = source.getLong(at + 9);
            long count = source.getLong(at + 17);
            boolean isOrdered = reason > before && reason <= REASONS.length;
            boolean isWithin = firstLost >= 0 && firstLost <= lastLost && lastLost < span;
            if (!isOrdered || !isWithin || count < 1 || count > lastLost - firstLost + 1 || count > span - sum) {
                return false;
            }
            before = reason;
            sum += count;
        }
        return sum == span;
    }

    /** Tells {@code reader} of each reason's losses. */
    void tell(Reader reader) {
        for (int i = 0; i < REASONS.length && reasons > 0; i++) {
            if (counts[i] > 0) {
                reader.onLost(REASONS[i], first[i], last[i], counts[i]);
            }
        }
    }

    /** How many are lost, for whatever reason. */
    long lost() {
        long lost = 0;
        for (long count : counts) {
            lost += count;
        }
        return lost;
    }

    /** The most bytes that one takes. */
    static int mostBytes() {
        return FIXED_BYTES + REASONS.length * REASON_BYTES;
    }

    static {
        // An account and an event's frame must be told apart by their first word.
        if (FrameEncoder.HEADER_BYTES != Integer.BYTES) {
            throw new AssertionError("frames begin with one word");
        }
    }
}
