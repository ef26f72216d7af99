package io.heliograph.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;

/**
 * What an {@link ImpairedLink} joins, and what it does to the datagrams between.
 *
 * @param listen          where it listens: a multicast group, or an address of this machine; port 0 takes a free one,
 *                        but not for a group
 * @param listenInterface the interface on the listening side
 * @param target          where it forwards to: a multicast group or one receiver's address
 * @param targetInterface the interface on the target's side
 * @param seed            chance; the same seed and the same datagrams of one sender give the same losses
 * @param forward         what happens on the way to the target
 * @param back            what happens to answers
 * @param maxSenders      so many addresses are known on each side; datagrams of others are refused, and counted
 */
public record ImpairedLinkConfig(InetSocketAddress listen, NetworkInterface listenInterface, InetSocketAddress target,
        NetworkInterface targetInterface, long seed, Impairment forward, Impairment back, int maxSenders) {

    /** How many addresses are known on each side, unless told otherwise. */
    public static final int DEFAULT_MAX_SENDERS = 64;

    public ImpairedLinkConfig {
        requireResolved("listen", listen);
        requireResolved("target", target);
        if (target.getPort() == 0 || listen.getPort() == 0 && listen.getAddress().isMulticastAddress()) {
            throw new IllegalArgumentException("listen " + listen + ", target " + target
                    + ": port 0 is allowed only for an address of this machine to listen at");
        }
        if (listen.equals(target) && listenInterface.equals(targetInterface)) {
            throw new IllegalArgumentException("listen and target " + target
                    + ": on one interface they must differ, or what is sent comes back");
        }
        if (maxSenders < 1) {
            throw new IllegalArgumentException("maxSenders " + maxSenders + ": allowed is 1 or more");
        }
    }

    /** A link on the loopback interface that does no harm yet; port 0 in {@code listen} takes a free one. */
    public static ImpairedLinkConfig between(InetSocketAddress listen, InetSocketAddress target) {
        NetworkInterface loopback = interfaceOf(InetAddress.getLoopbackAddress());
        return new ImpairedLinkConfig(listen, loopback, target, loopback, 1, Impairment.NONE, Impairment.NONE,
                DEFAULT_MAX_SENDERS);
    }

    /** The same, on other interfaces. */
    public ImpairedLinkConfig withInterfaces(NetworkInterface listening, NetworkInterface targets) {
        return new ImpairedLinkConfig(listen, listening, target, targets, seed, forward, back, maxSenders);
    }

    /** The same, with another seed. */
    public ImpairedLinkConfig withSeed(long other) {
        return new ImpairedLinkConfig(listen, listenInterface, target, targetInterface, other, forward, back, maxSenders);
    }

    /** The same, with other faults on the way to the target. */
    public ImpairedLinkConfig withForward(Impairment impairment) {
        return new ImpairedLinkConfig(listen, listenInterface, target, targetInterface, seed, impairment, back, maxSenders);
    }

    /** The same, with other faults on the way of answers. */
    public ImpairedLinkConfig withBack(Impairment impairment) {
        return new ImpairedLinkConfig(listen, listenInterface, target, targetInterface, seed, forward, impairment,
                maxSenders);
    }

    /** The same, with room for more or fewer senders. */
    public ImpairedLinkConfig withMaxSenders(int count) {
        return new ImpairedLinkConfig(listen, listenInterface, target, targetInterface, seed, forward, back, count);
    }

    /**
     * The interface that has {@code address}.
     *
     * @throws IllegalArgumentException if none has it
     */
    static NetworkInterface interfaceOf(InetAddress address) {
        try {
            return Optional.ofNullable(NetworkInterface.getByInetAddress(address)).orElseThrow(
                    () -> new IllegalArgumentException("interface with address " + address + ": there is none"));
        } catch (SocketException e) {
            throw new IllegalArgumentException("interface with address " + address + ": " + e.getMessage(), e);
        }
    }

    private static void requireResolved(String name, InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(name + " " + address + ": allowed is an address that can be resolved");
        }
    }
}
