package io.heliograph.zmq;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the sockets saw, beside the sums; one moment's figures.
 *
 * @param messages      received from own peers, of any kind
 * @param bytes         in them
 * @param sentMessages  sent to own peers; of one that is sent in several frames, each frame
 * @param sentBytes     in them
 * @param malformed     ignored because they are none of this protocol's, by reason; absent where there was none
 * @param strays        ignored because nobody here is meant
 * @param refusedPeers  ignored because the table of peers has no place
 * @param repeated      frames that had arrived before
 * @param resendsAsked  times a subscriber asked for what it missed
 * @param unreadable    events that arrived whole and could not be decoded
 * @param refusals      connections that were cut off and what was refused on them, by reason; absent where there was none
 */
public record ZmqCounters(long messages, long bytes, long sentMessages, long sentBytes, Map<MalformedMessage, Long> malformed,
        long strays, long refusedPeers, long repeated, long resendsAsked, long unreadable, Map<ZmqRefusal, Long> refusals) {

    public ZmqCounters {
        malformed = Map.copyOf(malformed);
        refusals = Map.copyOf(refusals);
    }

    /** Counts as they happen. Guarded by its owner's lock. */
    static final class Tally {
        final EnumMap<MalformedMessage, Long> malformed = new EnumMap<>(MalformedMessage.class);
        /** Counted on other threads. */
        ZmqRefusals refusals = new ZmqRefusals();
        long messages;
        long bytes;
        long sentMessages;
        long sentBytes;
        long strays;
        long refusedPeers;
        long repeated;
        long resendsAsked;
        long unreadable;

        void malformed(MalformedMessage reason) {
            malformed.merge(reason, 1L, Long::sum);
        }

        void sent(int messageBytes) {
            sent(1, messageBytes);
        }

        /** A message that went in so many frames. */
        void sent(int frames, int messageBytes) {
            sentMessages += frames;
            sentBytes += messageBytes;
        }

        void received(int messageBytes) {
            messages++;
            bytes += messageBytes;
        }

        ZmqCounters snapshot() {
            return new ZmqCounters(messages, bytes, sentMessages, sentBytes, malformed, strays, refusedPeers, repeated,
                    resendsAsked, unreadable, refusals.snapshot());
        }
    }
}
