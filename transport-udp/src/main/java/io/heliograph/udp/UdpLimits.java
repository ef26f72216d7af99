package io.heliograph.udp;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * Every limit and period of the protocol.
 *
 * @param socketBufferBytes what is asked of the operating system for each socket's buffers
 * @param sessions          publishers that a subscriber follows at once
 * @param receivers         subscribers that a publisher keeps in mind at once
 * @param heldDatagrams     datagrams a subscriber holds for each session while one before them is missing
 * @param reorderWait       how long a missing datagram may be late before it is lost
 * @param heartbeat         how often an idle publisher says where it stands, at first
 * @param slowHeartbeat     the same, once it has been idle for 20 heartbeats
 * @param status            how often a subscriber says that it listens
 * @param silence           after this long without a word, a publisher's or subscriber's life is in doubt
 * @param linger            how long a publisher that closes says so, until all its subscribers have heard it
 * @param retainedBytes     what a reliable publisher keeps, to send it again
 * @param eviction          how long a subscriber that the publisher waits for may be silent
 */
public record UdpLimits(int socketBufferBytes, int sessions, int receivers, int heldDatagrams, Duration reorderWait,
        Duration heartbeat, Duration slowHeartbeat, Duration status, Duration silence, Duration linger, long retainedBytes, Duration eviction) {

    public UdpLimits {
        require("socket buffer in bytes", socketBufferBytes, 4096, 1 << 30);
        require("sessions", sessions, 1, 1 << 20);
        require("receivers", receivers, 1, 1 << 20);
        require("held datagrams", heldDatagrams, 1, 1 << 16);
        requirePositive("reorder wait", reorderWait);
        requirePositive("heartbeat", heartbeat);
        requirePositive("slow heartbeat", slowHeartbeat);
        requirePositive("status", status);
        requirePositive("silence", silence);
        requirePositive("linger", linger);
        requirePositive("eviction", eviction);
        if (retainedBytes < 1 << 16 || retainedBytes > 1L << 36) {
            throw new ConfigException("retained bytes", retainedBytes, "65536 to 68719476736");
        }
        if (silence.compareTo(slowHeartbeat.multipliedBy(2)) < 0 || silence.compareTo(status.multipliedBy(2)) < 0) {
            throw new ConfigException("silence", silence, "at least twice the slow heartbeat and the status period");
        }
    }

    /**
     * 4 MiB socket buffers; 256 sessions, 1,024 receivers; 64 datagrams held for at most 2 ms; heartbeats each 100 ms,
     * then each second; a status each second; silence after 5 s; linger 1 s; 16 MiB
     * retained, eviction after 5 s.
     */
    public static UdpLimits defaults() {
        return new UdpLimits(4 << 20, 256, 1024, 64, Duration.ofMillis(2), Duration.ofMillis(100), Duration.ofSeconds(1),
                Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1), 16L << 20, Duration.ofSeconds(5));
    }

    /** The same with other sockets' buffers. */
    public UdpLimits withSocketBufferBytes(int bytes) {
        return new UdpLimits(bytes, sessions, receivers, heldDatagrams, reorderWait, heartbeat, slowHeartbeat, status,
                silence, linger, retainedBytes, eviction);
    }

    /** The same with other most sessions. */
    public UdpLimits withSessions(int most) {
        return new UdpLimits(socketBufferBytes, most, receivers, heldDatagrams, reorderWait, heartbeat, slowHeartbeat,
                status, silence, linger, retainedBytes, eviction);
    }

    /** The same with other bytes retained. */
    public UdpLimits withRetainedBytes(long bytes) {
        return new UdpLimits(socketBufferBytes, sessions, receivers, heldDatagrams, reorderWait, heartbeat, slowHeartbeat,
                status, silence, linger, bytes, eviction);
    }

    /** The same with another patience for silent subscribers. */
    public UdpLimits withEviction(Duration patience) {
        return new UdpLimits(socketBufferBytes, sessions, receivers, heldDatagrams, reorderWait, heartbeat, slowHeartbeat,
                status, silence, linger, retainedBytes, patience);
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
