package io.heliograph.statsd;

import io.heliograph.ConfigException;
import io.heliograph.udp.PortableDatagramIo;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a {@link StatsdServer} works. Immutable; a value that can't be used is refused at once with a
 * {@link ConfigException}.
 *
 * @param bindAddress        the IPv4 address to listen at; 127.0.0.1 hears this machine alone, 0.0.0.0 everyone
 * @param port               the UDP port; 0 takes a free one
 * @param flushPeriod        how long a pane is
 * @param forgetAfter        how long a series without values is still known, and counts towards {@code maxNames}
 * @param maxNames           the most series (a name, with its type and tags) that are known at a time
 * @param maxNameBytes       the most bytes in a name
 * @param maxDatagramBytes   the longest datagram that is read
 * @param receiveBufferBytes what to ask of the operating system for the socket's buffer; it may grant less
 */
public record StatsdConfig(String bindAddress, int port, Duration flushPeriod, Duration forgetAfter, int maxNames,
        int maxNameBytes, int maxDatagramBytes, int receiveBufferBytes) {

    /** The port that StatsD clients send to if told nothing else. */
    public static final int DEFAULT_PORT = 8125;

    private static final Duration LEAST_PERIOD = Duration.ofMillis(10);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(1);
    private static final Duration LONGEST_MEMORY = Duration.ofDays(365);
    private static final StatsdConfig DEFAULTS = new StatsdConfig("127.0.0.1", DEFAULT_PORT, Duration.ofSeconds(1),
            Duration.ofMinutes(5), 10_000, 1024, PortableDatagramIo.MAX_DATAGRAM_BYTES, 8 << 20);

    public StatsdConfig {
        requireIpv4(bindAddress);
        requireRange("statsd port", port, 0, 65_535);
        if (flushPeriod.compareTo(LEAST_PERIOD) < 0 || flushPeriod.compareTo(LONGEST_PERIOD) > 0) {
            throw new ConfigException("statsd flush period", flushPeriod, "10 ms to 1 day");
        }
        if (forgetAfter.compareTo(flushPeriod) < 0 || forgetAfter.compareTo(LONGEST_MEMORY) > 0) {
            throw new ConfigException("statsd forget after", forgetAfter, "the flush period to 365 days");
        }
        requireRange("statsd max names", maxNames, 1, 10_000_000);
        requireRange("statsd max name bytes", maxNameBytes, 1, 2048);
        requireRange("statsd max datagram bytes", maxDatagramBytes, 1, PortableDatagramIo.MAX_DATAGRAM_BYTES);
        requireRange("statsd receive buffer bytes", receiveBufferBytes, 4096, 1 << 30);
    }

    /** 127.0.0.1:8125, panes of a second, 10,000 names of up to 1 KiB. */
    public static StatsdConfig defaults() {
        return DEFAULTS;
    }

    /** The same with another {@link #bindAddress}. */
    public StatsdConfig withBindAddress(String address) {
        return new StatsdConfig(address, port, flushPeriod, forgetAfter, maxNames, maxNameBytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with another {@link #port}. */
    public StatsdConfig withPort(int number) {
        return new StatsdConfig(bindAddress, number, flushPeriod, forgetAfter, maxNames, maxNameBytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with another {@link #flushPeriod}; {@link #forgetAfter} grows to it where it is shorter. */
    public StatsdConfig withFlushPeriod(Duration period) {
        Duration memory = forgetAfter.compareTo(period) < 0 ? period : forgetAfter;
        return new StatsdConfig(bindAddress, port, period, memory, maxNames, maxNameBytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with another {@link #forgetAfter}. */
    public StatsdConfig withForgetAfter(Duration memory) {
        return new StatsdConfig(bindAddress, port, flushPeriod, memory, maxNames, maxNameBytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with other {@link #maxNames}. */
    public StatsdConfig withMaxNames(int names) {
        return new StatsdConfig(bindAddress, port, flushPeriod, forgetAfter, names, maxNameBytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with other {@link #maxNameBytes}. */
    public StatsdConfig withMaxNameBytes(int bytes) {
        return new StatsdConfig(bindAddress, port, flushPeriod, forgetAfter, maxNames, bytes, maxDatagramBytes,
                receiveBufferBytes);
    }

    /** The same with other {@link #maxDatagramBytes}. */
    public StatsdConfig withMaxDatagramBytes(int bytes) {
        return new StatsdConfig(bindAddress, port, flushPeriod, forgetAfter, maxNames, maxNameBytes, bytes,
                receiveBufferBytes);
    }

    /** The same with other {@link #receiveBufferBytes}. */
    public StatsdConfig withReceiveBufferBytes(int bytes) {
        return new StatsdConfig(bindAddress, port, flushPeriod, forgetAfter, maxNames, maxNameBytes, maxDatagramBytes,
                bytes);
    }

    /** Where to listen. */
    InetSocketAddress socketAddress() {
        return new InetSocketAddress(InetAddress.ofLiteral(bindAddress), port);
    }

    /** After how many panes without a value a series is forgotten. */
    long idlePanes() {
        return forgetAfter.dividedBy(flushPeriod);
    }

    private static void requireIpv4(String address) {
        boolean ipv4;
        try {
            ipv4 = InetAddress.ofLiteral(address) instanceof Inet4Address;
        } catch (IllegalArgumentException e) {
            ipv4 = false;
        }
        if (!ipv4) {
            throw new ConfigException("statsd bind address", address, "an IPv4 address such as 127.0.0.1 or 0.0.0.0");
        }
    }

    private static void requireRange(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(setting, value, least + " to " + most);
        }
    }
}
