package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.flow.Admission;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.SessionIntake;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The subscriptions that follow one session, and what each of them is handed. Guarded by the subscriber's lock. */
final class Outlets {

    /** One subscription's end of the session. */
    private static final class Outlet {
        private final SessionIntake intake;
        private final Optional<DataHandler> direct;
        /** In the place of the session's. */
        private final Optional<FlowPolicy> ceiling;
        private String lastTopic = "";
        private boolean isLastWanted;
        private boolean isRemoved;
        private long handedAtCredit = -1;

        private Outlet(SessionIntake intake, Optional<DataHandler> direct, Optional<FlowPolicy> ceiling) {
            this.intake = intake;
            this.direct = direct;
            this.ceiling = ceiling;
        }

        FlowPolicy ceiling(FlowPolicy ofSession) {
            return ceiling.orElse(ofSession);
        }

        /** Whether an event of {@code bytes} would take the place of an older one, and its handler has taken none since the last credit. */
        boolean isStalled(FlowPolicy ofSession, int bytes) {
            return direct.isEmpty() && intake.intake().handed() == handedAtCredit
                    && intake.intake().judge(ceiling(ofSession), bytes, 0) == Admission.Verdict.EVICT_OLDEST;
        }

        /** Whether the filter wants {@code topic}, which nearly always is the very object that it was the last time. */
        @SuppressWarnings("StringEquality")
        boolean wants(String topic) {
            if (topic != lastTopic) {
                lastTopic = topic;
                isLastWanted = intake.intake().wants(topic);
            }
            return isLastWanted;
        }
    }

    private final long session;
    /** Never changed but replaced, since a handler may close its own subscription. */
    private List<Outlet> outlets = List.of();
    private int lastBytes;

    Outlets(long session) {
        this.session = session;
    }

    /**
     * A subscription begins at {@code sequence}.
     *
     * @param ceiling what its policy may be at most, if that is not the publisher's
     */
    void join(Intake intake, Optional<DataHandler> direct, long sequence, Optional<FlowPolicy> ceiling) {
        var more = new ArrayList<>(outlets);
        more.add(new Outlet(intake.join(session, sequence), direct, ceiling));
        outlets = List.copyOf(more);
    }

    void remove(Intake intake) {
        outlets.stream().filter(own -> own.intake.intake() == intake).forEach(own -> own.isRemoved = true);
        outlets = outlets.stream().filter(own -> own.intake.intake() != intake).toList();
    }

    boolean isEmpty() {
        return outlets.isEmpty();
    }

