package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Reads what DATA tells of, sequence by sequence: hands out events, and words of those that are lost or not wanted. Where there
 * is no room it stalls, and goes on from that place when the same message is read again.
 *
 * <pre>
 *   DATA   header | event 5 | event 6 | account of 7 to 11 | event 12
 *                                     ^ place              expected: 7
 * </pre>
 *
 * <p>Guarded by the subscriber's lock.
 */
final class DataReader {

    /** What became of a message. */
    enum Outcome {
        /** All of it is taken. */
        TAKEN,
        /** It must be read again when there is room. */
        STALLED,
        /** It is behind a hole, and thrown away. */
        HOLE,
        /** It is none of this protocol's, and thrown away. */
        MALFORMED
    }

    private final ZmqCounters.Tally tally;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Account account = new Account();
    private Outlets outlets = new Outlets(0);
    private long expected;
    private long eventsTaken;
    private int placeInMessage;
    private long placeSequence;
    /** Events of the lane before the place, as long as all that is there has arrived before. */
    private long placeEvents;
    /** When the event at the place was sent, if not when its message was. */
    private OptionalLong placeSentNs = OptionalLong.empty();
    private String lastTopic = "";

    DataReader(ZmqCounters.Tally tally) {
        this.tally = tally;
    }

    /** A session begins at {@code start}, and goes to {@code to}. */
    void begin(Outlets to, long start) {
        outlets = to;
        expected = start;
        eventsTaken = 0;
        placeInMessage = 0;
    }

    /** The publisher goes on at {@code start} in a new lane; what lies before that is told of otherwise. */
    void goOn(long start) {
        eventsTaken = 0;
        expected = Math.max(expected, start);
    }

    /** The sequence that comes next. */
    long expected() {
        return expected;
    }

    /** How many events of the lane have been taken. */
    long eventsTaken() {
        return eventsTaken;
    }

    /** The message that it stalled in will not be read again. */
    void leavePlace() {
        placeInMessage = 0;
    }

