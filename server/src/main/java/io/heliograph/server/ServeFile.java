package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import io.heliograph.store.StoreAddress;
import io.heliograph.webhook.Cidr;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** What the lines of {@code serve --config FILE} mean. Stateless. */
final class ServeFile {

    private static final String ADDRESS = "address.";
    private static final int MOST_EVENT_BYTES = 16 << 20;
    private static final Set<String> REPEATED = Set.of("listen", "allow-target", "host-name");
    private static final String KNOWN = "port, bind, host-name, data, store, allow-target, listen, address.NAME, retention, store-limit, max-event";

    private ServeFile() {
    }

    static ServeConfig apply(ConfigFile file, ServeConfig config) {
        return file.apply(config, REPEATED, ServeFile::apply);
    }

    private static ServeConfig apply(ServeConfig config, ConfigFile.Line line) {
        ServerConfig http = config.http();
        return switch (line.name()) {
            case "port" -> line.read(text -> config.withHttp(http.withPort(Notation.integer("port", text, 0, 65_535))), "0 to 65535");
            case "bind" -> line.read(text -> config.withHttp(http.withBindAddress(text)), "an IP address such as 127.0.0.1 or 0.0.0.0");
            case "host-name" -> line.read(text -> named(config, text), "a name such as hooks.example.com");
            case "data" -> line.read(text -> config.withData(path(text)), "a folder");
            case "store" -> line.read(text -> config.withStore(StoreAddress.parse(text)),
                    "a data folder, sqlite:FILE or postgresql://USER@HOST:PORT/DATABASE");
            case "allow-target" -> line.read(text -> config.withTargets(with(config.targets(), Cidr.parse(text))),
                    "a block of addresses such as 10.1.0.0/16");
            case "listen" -> line.read(text -> config.withListens(with(config.listens(), text)),
                    "an address such as udp://239.77.1.1:4770, each once, at most " + ServeConfig.MAX_LISTENS);
            case "retention" -> line.read(text -> config.withLimits(config.limits().withRetention(Notation.duration("retention", text))),
                    "1m to 3650d");
            case "store-limit" -> line.read(text -> config.withLimits(config.limits().withStoreBytes(Notation.bytes("store-limit", text))),
                    "1MiB and more, such as 16GiB");
            case "max-event" -> line.read(text -> sized(config, Notation.bytes("max-event", text)), "1KiB to 16MiB");
            case String name when name.startsWith(ADDRESS) -> line.read(text -> addressed(config, name.substring(ADDRESS.length()), text),
                    "address.NAME = an address such as udp://239.77.1.1:4770, where NAME is 1 to " + ServeConfig.MAX_NAME_LENGTH
                            + " letters, digits, '.', '-' and '_'; at most " + ServeConfig.MAX_ADDRESSES);
            default -> throw line.unknown(KNOWN);
        };
    }

    /** The first name is also the one in handshakes. */
    private static ServeConfig named(ServeConfig config, String name) {
        ServerConfig http = config.http();
        var names = new HashSet<>(http.hostNames());
        names.add(name);
        ServeConfig served = config.withHttp(http.withHostNames(names));
        return http.hostNames().isEmpty() ? served.withOrigin(name) : served;
    }

    /** A request is longer than its event, and a batch holds several. */
    private static ServeConfig sized(ServeConfig config, long eventBytes) {
        if (eventBytes > MOST_EVENT_BYTES) {
            throw new ConfigException("max-event", eventBytes, "at most " + MOST_EVENT_BYTES);
        }
        int bytes = (int) eventBytes;
        return config.withLimits(config.limits().withMaxEventBytes(bytes))
                .withHttp(config.http().withMaxBodyBytes(Math.max(ServeConfig.MAX_BODY_BYTES, 4 * bytes)));
    }

    private static ServeConfig addressed(ServeConfig config, String name, String address) {
        Address.parse(address);
        var addresses = new LinkedHashMap<>(config.addresses());
        addresses.put(name, address);
        return config.withAddresses(addresses);
    }

    private static Path path(String text) {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new ConfigException("data", text, "a folder");
        }
    }

    private static <T> List<T> with(List<T> some, T one) {
        var more = new ArrayList<>(some);
        more.add(one);
        return more;
    }
}
