package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Optional;

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
    private final DataReader data;
    private final CreditSchedule credit;
    private final ArrayDeque<ByteBuffer> held = new ArrayDeque<>();
    private long heldBytes;
    private long session;
    private Outlets outlets = new Outlets(0);
    private FlowPolicy policy = ZmqTransport.DEFAULT_POLICY;
    private String policyText = "";
    private int joinedVersion;
    private boolean isStalled;
    private boolean isEnded = true;
    private boolean isSilent;
    private long lastHeardNs;

    SessionReader(Subscriptions subscriptions, ZmqLimits limits, ZmqCounters.Tally tally, long nowNs) {
        this.subscriptions = subscriptions;
        this.limits = limits;
        this.tally = tally;
        this.data = new DataReader(tally);
        this.credit = new CreditSchedule(limits);
        this.lastHeardNs = nowNs;
    }

    /** The session that is followed, 0 if none has been yet. */
    long session() {
        return session;
    }

    /** The sequence that comes next. */
    long expected() {
        return data.expected();
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
            if (message.get(MessageLayout.TYPE_AT) != MessageType.DATA.code) {
                // It asks whether anybody lives.
                credit.beDue();
            }
            hold(message);
            return;
        }
        if (!read(message, receivedEpochNanos, nowNs)) {
            hold(message);
        }
    }

    /** Keeps a copy: who brought it reads the next one into the same bytes. */
    private void hold(ByteBuffer message) {
        if (heldBytes > 4L * limits.windowBytes() + MessageLayout.mostBytesToSubscriber(limits)) {
            // It sends more than it was granted; what is thrown away here shows as a hole, and is asked for again.
            tally.strays++;
            return;
        }
        held.addLast(ByteBuffer.allocate(message.limit()).order(ByteOrder.LITTLE_ENDIAN).put(0, message, 0, message.limit()));
        heldBytes += message.limit();
    }

    /** Forgets what waits: it will be sent again, from what is expected on. */
    void forgetHeld() {
        isStalled = false;
        held.clear();
        heldBytes = 0;
        data.leavePlace();
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
            data.begin(outlets, start);
            joinedVersion = 0;
        } else if (isEnded) {
            tally.strays++;
            return;
        } else if ((message.getInt(MessageLayout.FLAGS_AT) & MessageLayout.RESUMED) == 0) {
            if (start > data.expected()) {
                outlets.known(start, LossReason.EVICTED);
            }
            data.goOn(start);
        }
        data.leavePlace();
        join(version, data.expected());
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
        if (next > data.expected()) {
            askAgain(nowNs);
        } else if (next == data.expected()) {
            int version = body.getInt();
            readPolicy(body);
            join(version, data.expected());
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
        if (!isEnded && end > data.expected()) {
            askAgain(nowNs);
        } else if (!isEnded) {
            outlets.end(data.expected());
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
        switch (data.read(message, policy, receivedEpochNanos)) {
            case TAKEN -> credit.took(message.limit(), nowNs);
            case HOLE -> askAgain(nowNs);
            case STALLED -> isStalled = true;
            case MALFORMED -> {
            }
        }
        return !isStalled;
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
        return !isEnded && credit.isUsedUp(data.eventsTaken(), grant());
    }

    private long grant() {
        long room = room();
        return room > MessageLayout.UNLIMITED - data.eventsTaken() ? MessageLayout.UNLIMITED : data.eventsTaken() + room;
    }

    /** What the publisher is to be told. */
    Credit takeCredit() {
        long granted = grant();
        int resend = credit.tell(granted) ? MessageLayout.RESEND : 0;
        outlets.onCredit();
        return new Credit(data.expected(), granted, resend | (isEnded ? MessageLayout.ENDED : 0));
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
