package io.heliograph.testkit;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The arguments of {@link ImpairedLink#main}, each {@code name=value} and each at most once. Confined to one thread. */
final class ImpairedLinkArguments {

    private final Map<String, String> left = new HashMap<>();

    /**
     * What was asked for.
     *
     * @param duration empty: until the input ends
     */
    record Asked(ImpairedLinkConfig config, Optional<Duration> duration) {
    }

    private ImpairedLinkArguments() {
    }

    /** @throws ConfigException for what it does not understand */
    static Asked parse(String... arguments) {
        var all = new ImpairedLinkArguments();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1 || all.left.put(argument.substring(0, equals), argument.substring(equals + 1)) != null) {
                throw new ConfigException("argument", argument, "name=value, each name once");
            }
        }
        Asked asked = all.asked();
        if (!all.left.isEmpty()) {
            throw new ConfigException("argument", all.left.keySet(), "those that ImpairedLink.main lists");
        }
        return asked;
    }

    private Asked asked() {
        InetSocketAddress listen = address("listen");
        InetSocketAddress target = address("target");
        NetworkInterface loopback = ImpairedLinkConfig.interfaceOf(InetAddress.getLoopbackAddress());
        Impairment both = impairment("", Impairment.NONE);
        var config = new ImpairedLinkConfig(listen,
                take("listen-interface").map(name -> networkInterface("listen-interface", name)).orElse(loopback),
                target,
                take("target-interface").map(name -> networkInterface("target-interface", name)).orElse(loopback),
                take("seed").map(text -> seed(text)).orElse(1L),
                impairment("forward.", both), impairment("back.", both),
                integer("max-senders", 1, 1 << 16).orElse(ImpairedLinkConfig.DEFAULT_MAX_SENDERS));
        return new Asked(config, take("duration").map(text -> Notation.duration("duration", text)));
    }

    private Impairment impairment(String way, Impairment otherwise) {
        Faults faults = otherwise.faults();
        var asked = new Faults(
                probability(way + "drop", faults.drop()),
                probability(way + "duplicate", faults.duplicate()),
                probability(way + "reorder", faults.reorder()),
                probability(way + "delay", faults.delay()),
                probability(way + "truncate", faults.truncate()),
                probability(way + "bit-flip", faults.bitFlip()),
                take(way + "longest").map(text -> Notation.duration(way + "longest", text)).orElse(faults.longest()),
                integer(way + "reorder-span", 1, 1 << 16).orElse(faults.reorderSpan()));
        return new Impairment(asked, probability(way + "burst", otherwise.burst()),
                integer(way + "burst-length", 1, 1 << 20).orElse(otherwise.burstLength()));
    }

    private Optional<String> take(String name) {
        return Optional.ofNullable(left.remove(name));
    }

    private Optional<Integer> integer(String name, int least, int most) {
        return take(name).map(text -> Notation.integer(name, text, least, most));
    }

    private double probability(String name, double otherwise) {
        Optional<String> text = take(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            double value = Double.parseDouble(text.get());
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException(name, text.get(), "a probability from 0 to 1");
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ConfigException("seed", text, "a whole number");
        }
    }

    private InetSocketAddress address(String name) {
        String text = take(name).orElse("");
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                // Brackets are IPv6's, and getByName understands them.
                return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)),
                        Notation.integer(name, text.substring(colon + 1), 0, 65_535));
            }
        } catch (UnknownHostException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException(name, text, "HOST:PORT, such as 239.77.1.1:4770");
    }

    private static NetworkInterface networkInterface(String name, String text) {
        try {
            NetworkInterface found = NetworkInterface.getByName(text);
            if (found != null) {
                return found;
            }
        } catch (SocketException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException(name, text, "the name of a network interface of this machine");
    }
}
