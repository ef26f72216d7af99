package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.discovery.Announcement;
import io.heliograph.discovery.AnnouncementConfig;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Interfaces;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a publisher or responder is announced, where its address asks for it. Immutable and thread-safe.
 *
 * @param asked            name, topics and group
 * @param networkInterface where beacons are sent
 * @param address          where others find it: that interface's address in the place of a host that means all
 */
record Announcing(AnnouncementConfig asked, NetworkInterface networkInterface, String address) {

    private static final String DEFAULT_INTERFACE = "loopback";

    /** The settings of an address that this reads. */
    static Stream<String> settings() {
        return Stream.of("announce", "announce-topics", "announce-group", "interface");
    }

    /**
     * Understands
     *
     * <pre>
     * announce         a name                                              none: it is not announced
     * announce-topics  topics or filters joined by commas                  none said
     * announce-group   an IPv4 multicast group and its port                239.77.255.77:4769
     * interface        loopback, an interface's name, or an address of it  loopback
     * </pre>
     *
     * @throws ConfigException for anything that cannot be announced, and for a side that connects
     */
    static Optional<Announcing> of(Address address, ZmqConfig config) {
        return AnnouncementConfig.of(address).map(asked -> {
            if (config.isInProcess() || !config.isBinding()) {
                throw new ConfigException("announce", asked.name(), config.isInProcess()
                        ? "nothing: nobody outside this process can come here" : "nothing where this side connects: it can be found nowhere");
            }
            NetworkInterface chosen = Interfaces.named(address.setting("interface").orElse(DEFAULT_INTERFACE));
            return new Announcing(asked, chosen, place(address, config, chosen) + settingsOf(address, config));
        });
    }

    private static String place(Address address, ZmqConfig config, NetworkInterface chosen) {
        List<String> places = config.endpoints().stream().map(endpoint -> reachable(endpoint.text(), chosen)).toList();
        return address.scheme() + "://" + String.join(",", places);
    }

    private static String reachable(String text, NetworkInterface chosen) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        boolean isAll = host.equals("*") || host.equals("0.0.0.0") || host.equals("[::]");
        return isAll ? addressOf(chosen) + text.substring(colon) : text;
    }

    private static String addressOf(NetworkInterface chosen) {
        return chosen.inetAddresses().filter(Inet4Address.class::isInstance).findFirst()
                .orElseThrow(() -> new ConfigException("interface", chosen.getName(), "one with an IPv4 address")).getHostAddress();
    }

    /** What of the address another needs to come here. */
    private static String settingsOf(Address address, ZmqConfig config) {
        List<String> needed = Stream.of(
                Optional.of(config.pattern()).filter(pattern -> pattern != ZmqPattern.FAN_OUT).map(pattern -> "pattern=" + pattern.label()),
                address.setting("own-port").map(port -> "own-port=" + port)).flatMap(Optional::stream).toList();
        return needed.isEmpty() ? "" : "?" + String.join("&", needed);
    }

    /**
     * Begins to announce.
     *
     * @throws ConfigException                        for what does not fit in a beacon
     * @throws io.heliograph.TransportException       if no socket can be opened
     */
    Announcement open(Environment environment) {
        return Announcement.open(asked, networkInterface, List.of(address), environment);
    }
}
