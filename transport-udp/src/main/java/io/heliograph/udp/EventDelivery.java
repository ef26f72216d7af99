package io.heliograph.udp;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.flow.SessionIntake;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Hands the events of one session's datagrams, given in their order, to its subscriptions.
 *
 * <pre>
 *   DATA      all take events where they lie ----------------->  DataHandler
 *             else  decode  -----------------.
 *   FRAGMENT  Reassembly, at the last part: decode ----------->  SessionIntake.offer, as long as all have room
 * </pre>
 *
 * <p>Guarded by the subscriber's lock. Allocates nothing per event that is handled where it lies.
 */
final class EventDelivery {

    private final long session;
    private final Outlets outlets;
    private final Optional<KeyShare> share;
    private final boolean isRoomHeeded;
    private final UdpCounters.Tally tally;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Reassembly reassembly = new Reassembly();
    private long nextEvent;

    /**
     * @param share        the share of events that is handled here; empty for all
     * @param isRoomHeeded whether an event waits for room where a subscription has none
     */
    EventDelivery(long session, Outlets outlets, Optional<KeyShare> share, boolean isRoomHeeded, UdpCounters.Tally tally) {
        this.session = session;
        this.outlets = outlets;
        this.share = share;
        this.isRoomHeeded = isRoomHeeded;
        this.tally = tally;
    }

    /** Sequence of the next event. */
    long nextEvent() {
        return nextEvent;
    }

    /** The next event is {@code event}, and nobody has been told of any before it. */
    void begin(long event) {
        nextEvent = event;
    }

    /** All events before {@code event} exist, and what has not come of them is lost. */
    void reach(long event) {
        nextEvent = Math.max(nextEvent, event);
        outlets.tellKnown(nextEvent, LossReason.NETWORK);
    }

    /** If events before {@code event} have not come, they are lost, for {@code reason}. */
    void pass(long event, LossReason reason) {
        if (event > nextEvent) {
            nextEvent = event;
            outlets.tellKnown(event, reason);
        }
    }

    /** The session has ended, before {@code event} at the earliest; what has not come of it is lost. */
    void end(long event) {
        nextEvent = Math.max(nextEvent, event);
        outlets.end(nextEvent);
    }

    /** A datagram has come that had come before. */
    void refuse(Datagram duplicate) {
        tally.duplicates++;
        outlets.tellDuplicates(duplicate.events());
    }

    /** A datagram is lost, and the event with it of which there are parts. */
    void breakOff() {
        if (reassembly.isOpen()) {
            tally.reassemblyDrops++;
            reassembly.drop();
        }
    }

    /** Hands out the events of the next datagram; says {@code false} if there was no room for all of them. */
    boolean deliver(Datagram data, long receivedEpochNanos) {
        if (data.type() == DatagramLayout.FRAGMENT) {
            return deliverPart(data, receivedEpochNanos);
        }
        if (outlets.areDirect()) {
            handDirectly(data, receivedEpochNanos);
            return true;
        }
        return handAll(data.body(), data.topic(), data.firstEvent(), data.events(), data.sentEpochNanos(), receivedEpochNanos);
    }

    private boolean deliverPart(Datagram part, long receivedEpochNanos) {
        if (part.offset() == 0 && part.firstEvent() > nextEvent) {
            nextEvent = part.firstEvent();
        }
        if (!isRoomFor(part)) {
            return false;
        }
        Optional<ByteBuffer> whole = reassembly.add(part);
        if (!reassembly.isOpen() && whole.isEmpty()) {
            // A part before this one is lost, and with it the event before this part's first one.
            pass(part.firstEvent() + part.events(), LossReason.NETWORK);
        }
        if (whole.isPresent()) {
            handAll(whole.get(), FrameEncoder.NO_TOPIC, reassembly.event(), 1, part.sentEpochNanos(), receivedEpochNanos);
        }
        return true;
    }

    /** Whether the event that this part would complete has its room. */
    private boolean isRoomFor(Datagram part) {
        int partBytes = part.whole().remaining() - DatagramLayout.HEADER_BYTES - DatagramLayout.FRAGMENT_FIXED_BYTES;
        return part.offset() + partBytes < part.frameBytes() || hasRoom(part.frameBytes());
    }

    private boolean hasRoom(int sizeBytes) {
        return !isRoomHeeded || outlets.haveRoom(sizeBytes);
    }