    /** Whether all take events where they lie. */
    boolean isDirectOnly() {
        for (Outlet outlet : outlets) {
            if (outlet.direct.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Whether an event of {@code bytes} may be handed to all of them now. */
    boolean hasRoom(FlowPolicy ceiling, int bytes) {
        for (Outlet outlet : outlets) {
            if (outlet.direct.isEmpty() && !outlet.intake.intake().hasRoom(outlet.ceiling(ceiling), bytes)) {
                return false;
            }
        }
        return true;
    }

    /**
     * How many events the fullest of those that make a publisher wait has room for; one at least where it is empty. Where all
     * the others hang, none: what would be given up here is better given up by the publisher.
     */
    long room(FlowPolicy ceiling) {
        long room = MessageLayout.UNLIMITED;
        boolean isAnyMoving = outlets.isEmpty();
        for (Outlet outlet : outlets) {
            Intake intake = outlet.intake.intake();
            FlowPolicy policy = intake.policy(outlet.ceiling(ceiling));
            isAnyMoving |= policy.waits() || !outlet.isStalled(ceiling, lastBytes);
            if (outlet.direct.isEmpty() && policy.waits()) {
                int waiting = intake.waiting();
                long free = Math.max(0, policy.limit().events() - (long) waiting);
                room = Math.min(room, waiting == 0 ? Math.max(1, free) : free);
            }
        }
        return isAnyMoving ? room : 0;
    }

    /** The publisher is told of the room. */
    void onCredit() {
        outlets.forEach(outlet -> outlet.handedAtCredit = outlet.intake.intake().handed());
    }

    /** Hands an event to those that want it. */
    void hand(Event event, long sequence, long sentEpochNanos, long receivedEpochNanos, FlowPolicy ceiling) {
        lastBytes = event.size();
        Optional<Delivery> delivery = Optional.empty();
        for (Outlet outlet : outlets) {
            if (!outlet.wants(event.topic())) {
                outlet.intake.skip(sequence);
                continue;
            }
            if (delivery.isEmpty()) {
                delivery = Optional.of(new Delivery(event, new Position(session, sequence), sentEpochNanos, receivedEpochNanos));
            }
            outlet.intake.offer(delivery.get(), outlet.ceiling(ceiling), 0);
            outlet.direct.ifPresent(handler -> outlet.intake.intake().poll(handler, Integer.MAX_VALUE));
            clearInterrupt(outlet);
        }
    }

    /**
     * Hands {@code count} events that lie one behind the other to those that take them where they lie.
     *
     * @param at       where the first of them begins in {@code message}
     * @param sequence of the first
     * @param topic    the context of their frames
     */
    void handRun(ByteBuffer message, int at, int count, long sequence, String topic, long sentEpochNanos, long receivedEpochNanos,
            FrameDecoder decoder) {
        int end = message.limit();
        for (Outlet outlet : outlets) {
            handRun(outlet, message, at, count, sequence, topic, sentEpochNanos, receivedEpochNanos, decoder);
            message.limit(end);
        }
    }

    private void handRun(Outlet outlet, ByteBuffer message, int start, int count, long first, String topic, long sentEpochNanos,
            long receivedEpochNanos, FrameDecoder decoder) {
        int repeated = outlet.intake.arrive(first, count);
        if (repeated == count) {
            // It has just been closed: nothing is its any more.
            return;
        }
        DataHandler handler = outlet.direct.orElseThrow();
        outlet.intake.intake().poll(handler, Integer.MAX_VALUE);
        boolean isWanted = outlet.wants(topic);
        int end = message.limit();
        int at = start;
        long delivered = 0;
        long filtered = 0;
        for (int i = 0; i < count; i++) {
            int word = message.getInt(at);
            int next = at + FrameDecoder.frameLength(word);
            if (i < repeated) {
                // It has been handled in the session before.
                at = next;
                continue;
            }
            if (outlet.isRemoved) {
                outlet.intake.lost(first + i, LossReason.LEFT);
            } else if (!FrameDecoder.isBare(word)) {
                handWhole(outlet, handler, message.limit(next).position(at), topic, first + i, sentEpochNanos, receivedEpochNanos, decoder);
            } else if (isWanted) {
                delivered += handBare(outlet, handler, topic, message.limit(next).position(at + FrameEncoder.HEADER_BYTES), first + i);
            } else {
                filtered++;
            }
            message.limit(end);
            at = next;
        }
        outlet.intake.handled(delivered, filtered);
    }

    private int handBare(Outlet outlet, DataHandler handler, String topic, ByteBuffer data, long sequence) {
        try {
            handler.onData(topic, data, session, sequence);
            return 1;
        } catch (Throwable thrown) {
            // Whatever a stranger's handler throws, an Error included, must not end the thread that serves it.
            outlet.intake.failed(sequence, thrown);
            return 0;
        } finally {
            Thread.interrupted();
        }
    }

    private void handWhole(Outlet outlet, DataHandler handler, ByteBuffer frame, String topic, long sequence, long sentEpochNanos,
            long receivedEpochNanos, FrameDecoder decoder) {
        switch (decoder.decode(frame, topic)) {
            case DecodedEvent(Event event) -> {
                if (!outlet.wants(event.topic())) {
                    outlet.intake.handled(0, 1);
                    return;
                }
                try {
                    handler.onEvent(new Delivery(event, new Position(session, sequence), sentEpochNanos, receivedEpochNanos));
                    outlet.intake.handled(1, 0);
                } catch (Throwable thrown) {
                    // As above.
                    outlet.intake.failed(sequence, thrown);
                } finally {
                    Thread.interrupted();
                }
            }
            case MalformedFrame reason -> outlet.intake.lost(sequence, LossReason.UNREADABLE);
        }
    }

    /** A handler here runs on the thread that owns sockets, which an interrupt would break. */
    private static void clearInterrupt(Outlet outlet) {
        if (outlet.direct.isPresent()) {
            Thread.interrupted();
        }
    }

    /** The event at {@code sequence} came whole and cannot be decoded. */
    void unreadable(long sequence) {
        outlets.forEach(outlet -> outlet.intake.lose(sequence, LossReason.UNREADABLE));
    }

    /** What became of the events that the publisher did not send. */
    void tell(Account account) {
        for (Outlet outlet : outlets) {
            tell(outlet.intake, account);
        }
    }

    private static void tell(SessionIntake intake, Account account) {
        if (account.isOneReasonOnly()) {
            account.tell((reason, first, last, count) -> intake.known(account.end(), reason));
            return;
        }
        long span = account.end() - account.from();
        long repeated = intake.account(account.from(), span);
        if (repeated == span) {
            // It has just been closed: nothing is its any more.
            return;
        }
        if (repeated > 0 && account.lost() > 0) {
            // Nobody can say which of them it had been told of before; no publisher does that by itself.
            intake.lost(new Gap(intake.session(), account.from() + repeated, account.end() - 1, span - repeated, LossReason.NETWORK));
            return;
        }
        intake.handled(0, account.filtered() - repeated);
        account.tell((reason, first, last, count) -> intake.lost(new Gap(intake.session(), first, last, count, reason)));
    }

    /** All before {@code end} exist; what has not come is lost for {@code reason}. */
    void known(long end, LossReason reason) {
        outlets.forEach(outlet -> outlet.intake.known(end, reason));
    }

    /** The session has ended. */
    void end(long sequence) {
        outlets.forEach(outlet -> outlet.intake.end(sequence));
        outlets = List.of();
    }

    /** The session is silent: whether more events existed cannot be known. */
    void tellTailUnknown() {
        outlets.forEach(outlet -> outlet.intake.tellTailUnknown());
    }

    /** Nothing more is expected of the session. */
    void retire() {
        outlets.forEach(outlet -> outlet.intake.retire());
        outlets = List.of();
    }
}
