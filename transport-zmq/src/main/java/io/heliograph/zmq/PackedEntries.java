package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds one's way among the entries of DATA that this side packed itself. Buffers are little-endian. Stateless. */
final class PackedEntries {

    private static final int FIXED_SIZE = Event.of("t", new byte[0]).size() - 1;

    private PackedEntries() {
    }

    /** What bytes of no stated type count for in a limit. */
    static int size(int topicLength, int length) {
        return (int) Math.min((long) FIXED_SIZE + topicLength + length, Integer.MAX_VALUE);
    }

    /** What the event that begins at {@code at} counts for in a limit; its frame's context is {@code topic}. */
    static int size(ByteBuffer packed, int at, String topic, FrameDecoder decoder) {
        int frame = frame(packed, at);
        int word = packed.getInt(frame);
        if (FrameDecoder.isBare(word)) {
            return size(topic.length(), FrameDecoder.frameLength(word) - FrameEncoder.HEADER_BYTES);
        }
        return switch (decoder.decode(from(packed, frame), topic)) {
            case DecodedEvent(Event event) -> event.size();
            case MalformedFrame reason -> throw new AssertionError("a frame that this lane wrote: " + reason);
        };
    }

    /** Where the event that begins at {@code at} ends. */
    static int endOfEvent(ByteBuffer packed, int at) {
        int frame = frame(packed, at);
        return frame + FrameDecoder.frameLength(packed.getInt(frame));
    }

    /** Where the frame begins of the event that begins at {@code at}. */
    private static int frame(ByteBuffer packed, int at) {
        return MessageLayout.isSentEntry(packed.getInt(at)) ? at + MessageLayout.SENT_ENTRY_BYTES : at;
    }

    /** Has {@code into} go on with what the account at {@code at} says. */
    static void read(ByteBuffer packed, int at, Account into) {
        if (!into.read(from(packed, at))) {
            throw new AssertionError("an account that this lane wrote");
        }
    }

    private static ByteBuffer from(ByteBuffer packed, int at) {
        return packed.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(at).limit(packed.position());
    }
}
