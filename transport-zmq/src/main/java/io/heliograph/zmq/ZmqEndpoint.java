package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One place of a ZeroMQ address: a host with its two ports, or a name within this process. Immutable.
 *
 * @param text  as it is written in an address: {@code HOST:PORT}, {@code [IPV6]:PORT} or {@code NAME}
 * @param plain where foreign peers meet, as ZeroMQ writes it, such as {@code tcp://127.0.0.1:5555}; empty within a process
 * @param own   where this library's peers meet, such as {@code tcp://127.0.0.1:5556}
 */
public record ZmqEndpoint(String text, Optional<String> plain, String own) {

    private static final int MOST_PORT = 65_535;
    private static final int MOST_NAME_LENGTH = 200;
    private static final String ALLOWED_PLACE =
            "HOST:PORT, such as 127.0.0.1:5555, IPv6 in brackets, and several joined by commas";

    /**
     * The endpoints of an address.
     *
     * @throws ConfigException for anything that cannot be used
     */
    static List<ZmqEndpoint> of(Address address, int most) {
        Optional<String> ownPort = address.setting("own-port");
        if (address.scheme().equals(ZmqConfig.IN_PROCESS_SCHEME)) {
            ownPort.ifPresent(port -> {
                throw new ConfigException("own-port", port, "nothing: a name within a process has no ports");
            });
            return List.of(named(address.place()));
        }
        String[] places = address.place().split(",", -1);
        if (places.length > most) {
            throw new ConfigException("endpoints of a ZeroMQ address", places.length, "1 to " + most);
        }
        if (places.length > 1 && ownPort.isPresent()) {
            throw new ConfigException("own-port", ownPort.get(), "given with one endpoint only: of several it is each PORT+1");
        }
        var endpoints = new ArrayList<ZmqEndpoint>();
        for (String place : places) {
            ZmqEndpoint endpoint = at(place, ownPort);
            if (endpoints.stream().anyMatch(known -> known.own.equals(endpoint.own))) {
                throw new ConfigException("endpoint given twice", place, "each endpoint once");
            }
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private static ZmqEndpoint named(String name) {
        boolean isValid = name.length() <= MOST_NAME_LENGTH && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isValid) {
            throw new ConfigException("name of a ZeroMQ address", name, "1 to " + MOST_NAME_LENGTH + " printable ASCII characters");
        }
        return new ZmqEndpoint(name, Optional.empty(), "inproc://" + name);
    }

    private static ZmqEndpoint at(String place, Optional<String> ownPort) {
        int colon = place.lastIndexOf(':');
        boolean isBracketed = place.startsWith("[") && place.lastIndexOf(']') == colon - 1;
        if (colon < 1 || place.startsWith("[") != isBracketed || !isBracketed && place.indexOf(':') != colon) {
            throw new ConfigException("ZeroMQ address", place, ALLOWED_PLACE);
        }
        String host = place.substring(0, colon);
        if (!host.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ';')) {
            throw new ConfigException("host of the ZeroMQ address", host, "a name or an address in printable ASCII characters");
        }
        int port = Notation.integer("port of the ZeroMQ address", place.substring(colon + 1), 1, MOST_PORT);
        int own = ownPort.map(text -> Notation.integer("own-port", text, 1, MOST_PORT)).orElse(port + 1);
        if (own > MOST_PORT || own == port) {
            throw new ConfigException("own-port", own, "another port than PORT, 1 to " + MOST_PORT);
        }
        return new ZmqEndpoint(place, Optional.of("tcp://" + host + ":" + port), "tcp://" + host + ":" + own);
    }
}
