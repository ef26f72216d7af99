package io.heliograph.zmq;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * Every limit and period of the transport.
 *
 * @param eventBytes    the largest event, as {@link io.heliograph.Event#size} counts; nothing larger is sent or read
 * @param frameBytes    events gather in one frame up to so many bytes, a larger one travels alone; 1: each has a frame of its own
 * @param windowBytes   what may be on its way to one subscriber that has not acknowledged it
 * @param endpoints     places in one address
 * @param peers         own subscribers that a publisher serves at once, and publishers that a subscriber follows
 * @param filters       topic filters that one subscriber may ask for
 * @param plainFilters  subscriptions of foreign peers that a publisher serves at once
 * @param plainMessages messages that ZeroMQ may hold for one foreign peer
 * @param heartbeat     how often each end speaks at least
 * @param silence       after this long without a word a publisher's life is in doubt
 * @param eviction      how long a subscriber that the publisher waits for may be silent
 * @param linger        how long a publisher that closes waits for acknowledgements, as long as some come
 * @param handshake     how long a stranger may take to say who it is
 * @param reconnect     how long to wait before connecting again, at first
 * @param slowReconnect the same, at most
 */
public record ZmqLimits(int eventBytes, int frameBytes, int windowBytes, int endpoints, int peers, int filters,
        int plainFilters, int plainMessages, Duration heartbeat, Duration silence, Duration eviction, Duration linger,
        Duration handshake, Duration reconnect, Duration slowReconnect) {

    /** The least and most that may be asked for. */
    static final int LEAST_EVENT_BYTES = 1 << 10;
    static final int MOST_EVENT_BYTES = 1 << 27;
    static final int LEAST_FRAME_BYTES = 1;
    /** What is sent together where each event has a frame of its own. */
    private static final int LONE_FRAMES_BYTES = 64 << 10;
    static final int MOST_FRAME_BYTES = 1 << 24;
    static final int LEAST_WINDOW_BYTES = 1 << 12;
    static final int MOST_WINDOW_BYTES = 1 << 30;

    public ZmqLimits {
        require("max-event in bytes", eventBytes, LEAST_EVENT_BYTES, MOST_EVENT_BYTES);
        require("frame in bytes", frameBytes, LEAST_FRAME_BYTES, MOST_FRAME_BYTES);
        require("window in bytes", windowBytes, LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES);
        require("endpoints", endpoints, 1, 1 << 10);
        require("peers", peers, 1, 1 << 20);
        require("filters", filters, 1, 1 << 12);
        require("plain filters", plainFilters, 1, 1 << 24);
        require("plain messages", plainMessages, 1, 1 << 24);
        requirePositive("heartbeat", heartbeat);
        requirePositive("silence", silence);
        requirePositive("evict", eviction);
        requirePositive("linger", linger);
        requirePositive("handshake", handshake);
        requirePositive("reconnect", reconnect);
        requirePositive("slow reconnect", slowReconnect);
        if (silence.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new ConfigException("silence", silence, "at least twice the heartbeat");
        }
    }

    /**
     * Events up to 1 MiB, packed up to 512 KiB, 8 MiB on the way; 64 endpoints, 1,024 peers of 1,024 filters each, 10,000
     * foreign subscriptions, 1,000 messages held for a foreign peer; a heartbeat each second, doubt after 5 s, eviction
     * after 5 s, linger 1 s, 1 s to say who one is; connects again after 100 ms, at most 2 s.
     */
    public static ZmqLimits defaults() {
        return new ZmqLimits(1 << 20, 512 << 10, 8 << 20, 64, 1_024, 1_024, 10_000, 1_000, Duration.ofSeconds(1),
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(1),
                Duration.ofMillis(100), Duration.ofSeconds(2));
    }

    /** Whether each event is to be in a frame of ZMTP of its own. */
    boolean isEachAlone() {
        return frameBytes == LEAST_FRAME_BYTES;
    }

    /** Up to so many bytes events that wait gather in one message, of however many frames. */
    int messageBytes() {
        return isEachAlone() ? LONE_FRAMES_BYTES : frameBytes;
    }

    /** The same with another largest event. */
    public ZmqLimits withEventBytes(int bytes) {
        return new ZmqLimits(bytes, frameBytes, windowBytes, endpoints, peers, filters, plainFilters, plainMessages, heartbeat,
                silence, eviction, linger, handshake, reconnect, slowReconnect);
    }

    /** The same with another size up to which events gather; with 1 each has a frame of its own. */
    public ZmqLimits withFrameBytes(int bytes) {
        return new ZmqLimits(eventBytes, bytes, windowBytes, endpoints, peers, filters, plainFilters, plainMessages, heartbeat,
                silence, eviction, linger, handshake, reconnect, slowReconnect);
    }

    /** The same with other bytes on the way. */
    public ZmqLimits withWindowBytes(int bytes) {
        return new ZmqLimits(eventBytes, frameBytes, bytes, endpoints, peers, filters, plainFilters, plainMessages, heartbeat,
                silence, eviction, linger, handshake, reconnect, slowReconnect);
    }

    /** The same with other most peers. */
    public ZmqLimits withPeers(int most) {
        return new ZmqLimits(eventBytes, frameBytes, windowBytes, endpoints, most, filters, plainFilters, plainMessages,
                heartbeat, silence, eviction, linger, handshake, reconnect, slowReconnect);
    }

    /** The same with another heartbeat, and other times after which silence is doubted and a silent subscriber evicted. */
    public ZmqLimits withPatience(Duration beat, Duration doubt, Duration patience) {
        return new ZmqLimits(eventBytes, frameBytes, windowBytes, endpoints, peers, filters, plainFilters, plainMessages, beat,
                doubt, patience, linger, handshake, reconnect, slowReconnect);
    }

    /** The same with another time in which a stranger must say who it is. */
    public ZmqLimits withHandshake(Duration longest) {
        return new ZmqLimits(eventBytes, frameBytes, windowBytes, endpoints, peers, filters, plainFilters, plainMessages,
                heartbeat, silence, eviction, linger, longest, reconnect, slowReconnect);
    }

    /** The same with another linger. */
    public ZmqLimits withLinger(Duration longest) {
        return new ZmqLimits(eventBytes, frameBytes, windowBytes, endpoints, peers, filters, plainFilters, plainMessages,
                heartbeat, silence, eviction, longest, handshake, reconnect, slowReconnect);
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(what, value, least + " to " + most);
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (!value.isPositive() || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigException(what, value, "more than 0, at most 1 hour");
        }
    }
}
