package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How the connections of an address are protected: {@code docs/security-zmq.md}. Immutable and thread-safe. */
public sealed interface ZmqSecurity {

    /** Not at all. */
    record Open() implements ZmqSecurity {
    }

    /** By CURVE, for the side that waits for others. */
    record Serving(ZmqKeys keys, CurveAllowed allowed) implements ZmqSecurity {
    }

    /** By CURVE, for a side that connects; {@code server} is the other's public key. */
    record Calling(ZmqKeys keys, ServerKey server) implements ZmqSecurity {
    }

    /** A public key. */
    record ServerKey(String z85) {
        byte[] bytes() {
            return Z85.decode(z85, ZmqKeys.BYTES).orElseThrow();
        }
    }

    /** The settings of an address that this reads. */
    static Stream<String> settings() {
        return Stream.of("curve-key-file", "curve-server-key", "curve-server-key-file", "curve-allow-file", "curve-allow", "insecure");
    }

    /**
     * Understands the settings of an address:
     *
     * <pre>
     * curve-key-file         this side's secret key, in a file that its owner alone may use
     * curve-server-key       where this side connects: the other's public key, or
     * curve-server-key-file  a file with it
     * curve-allow-file       where this side waits: a file with the public keys that are let in, or
     * curve-allow=any        whoever has a key
     * insecure=true          without CURVE, beyond the loopback interface too
     * </pre>
     *
     * @throws ConfigException for what contradicts itself, keys that cannot be read, and places beyond the loopback interface
     *                         without CURVE
     */
    static ZmqSecurity of(Address address, ZmqConfig.Side side, List<ZmqEndpoint> endpoints) {
        boolean isInProcess = endpoints.getFirst().plain().isEmpty();
        Optional<String> keyFile = address.setting("curve-key-file");
        if (isInProcess || keyFile.isEmpty()) {
            settings().filter(name -> name.startsWith("curve")).forEach(name -> address.setting(name).ifPresent(value -> {
                throw new ConfigException(name, value, isInProcess ? "nothing: within a process there is nobody to hide from"
                        : "given together with curve-key-file only");
            }));
            if (!isInProcess && !Notation.flag("insecure", address.setting("insecure").orElse("false"))) {
                endpoints.forEach(ZmqSecurity::requireLoopback);
            }
            return new Open();
        }
        ZmqKeys keys = ZmqKeys.read(keyFile.get());
        return switch (side) {
            case BINDING -> new Serving(keys, allowed(address));
            case CONNECTING -> new Calling(keys, server(address));
        };
    }

    private static CurveAllowed allowed(Address address) {
        refuse(address, "curve-server-key", "nothing where this side waits for others: curve-allow-file says who is let in");
        refuse(address, "curve-server-key-file", "nothing where this side waits for others: curve-allow-file says who is let in");
        Optional<String> file = address.setting("curve-allow-file");
        Optional<String> anyone = address.setting("curve-allow");
        if (file.isPresent() == anyone.isPresent()) {
            throw new ConfigException("curve-allow-file", file.orElse("(none)"),
                    "given with curve-key-file where this side waits for others; or else curve-allow=any lets in whoever has a key");
        }
        anyone.filter(text -> !text.equals("any")).ifPresent(text -> {
            throw new ConfigException("curve-allow", text, "any");
        });
        return file.isPresent() ? CurveAllowed.read(file.get()) : new CurveAllowed.Anyone();
    }

    private static ServerKey server(Address address) {
        refuse(address, "curve-allow-file", "nothing where this side connects: curve-server-key says to whom");
        refuse(address, "curve-allow", "nothing where this side connects: curve-server-key says to whom");
        Optional<String> text = address.setting("curve-server-key");
        Optional<String> file = address.setting("curve-server-key-file");
        if (text.isPresent() == file.isPresent()) {
            throw new ConfigException("curve-server-key", text.orElse("(none)"),
                    "given with curve-key-file where this side connects, or else curve-server-key-file");
        }
        if (file.isPresent()) {
            List<byte[]> keys = KeyFile.open("curve-server-key-file", file.get()).keys();
            if (keys.size() != 1) {
                throw new ConfigException("curve-server-key-file", file.get(), "a file with one public key: this one holds " + keys.size());
            }
            return new ServerKey(Z85.encode(keys.getFirst()));
        }
        if (Z85.decode(text.get(), ZmqKeys.BYTES).isEmpty()) {
            throw new ConfigException("curve-server-key", text.get(), "a public key, 40 characters of Z85");
        }
        return new ServerKey(text.get());
    }

    private static void refuse(Address address, String setting, String allowed) {
        address.setting(setting).ifPresent(value -> {
            throw new ConfigException(setting, value, allowed);
        });
    }

    private static void requireLoopback(ZmqEndpoint endpoint) {
        String host = endpoint.text().substring(0, endpoint.text().lastIndexOf(':'));
        if (!isLoopback(host.startsWith("[") ? host.substring(1, host.length() - 1) : host)) {
            throw new ConfigException("host of the ZeroMQ address", host, "one of the loopback interface, such as 127.0.0.1,"
                    + " as long as nothing is encrypted: set curve-key-file, or insecure=true where everybody there is trusted");
        }
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