    /** Reads {@code message}, or what is left of it. */
    Outcome read(ByteBuffer message, FlowPolicy policy, long receivedEpochNanos) {
        if (message.limit() < MessageLayout.TOPIC_AT
                || message.limit() < MessageLayout.TOPIC_AT + (message.get(MessageLayout.TOPIC_LENGTH_AT) & 0xff)) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return Outcome.MALFORMED;
        }
        if (placeInMessage == 0 && !enter(message)) {
            return Outcome.HOLE;
        }
        if (!handEntries(message, topic(message), policy, receivedEpochNanos)) {
            return Outcome.STALLED;
        }
        placeInMessage = 0;
        return Outcome.TAKEN;
    }

    /** Goes to its first entry; says {@code false} if that is behind a hole. */
    private boolean enter(ByteBuffer message) {
        long from = message.getLong(MessageLayout.FROM_AT);
        if (from > expected) {
            return false;
        }
        placeEvents = message.getLong(MessageLayout.EVENTS_BEFORE_AT);
        if (from == expected) {
            eventsTaken = placeEvents;
        } else {
            tally.repeated++;
            eventsTaken = Math.max(eventsTaken, placeEvents);
        }
        placeInMessage = MessageLayout.TOPIC_AT + (message.get(MessageLayout.TOPIC_LENGTH_AT) & 0xff);
        placeSequence = from;
        placeSentNs = OptionalLong.empty();
        return true;
    }

    /** Hands out what is in the message from the place on; says {@code false} if it stalled on the way. */
    private boolean handEntries(ByteBuffer message, String topic, FlowPolicy policy, long receivedEpochNanos) {
        long sentEpochNanos = message.getLong(MessageLayout.SENT_AT);
        int end = message.limit();
        boolean isDirect = outlets.isDirectOnly();
        while (placeInMessage < end) {
            int at = placeInMessage;
            int word = end - at < Integer.BYTES ? 0 : message.getInt(at);
            boolean isSentEntry = MessageLayout.isSentEntry(word);
            int length = isSentEntry ? MessageLayout.SENT_ENTRY_BYTES : Account.entryLength(word);
            if (length > end - at) {
                tally.malformed(MalformedMessage.BAD_LENGTH);
                return true;
            }
            if (isSentEntry) {
                placeSentNs = OptionalLong.of(message.getLong(at + Integer.BYTES));
                placeInMessage += length;
            } else if (Account.isAccount(word)) {
                if (!tell(message.position(at))) {
                    tally.malformed(MalformedMessage.BAD_RANGE);
                    return true;
                }
                placeInMessage += length;
            } else if (placeSequence < expected) {
                placeSequence++;
                placeEvents++;
                eventsTaken = Math.max(eventsTaken, placeEvents);
                placeInMessage += length;
                placeSentNs = OptionalLong.empty();
            } else if (isDirect) {
                handRun(message, topic, placeSentNs.orElse(sentEpochNanos), receivedEpochNanos);
            } else {
                boolean isTaken = handOne(message.position(at), topic, policy, placeSentNs.orElse(sentEpochNanos), receivedEpochNanos);
                message.limit(end);
                if (!isTaken) {
                    return false;
                }
                placeInMessage += length;
            }
        }
        return true;
    }

    private boolean tell(ByteBuffer entry) {
        placeSentNs = OptionalLong.empty();
        account.clear(placeSequence);
        if (!account.read(entry)) {
            return false;
        }
        if (account.end() > expected) {
            if (placeSequence != expected && !account.cutBefore(expected)) {
                return false;
            }
            outlets.tell(account);
            expected = account.end();
        }
        placeSequence = account.end();
        return true;
    }

    /** Hands out one event; says {@code false} if there is no room for it. */
    private boolean handOne(ByteBuffer frame, String topic, FlowPolicy policy, long sentEpochNanos, long receivedEpochNanos) {
        switch (decoder.decode(frame, topic)) {
            case DecodedEvent(Event event) -> {
                if (!outlets.hasRoom(policy, event.size())) {
                    return false;
                }
                outlets.hand(event, expected, sentEpochNanos, receivedEpochNanos, policy);
            }
            case MalformedFrame reason -> {
                tally.unreadable++;
                outlets.unreadable(expected);
            }
        }
        passEvents(1);
        return true;
    }

    /** Hands all events from the place on that lie one behind the other; one whose time is its own alone. */
    private void handRun(ByteBuffer message, String topic, long sentEpochNanos, long receivedEpochNanos) {
        int end = message.limit();
        int at = placeInMessage;
        int count = 0;
        int most = placeSentNs.isPresent() ? 1 : Integer.MAX_VALUE;
        while (count < most && end - at >= Integer.BYTES) {
            int word = message.getInt(at);
            if (Account.isAccount(word) || MessageLayout.isSentEntry(word) || FrameDecoder.frameLength(word) > end - at) {
                break;
            }
            at += FrameDecoder.frameLength(word);
            count++;
        }
        outlets.handRun(message, placeInMessage, count, expected, topic, sentEpochNanos, receivedEpochNanos, decoder);
        placeInMessage = at;
        passEvents(count);
    }

    private void passEvents(int count) {
        expected += count;
        placeSequence = expected;
        placeSentNs = OptionalLong.empty();
        eventsTaken += count;
    }

    /** The message's topic; the one before's is remembered, since it is nearly always the same. */
    private String topic(ByteBuffer message) {
        int length = message.get(MessageLayout.TOPIC_LENGTH_AT) & 0xff;
        boolean isLast = length == lastTopic.length();
        for (int i = 0; i < length && isLast; i++) {
            isLast = message.get(MessageLayout.TOPIC_AT + i) == lastTopic.charAt(i);
        }
        if (!isLast) {
            byte[] ascii = new byte[length];
            message.get(MessageLayout.TOPIC_AT, ascii);
            lastTopic = new String(ascii, StandardCharsets.US_ASCII);
        }
        return lastTopic;
    }
}
