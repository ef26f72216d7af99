package io.heliograph.udp;

import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Decodes whatever it is given as far as that goes, as a subscriber or publisher would. Confined to one thread. */
final class DecoderDrill {

    private static final String[] CONTEXTS = {"a.b", FrameEncoder.NO_TOPIC, "c.d", "no topic", "a.b"};

    private final Datagram datagram = new Datagram();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Reassembly reassembly = new Reassembly();
    private int decoded;
    private long sum;
    private long whole;
    private long events;

    /** Of what was read, so that reading is not left out. */
    long sum() {
        return sum;
    }

    /** How many datagrams were right. */
    long whole() {
        return whole;
    }

    /** How many events could be decoded. */
    long events() {
        return events;
    }

    /** For whoever has this class from another loader: decodes {@code count} mutants, and all that is valid. */
    static void run(long seed, int count) {
        var mutator = new DatagramMutator(seed, 5);
        var drill = new DecoderDrill();
        for (byte[] one : mutator.valid()) {
            drill.decode(one);
        }
        for (int i = 0; i < count; i++) {
            drill.decode(mutator.next());
        }
    }

    void decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        decodeAnywhere(buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        if (datagram.wrap(buffer).isPresent()) {
            return;
        }
        whole++;
        sum += datagram.ageNs() + datagram.session() + datagram.sequence() + datagram.firstEvent() + datagram.sentEpochNanos()
                + (datagram.isAgeKnown() ? 1 : 0) + (datagram.isFlagged(DatagramLayout.RELIABLE) ? 1 : 0);
        ControlBody body = datagram.control();
        switch (datagram.type()) {
            case DatagramLayout.DATA -> decodeFrames(datagram.body(), datagram.topic(), datagram.events());
            case DatagramLayout.FRAGMENT -> decodePart();
            case DatagramLayout.HEARTBEAT -> sum += body.trail() + body.trailEvent() + body.receivers() + body.policy().length();
            case DatagramLayout.STATUS -> sum += body.receiverId() + body.cookie() + body.lost() + body.acknowledged()
                    + body.limitDatagram() + body.limitEvent() + body.subscriptions() + body.name().length();
            case DatagramLayout.NAK -> {
                for (int i = 0; i < body.ranges(); i++) {
                    sum += body.rangeStart(i) + body.rangeLength(i);
                }
            }
            case DatagramLayout.COOKIE -> sum += body.receiverId() + body.cookie();
            case DatagramLayout.LOST -> sum += body.loss().end() + body.loss().eventBehind() + body.loss().code();
            default -> throw new AssertionError("type " + datagram.type() + " is not known and was let through");
        }
        if (datagram.whole().remaining() != bytes.length) {
            throw new AssertionError("the datagram has " + bytes.length + " bytes, its view " + datagram.whole().remaining());
        }
    }

    /** The frame decoder alone, which others use too, on bytes that nobody has checked. */
    private void decodeAnywhere(ByteBuffer bytes) {
        int from = Math.min(bytes.limit(), decoded++ % 80);
        bytes.position(from).limit(Math.max(from, bytes.limit() - decoded % 3));
        int remaining = bytes.remaining();
        int length = FrameDecoder.frameLength(bytes);
        boolean isWhole = decoder.decode(bytes, CONTEXTS[decoded % CONTEXTS.length]) instanceof DecodedEvent;
        if (bytes.remaining() != (length > remaining ? remaining : remaining - length) || isWhole && length > remaining) {
            throw new AssertionError("a frame of " + length + " of " + remaining + " bytes left " + bytes.remaining());
        }
        if (remaining >= FrameEncoder.HEADER_BYTES) {
            sum += FrameDecoder.isBare(bytes.getInt(from)) ? 1 : 0;
        }
    }

    private void decodeFrames(ByteBuffer frames, String topic, int count) {
        for (int i = 0; i < count; i++) {
            int length = FrameDecoder.frameLength(frames);
            int at = frames.position();
            if (decoder.decode(frames, topic) instanceof DecodedEvent(var event)) {
                events++;
                sum += event.size();
            }
            if (frames.position() != at + length) {
                throw new AssertionError("frame " + i + " of " + length + " bytes moved the buffer by " + (frames.position() - at));
            }
        }
    }

    private void decodePart() {
        Optional<ByteBuffer> frame = reassembly.add(datagram);
        if (frame.isPresent()) {
            if (decoder.decode(frame.get(), FrameEncoder.NO_TOPIC) instanceof DecodedEvent(var event)) {
                events++;
                sum += event.size();
            }
        } else if (whole % 1_000 == 0) {
            reassembly.drop();
        }
    }
}
