package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Follows what one publisher sends: takes its messages in order, hands events and words of lost ones to the subscriptions,
 * and says how far it has come. What finds no room waits here, in the message it came in, and so does all that follows.
 *
 * <pre>
 *   message   DATA 0-4   DATA 5-9   STATE 10   DATA 10-14
 *                          ^expected: 7, no room for it
 *                                    ^ held, at most `mostHeldBytes`
 * </pre>
 *
 * <p>Guarded by the subscriber's lock.
 */
final class SessionReader {

    private final Subscriptions subscriptions;
    private final ZmqLimits limits;
    private final ZmqCounters.Tally tally;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Account account = new Account();
    private final CreditSchedule credit;
    private final ArrayDeque<ByteBuffer> held = new ArrayDeque<>();
    private long heldBytes;
    private long session;
    private Outlets outlets = new Outlets(0);
    private FlowPolicy policy = ZmqTransport.DEFAULT_POLICY;
    private String policyText = "";
    private int joinedVersion;
    private long expected;
    private long eventsTaken;
    private int placeInMessage;
    private long placeSequence;
    /** Events of the lane before the place, as long as all that is there has arrived before. */
    private long placeEvents;
    /** When the event at the place was sent, if not when its message was. */
    private OptionalLong placeSentNs = OptionalLong.empty();
    private String lastTopic = "";
    private boolean isStalled;
    private boolean isEnded = true;
    private boolean isSilent;
    private long lastHeardNs;

    SessionReader(Subscriptions subscriptions, ZmqLimits limits, ZmqCounters.Tally tally, long nowNs) {
        this.subscriptions = subscriptions;
        this.limits = limits;
        this.tally = tally;
        this.credit = new CreditSchedule(limits);
        this.lastHeardNs = nowNs;
    }

    /** The session that is followed, 0 if none has been yet. */
    long session() {
        return session;
    }

    /** The sequence that comes next. */
    long expected() {
        return expected;
    }

    boolean isEnded() {
        return isEnded;
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    /** How many events more may come. */
    long room() {
        return Math.max(0, outlets.room(policy));
    }

    /** One of the subscriptions is gone. */
    void remove(Intake intake) {
        outlets.remove(intake);
    }

    /** The publisher was heard, whatever it said. */
    void hear(long nowNs) {
        lastHeardNs = nowNs;
        isSilent = false;
    }

    /** Takes a message of the lane: WELCOME, DATA, STATE or END. */
    void take(ByteBuffer message, long receivedEpochNanos, long nowNs) {
        hear(nowNs);
        if (isStalled) {
            hold(message);
            return;
        }
        if (!read(message, receivedEpochNanos, nowNs)) {
            hold(message);
        }
    }

    private void hold(ByteBuffer message) {
        if (heldBytes > 4L * limits.windowBytes() + MessageLayout.mostBytesToSubscriber(limits)) {
            // It sends more than it was granted; what is thrown away here shows as a hole, and is asked for again.
            tally.strays++;
            return;
        }
        held.addLast(message);
        heldBytes += message.limit();
    }

    /** Forgets what waits: it will be sent again, from what is expected on. */
    void forgetHeld() {
        isStalled = false;
        held.clear();
        heldBytes = 0;
        placeInMessage = 0;
    }

    /** Goes on with what waits, as far as there is room. */
    void resume(long receivedEpochNanos, long nowNs) {
        if (!isStalled) {
            return;
        }
        isStalled = false;
        while (!held.isEmpty()) {
            ByteBuffer message = held.removeFirst();
            if (!read(message, receivedEpochNanos, nowNs)) {
                held.addFirst(message);
                return;
            }
            heldBytes -= message.limit();
        }
    }

    /** Says {@code false} if it must be read again, from where it stalled. */
    private boolean read(ByteBuffer message, long receivedEpochNanos, long nowNs) {
        long of = message.getLong(MessageLayout.SESSION_AT);
        MessageType type = MessageType.of(message.get(MessageLayout.TYPE_AT) & 0xff).orElseThrow();
        if (type == MessageType.WELCOME) {
            onWelcome(of, message, nowNs);
            return true;
        }
        if (of != session || isEnded && type != MessageType.END) {
            tally.strays++;
            return true;
        }
        return switch (type) {
            case DATA -> onData(message, receivedEpochNanos, nowNs);
            case STATE -> onState(message, nowNs);
            case END -> onEnd(message, nowNs);
            default -> throw new IllegalStateException(type + " is not in a lane's order");
        };
    }

    private void onWelcome(long of, ByteBuffer message, long nowNs) {
        ByteBuffer body = message.position(MessageLayout.HEADER_BYTES);
        if (body.remaining() < Long.BYTES + Integer.BYTES || body.getLong(body.position()) < 0) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return;
        }
        long start = body.getLong();
        int version = body.getInt();
        readPolicy(body);
        if (of != session) {
            // What waits behind this is of the new session.
            endSession();
            session = of;
            outlets = new Outlets(of);
            isEnded = false;
            expected = start;
            eventsTaken = 0;
            joinedVersion = 0;
        } else if (isEnded) {
            tally.strays++;
            return;
        } else if ((message.getInt(MessageLayout.FLAGS_AT) & MessageLayout.RESUMED) == 0) {
            eventsTaken = 0;
            if (start > expected) {
                outlets.known(start, LossReason.EVICTED);
                expected = start;
            }
        }
        placeInMessage = 0;
        join(version, expected);
        credit.beginSession(nowNs);
    }

