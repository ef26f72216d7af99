package io.heliograph.spi;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Optional;

/** The network interface that a setting {@code interface} names. Stateless; looks up no host name. */
public final class Interfaces {

    private Interfaces() {
    }

    /**
     * Finds an interface.
     *
     * @param setting {@code loopback}, an interface's name, or one of its addresses, without a zone
     * @throws ConfigException if there is no such interface
     */
    public static NetworkInterface named(String setting) {
        return find(setting).orElseThrow(() -> new ConfigException("interface", setting,
                "loopback, an interface's name, or one of its addresses: " + names()));
    }

    private static Optional<NetworkInterface> find(String setting) {
        try {
            if (setting.equals("loopback")) {
                return Optional.ofNullable(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
            }
            Optional<InetAddress> address = literal(setting);
            return Optional.ofNullable(address.isPresent()
                    ? NetworkInterface.getByInetAddress(address.get()) : NetworkInterface.getByName(setting));
        } catch (IOException e) {
            // None that can be used; the caller says what is allowed.
            return Optional.empty();
        }
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return text.indexOf('%') < 0 ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String names() {
        try {
            return String.join(", ", NetworkInterface.networkInterfaces().map(NetworkInterface::getName).toList());
        } catch (IOException e) {
            return "none can be listed";
        }
    }
}
