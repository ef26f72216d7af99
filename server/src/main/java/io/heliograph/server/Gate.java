package io.heliograph.server;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps other web pages out. A name that an attacker's DNS points at this machine is not the server's own, so the
 * {@code Host} header tells; a form or script on another site names that site as {@code Origin}. Immutable and
 * thread-safe.
 */
final class Gate {

    private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

    private final Set<String> names;
    private final boolean servesOthers;

    /** Answers under {@code names}, {@code localhost}, and, bound beyond this machine, under any IP address. */
    Gate(String bindAddress, Set<String> names) {
        this.names = names;
        this.servesOthers = !InetAddress.ofLiteral(bindAddress).isLoopbackAddress();
    }

    /**
     * Following a link from another site is fine; fetching from there is not.
     *
     * @param header the request's headers by name
     * @throws Problem 421 for a foreign host, 403 for a foreign origin
     */
    void check(Function<String, Optional<String>> header) {
        String named = header.apply("Host").orElse("");
        Optional<String> origin = header.apply("Origin");
        if (!isOwn(nameOf(named))) {
            throw new Problem(421, "host-not-allowed", "Host '" + shown(named) + "': allowed is "
                    + (servesOthers ? "an IP address, localhost" : "127.0.0.1, [::1], localhost")
                    + (names.isEmpty() ? "" : " and " + String.join(", ", names)));
        }
        boolean isSame = origin.isEmpty() || origin.get().equalsIgnoreCase("http://" + named)
                || origin.get().equalsIgnoreCase("https://" + named);
        boolean isFetchedElsewhere = header.apply("Sec-Fetch-Site").filter(OTHER_SITES::contains).isPresent()
                && !header.apply("Sec-Fetch-Mode").filter("navigate"::equals).isPresent();
        if (!isSame || isFetchedElsewhere) {
            throw new Problem(403, "origin-not-allowed", "a page of another site ('" + shown(origin.orElse("unnamed"))
                    + "') asked: allowed are this server's own pages, and programs");
        }
    }

    private boolean isOwn(String name) {
        if (name.equals("localhost") || names.contains(name)) {
            return true;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(name);
            return servesOthers || address.isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The host without its port and brackets, in lower case. */
    private static String nameOf(String host) {
        int end = host.endsWith("]") ? host.length() : host.lastIndexOf(':');
        String name = host.substring(0, end < 0 ? host.length() : end).toLowerCase(Locale.ROOT);
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(text.length(), 120));
    }
}