    private void join(int version, long sequence) {
        if (version > joinedVersion) {
            subscriptions.join(outlets, joinedVersion, version, sequence);
            joinedVersion = version;
        }
    }

    private void readPolicy(ByteBuffer body) {
        Optional<String> text = Message.longText(body);
        if (text.isPresent() && !text.get().equals(policyText)) {
            try {
                policy = FlowPolicy.parse(text.get());
                policyText = text.get();
            } catch (ConfigException e) {
                // A later version's policy, or a stranger's: the one in force stays.
                tally.malformed(MalformedMessage.BAD_TEXT);
            }
        }
    }

    private boolean onState(ByteBuffer message, long nowNs) {
        ByteBuffer body = message.position(MessageLayout.HEADER_BYTES);
        if (body.remaining() < Long.BYTES + Integer.BYTES) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return true;
        }
        long next = body.getLong();
        if (next > expected) {
            askAgain(nowNs);
        } else if (next == expected) {
            int version = body.getInt();
            readPolicy(body);
            join(version, expected);
        }
        credit.beDue();
        return true;
    }

    private boolean onEnd(ByteBuffer message, long nowNs) {
        ByteBuffer body = message.position(MessageLayout.HEADER_BYTES);
        if (body.remaining() < Long.BYTES) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return true;
        }
        long end = body.getLong();
        if (!isEnded && end > expected) {
            askAgain(nowNs);
        } else if (!isEnded) {
            outlets.end(expected);
            isEnded = true;
        }
        credit.beDue();
        return true;
    }

    /** What came is behind a hole: once in a while the publisher is asked to fill it. */
    private void askAgain(long nowNs) {
        if (credit.miss(nowNs)) {
            tally.resendsAsked++;
        }
    }

    private boolean onData(ByteBuffer message, long receivedEpochNanos, long nowNs) {
        if (message.limit() < MessageLayout.TOPIC_AT
                || message.limit() < MessageLayout.TOPIC_AT + (message.get(MessageLayout.TOPIC_LENGTH_AT) & 0xff)) {
            tally.malformed(MalformedMessage.TOO_SHORT);
            return true;
        }
        long from = message.getLong(MessageLayout.FROM_AT);
        if (placeInMessage == 0) {
            if (from > expected) {
                askAgain(nowNs);
                return true;
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
        }
        if (!handEntries(message, topic(message), message.getLong(MessageLayout.SENT_AT), receivedEpochNanos)) {
            return false;
        }
        placeInMessage = 0;
        credit.took(message.limit(), nowNs);
        return true;
    }

    /** Hands out what is in the message from the place on; says {@code false} if it stalled on the way. */
    private boolean handEntries(ByteBuffer message, String topic, long sentEpochNanos, long receivedEpochNanos) {
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
                isStalled = !handOne(message.position(at), topic, placeSentNs.orElse(sentEpochNanos), receivedEpochNanos);
                message.limit(end);
                if (isStalled) {
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
    private boolean handOne(ByteBuffer frame, String topic, long sentEpochNanos, long receivedEpochNanos) {
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

    /** Whether the publisher is to be told now how far all is taken, and how much more may come. */
    boolean isCreditDue(long nowNs) {
        return session != 0 && (credit.isDue(nowNs) || isGrantUsedUp());
    }

    /** Whether something here has waited for the room that a handler has just made. */
    boolean isWaitedFor() {
        return isStalled || isGrantUsedUp();
    }

    private boolean isGrantUsedUp() {
        return !isEnded && credit.isUsedUp(eventsTaken, grant());
    }

    private long grant() {
        long room = room();
        return room > MessageLayout.UNLIMITED - eventsTaken ? MessageLayout.UNLIMITED : eventsTaken + room;
    }

    /** What the publisher is to be told. */
    Credit takeCredit() {
        long granted = grant();
        int resend = credit.tell(granted) ? MessageLayout.RESEND : 0;
        outlets.onCredit();
        return new Credit(expected, granted, resend | (isEnded ? MessageLayout.ENDED : 0));
    }

    /** The publisher was not told after all. */
    void onCreditRefused() {
        credit.beDue();
    }

    /** Does what is due; says how long until something is, if nothing happens before. */
    long onTime(long nowNs) {
        long untilDueNs = Long.MAX_VALUE;
        if (!isEnded && !isSilent) {
            untilDueNs = lastHeardNs + limits.silence().toNanos() - nowNs;
            if (untilDueNs <= 0) {
                isSilent = true;
                outlets.tellTailUnknown();
                untilDueNs = Long.MAX_VALUE;
            }
        }
        return Math.min(untilDueNs, credit.untilDueNs(nowNs));
    }

    /** The session is not followed any longer: another has begun, or nobody here listens. */
    void leaveSession() {
        endSession();
        session = 0;
        forgetHeld();
    }

    private void endSession() {
        if (!isEnded && !isSilent) {
            outlets.tellTailUnknown();
        }
        outlets.retire();
        isEnded = true;
        isSilent = false;
    }
}
