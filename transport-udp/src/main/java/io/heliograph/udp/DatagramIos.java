package io.heliograph.udp;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.TransportException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Optional;

/**
 * Opens sockets, of the kind that was chosen. Immutable and thread-safe; starts no thread.
 *
 * <p>Native sockets call the operating system through {@code java.lang.foreign}: the JDK prints a warning at the first
 * call unless it runs with {@code --enable-native-access}, and with {@code --illegal-native-access=deny} they cannot be
 * used.
 */
public final class DatagramIos {

    private final boolean isNative;
    private final String address;
    private final NoticeListener notices;

    private DatagramIos(boolean isNative, String address, NoticeListener notices) {
        this.isNative = isNative;
        this.address = address;
        this.notices = notices;
    }

    /**
     * @param address for notices
     * @param notices hears of it when {@link IoChoice#AUTO} has to fall back although the system is Linux, and when a
     *                socket has to send datagrams singly
     * @throws ConfigException if native sockets are asked for and cannot be used
     */
    public static DatagramIos of(IoChoice choice, String address, NoticeListener notices) {
        // Asking alone would make the JDK warn of native calls, so whoever wants none is not asked for.
        return of(choice, address, notices, choice == IoChoice.PORTABLE ? Optional.empty() : NativeSupport.OBSTACLE);
    }

    static DatagramIos of(IoChoice choice, String address, NoticeListener notices, Optional<NativeSupport.Obstacle> obstacle) {
        if (choice == IoChoice.NATIVE && obstacle.isPresent()) {
            throw new ConfigException("io", choice.text(), "auto or portable: " + obstacle.get().text());
        }
        if (choice == IoChoice.AUTO && obstacle.isPresent() && obstacle.get().isOnLinux()) {
            notices.onNotice(new Notice.Degraded(address, "portable sockets are used, which are slower: "
                    + obstacle.get().text()));
        }
        return new DatagramIos(choice != IoChoice.PORTABLE && obstacle.isEmpty(), address, notices);
    }

    /** Why native sockets cannot be used here, in words; empty if they can. The first call may print the JDK's warning. */
    public static Optional<String> whyNotNative() {
        return NativeSupport.OBSTACLE.map(NativeSupport.Obstacle::text);
    }

    /** What is opened: {@link IoChoice#NATIVE} or {@link IoChoice#PORTABLE}. */
    public IoChoice kind() {
        return isNative ? IoChoice.NATIVE : IoChoice.PORTABLE;
    }

    /**
     * A socket of its own on {@code address}; port 0 takes a free one. The address is never shared: a second socket
     * there fails, whoever opens it, and this one fails where another was first.
     *
     * @param bufferBytes what to ask of the operating system for its receive and send buffers; it may grant less
     * @throws AddressInUseException if the address is taken
     * @throws TransportException    if the operating system refuses
     */
    public DatagramIo unicast(InetSocketAddress address, int bufferBytes) {
        return isNative
                ? NativeDatagramIo.unicast(address, bufferBytes, this::tell)
                : PortableDatagramIo.unicast(address, bufferBytes);
    }

    /**
     * A socket that sends to multicast groups through {@code networkInterface} and hears answers at {@code local}, one
     * of its addresses.
     *
     * @param timeToLive  how many routers a datagram may cross, 0 to 255
     * @param bufferBytes what to ask of the operating system for its buffers
     * @throws TransportException if the operating system refuses, or has no route for IPv6 multicast through the
     *                            interface, as is usual for the loopback one
     */
    public DatagramIo multicastSender(InetAddress local, NetworkInterface networkInterface, int timeToLive, int bufferBytes) {
        if (Endpoints.isIpv6(local)) {
            MulticastRoute.require(networkInterface);
        }
        return isNative
                ? NativeDatagramIo.multicastSender(local, networkInterface, timeToLive, bufferBytes, this::tell)
                : PortableDatagramIo.multicastSender(local, networkInterface, timeToLive, bufferBytes);
    }

    /**
     * A socket that has joined {@code group} on {@code networkInterface}. Several may share a group and port; each gets
     * every datagram.
     *
     * @param bufferBytes what to ask of the operating system for its receive buffer
     * @throws AddressInUseException if a socket that does not share holds the port
     * @throws TransportException    if the operating system refuses
     */
    public DatagramIo multicastReceiver(InetSocketAddress group, NetworkInterface networkInterface, int bufferBytes) {
        InetSocketAddress scoped = Endpoints.on(networkInterface, group);
        return isNative
                ? NativeDatagramIo.multicastReceiver(scoped, networkInterface, bufferBytes, this::tell)
                : PortableDatagramIo.multicastReceiver(scoped, networkInterface, bufferBytes);
    }

    /**
     * What a subscriber of multicast groups needs, as one: a socket of its own on {@code local} with a free port, which
     * sends, whose address is {@link DatagramIo#localAddress} and where no multicast arrives; and a socket for each
     * group, joined on {@code networkInterface}. Several may share a group and port; each gets every datagram.
     *
     * @param groups      one or more, of {@code local}'s family
     * @param source      whose datagrams alone are to be heard (a source-specific join, RFC 4607); empty for everybody's
     * @param bufferBytes what to ask of the operating system for each socket's buffers
     * @throws AddressInUseException if a socket that does not share holds a group's port
     * @throws TransportException    if the operating system refuses
     */
    public DatagramIo multicastMember(List<InetSocketAddress> groups, InetAddress local, NetworkInterface networkInterface,
            Optional<InetAddress> source, int bufferBytes) {
        List<InetSocketAddress> scoped = groups.stream().map(group -> Endpoints.on(networkInterface, group)).toList();
        return isNative
                ? NativeDatagramIo.multicastMember(scoped, local, networkInterface, source, bufferBytes, this::tell)
                : PortableDatagramIo.multicastMember(scoped, local, networkInterface, source, bufferBytes);
    }

    private void tell(String what) {
        notices.onNotice(new Notice.Degraded(address, what));
    }
}