    private boolean handAll(ByteBuffer frames, String topic, long firstEvent, int count, long sent, long received) {
        long sequence = firstEvent;
        for (int i = 0; i < count; i++, sequence++) {
            if (sequence < nextEvent) {
                // Handed out before there was no more room.
                frames.position(frames.position() + Math.min(FrameDecoder.frameLength(frames), frames.remaining()));
                continue;
            }
            if (!hasRoom(FrameDecoder.frameLength(frames))) {
                return false;
            }
            switch (decoder.decode(frames, topic)) {
                case DecodedEvent(Event event) -> hand(event, new Position(session, sequence), sent, received);
                case MalformedFrame reason -> {
                    tally.unreadable++;
                    outlets.tellLost(sequence, LossReason.UNREADABLE);
                }
            }
            nextEvent = sequence + 1;
        }
        nextEvent = Math.max(nextEvent, sequence);
        return true;
    }

    private void hand(Event event, Position position, long sentEpochNanos, long receivedEpochNanos) {
        Optional<Delivery> delivery = Optional.empty();
        for (Outlet outlet : outlets.placed()) {
            SessionIntake intake = outlet.session();
            if (!intake.intake().wants(event.topic()) || !isOwn(event.key(), position.sequence())) {
                intake.skip(position.sequence());
                continue;
            }
            if (delivery.isEmpty()) {
                delivery = Optional.of(new Delivery(event, position, sentEpochNanos, receivedEpochNanos));
            }
            intake.offer(delivery.get(), outlets.ceiling(), 0);
            if (outlet.direct().isPresent()) {
                outlet.drain(outlet.direct().get());
            }
        }
    }

    private boolean isOwn(Optional<String> key, long sequence) {
        return share.isEmpty() || share.get().owns(key, sequence);
    }

    private void handDirectly(Datagram data, long receivedEpochNanos) {
        for (Outlet outlet : outlets.placed()) {
            handDirectly(outlet, outlet.direct().orElseThrow(), data, receivedEpochNanos);
        }
        nextEvent = data.firstEvent() + data.events();
    }

    private void handDirectly(Outlet outlet, DataHandler handler, Datagram data, long receivedEpochNanos) {
        SessionIntake intake = outlet.session();
        int count = data.events();
        long first = data.firstEvent();
        String topic = data.topic();
        int repeated = intake.arrive(first, count);
        outlet.drain(handler);
        boolean isWanted = outlet.wants(topic);
        long delivered = 0;
        long filtered = 0;
        ByteBuffer frames = data.body();
        int end = frames.limit();
        int at = frames.position();
        for (int i = 0; i < count; i++) {
            int header = frames.getInt(at);
            int next = at + FrameDecoder.frameLength(header);
            if (i >= repeated) {
                if (!FrameDecoder.isBare(header)) {
                    handDecoded(intake, handler, frames.limit(next).position(at), topic, first + i, data, receivedEpochNanos);
                } else if (isWanted && isOwn(Optional.empty(), first + i)) {
                    delivered += handBare(intake, handler, topic, frames.limit(next).position(at + Integer.BYTES), first + i);
                } else {
                    filtered++;
                }
                frames.limit(end);
            }
            at = next;
        }
        intake.handled(delivered, filtered);
    }

    private int handBare(SessionIntake intake, DataHandler handler, String topic, ByteBuffer data, long sequence) {
        try {
            handler.onData(topic, data, session, sequence);
            return 1;
        } catch (Throwable thrown) {
            // Whatever a stranger's handler throws, an Error included, must not end the thread that serves it.
            intake.failed(sequence, thrown);
            return 0;
        }
    }

    private void handDecoded(SessionIntake intake, DataHandler handler, ByteBuffer frame, String topic, long sequence,
            Datagram data, long receivedEpochNanos) {
        switch (decoder.decode(frame, topic)) {
            case DecodedEvent(Event event) -> {
                if (!intake.intake().wants(event.topic()) || !isOwn(event.key(), sequence)) {
                    intake.handled(0, 1);
                    return;
                }
                try {
                    handler.onEvent(new Delivery(event, new Position(session, sequence), data.sentEpochNanos(),
                            receivedEpochNanos));
                    intake.handled(1, 0);
                } catch (Throwable thrown) {
                    intake.failed(sequence, thrown);
                }
            }
            case MalformedFrame reason -> {
                tally.unreadable++;
                intake.lost(sequence, LossReason.UNREADABLE);
            }
        }
    }
}
