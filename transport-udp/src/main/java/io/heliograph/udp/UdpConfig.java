package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.discovery.AnnouncementConfig;
import io.heliograph.spi.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A UDP address, understood. Immutable and thread-safe; shows no key.
 *
 * @param text               the address as it was written, without its settings, for messages
 * @param targets            the multicast group, or the subscriber's own address, and the port; two groups where each
 *                           datagram is sent twice, of the same family
 * @param networkInterface   the interface that events leave and arrive by
 * @param local              that interface's address, of the targets' family
 * @param isReliable         whether lost datagrams are repaired
 * @param maxDatagramBytes   the largest datagram sent, header included
 * @param timeToLive         how many routers a multicast datagram may cross
 * @param source             whose multicast alone is heard; empty for everybody's
 * @param rateBytesPerSecond the most a publisher sends; empty for no limit
 * @param share              the share of events that a subscriber handles; empty for all
 * @param start              where a subscriber begins
 * @param key                what datagrams are sealed with; empty for open ones
 * @param io                 which kind of socket
 * @param announcement       how a publisher announces itself; empty for not at all
 * @param limits             every other limit
 */
public record UdpConfig(String text, List<InetSocketAddress> targets, NetworkInterface networkInterface, InetAddress local,
        boolean isReliable, int maxDatagramBytes, int timeToLive, Optional<InetAddress> source,
        OptionalLong rateBytesPerSecond, Optional<KeyShare> share, Start start, Optional<PresharedKey> key, IoChoice io,
        Optional<AnnouncementConfig> announcement, UdpLimits limits) {

    private static final int IPV4_AND_UDP_BYTES = 28;
    private static final int IPV6_AND_UDP_BYTES = 48;
    private static final int LEAST_DATAGRAM_BYTES = 576 - IPV4_AND_UDP_BYTES;
    private static final long LEAST_RATE = 10 << 10;
    private static final long MOST_RATE = 1L << 40;
    private static final long LEAST_RETAINED_BYTES = 64 << 10;
    private static final long MOST_RETAINED_BYTES = 1 << 30;
    private static final Duration LEAST_EVICTION = Duration.ofMillis(100);
    private static final Duration MOST_EVICTION = Duration.ofHours(1);

    /** Copies the list. */
    public UdpConfig {
        targets = List.copyOf(targets);
    }

    /**
     * Understands {@code udp://HOST:PORT?setting=value&...}, where the host may be IPv6 in brackets, and
     * {@code udp://GROUP1:PORT,GROUP2:PORT}, which are two lines.
     *
     * <pre>
     * interface  loopback | an interface's name | one of its addresses                loopback
     * reliable   true | false                                                         true
     * ttl        0 to 255 routers that multicast may cross                            1
     * datagram   548 to 65507 bytes, the largest datagram                             what the interface carries uncut
     * buffer     asked for each socket's buffers, such as 8MiB                        4MiB
     * io         auto | native | portable                                             auto
     * source     an address: multicast from there alone
     * rate       10KiB to 1TiB a second
     * group      a name: share the events of a group by key; together with
     * member     I/N: this is member I, from 0, of N
     * from       live | oldest | SESSION-SEQUENCE                                     live
     * key-file   a file with 32 bytes, as hexadecimal digits or base64
     * retain     64KiB to 1GiB kept for repair                                        16MiB
     * evict      100ms to 1h, after which a silent subscriber is waited for no more   5s
     * announce   a name under which a publisher announces itself; together with
     *            announce-topics, announce-group: see {@link AnnouncementConfig#of}
     * </pre>
     *
     * @throws ConfigException for anything that cannot be used
     */
    public static UdpConfig of(Address address) {
        address.requireSettings("interface", "reliable", "ttl", "datagram", "buffer", "io", "source", "rate", "group", "member",
                "from", "key-file", "retain", "evict", "announce", "announce-topics", "announce-group");
        boolean isReliable = Notation.flag("reliable", address.setting("reliable").orElse("true"));
        requireRepair(address, isReliable);
        List<InetSocketAddress> targets = UdpPlace.targets(address.place());
        UdpInterface chosen = UdpInterface.of(address.setting("interface").orElse("loopback"), targets.getFirst());
        NetworkInterface networkInterface = chosen.networkInterface();
        return new UdpConfig("udp://" + address.place(),
                targets.stream().map(target -> Endpoints.on(networkInterface, target)).toList(),
                networkInterface,
                chosen.local(),
                isReliable,
                address.setting("datagram")
                        .map(d -> Notation.integer("datagram", d, LEAST_DATAGRAM_BYTES, DatagramIo.MAX_TRAIN_BYTES))
                        .orElseGet(() -> largestDatagram(networkInterface, chosen.local())),
                address.setting("ttl").map(t -> Notation.integer("ttl", t, 0, 255)).orElse(1),
                address.setting("source").map(s -> source(s, targets.getFirst().getAddress())),
                rate(address.setting("rate")),
                KeyShare.of(address.setting("group"), address.setting("member")),
                Start.of(address.setting("from").orElse("live")),
                address.setting("key-file").map(PresharedKey::read),
                address.setting("io").map(IoChoice::of).orElse(IoChoice.AUTO),
                AnnouncementConfig.of(address),
                limits(address));
    }

    /** The first of {@link #targets}. */
    public InetSocketAddress target() {
        return targets.getFirst();
    }

    /** Whether {@link #targets} are multicast groups. */
    public boolean isMulticast() {
        return target().getAddress().isMulticastAddress();
    }

    private static void requireRepair(Address address, boolean isReliable) {
        if (isReliable) {
            return;
        }
        for (String setting : List.of("from", "retain", "evict")) {
            address.setting(setting).filter(value -> !(setting.equals("from") && value.equals("live"))).ifPresent(value -> {
                throw new ConfigException(setting, value, "nothing but the default where reliable=false: there is no repair");
            });
        }
    }

    private static InetAddress source(String text, InetAddress target) {
        if (!target.isMulticastAddress()) {
            throw new ConfigException("source", text, "a source where the UDP address is a multicast group");
        }
        return UdpPlace.literal(text)
                .filter(source -> Endpoints.isIpv6(source) == Endpoints.isIpv6(target))
                .filter(source -> !source.isMulticastAddress() && !source.isAnyLocalAddress())
                .orElseThrow(() -> new ConfigException("source", text,
                        "the sender's own " + (Endpoints.isIpv6(target) ? "IPv6" : "IPv4") + " address, as the UDP address has"));
    }

    private static OptionalLong rate(Optional<String> text) {
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes("rate", text.get(), LEAST_RATE, MOST_RATE));
    }

    private static long bytes(String setting, String text, long least, long most) {
        long bytes = Notation.bytes(setting, text);
        if (bytes < least || bytes > most) {
            throw new ConfigException(setting, text, Notation.write(least) + " to " + Notation.write(most));
        }
        return bytes;
    }

    private static Duration eviction(String text) {
        Duration duration = Notation.duration("evict", text);
        if (duration.compareTo(LEAST_EVICTION) < 0 || duration.compareTo(MOST_EVICTION) > 0) {
            throw new ConfigException("evict", text, Notation.write(LEAST_EVICTION) + " to 1h");
        }
        return duration;
    }

    private static UdpLimits limits(Address address) {
        UdpLimits limits = address.setting("buffer")
                .map(b -> (int) Math.min(Notation.bytes("buffer", b), Integer.MAX_VALUE))
                .map(UdpLimits.defaults()::withSocketBufferBytes)
                .orElse(UdpLimits.defaults());
        return limits
                .withRetainedBytes(address.setting("retain")
                        .map(r -> bytes("retain", r, LEAST_RETAINED_BYTES, MOST_RETAINED_BYTES))
                        .orElse(limits.retainedBytes()))
                .withEviction(address.setting("evict").map(UdpConfig::eviction).orElse(limits.eviction()));
    }

    private static int largestDatagram(NetworkInterface networkInterface, InetAddress local) {
        try {
            int carried = networkInterface.getMTU() - (Endpoints.isIpv6(local) ? IPV6_AND_UDP_BYTES : IPV4_AND_UDP_BYTES);
            return Math.clamp(carried, LEAST_DATAGRAM_BYTES, DatagramIo.MAX_TRAIN_BYTES);
        } catch (IOException e) {
            return LEAST_DATAGRAM_BYTES;
        }
    }
}
