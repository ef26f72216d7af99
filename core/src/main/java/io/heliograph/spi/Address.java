package io.heliograph.spi;

import io.heliograph.ConfigException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where events are published and heard: {@code scheme:rest?setting=value&...}, where the scheme chooses the transport.
 *
 * <pre>
 * udp://239.77.1.1:4770?interface=loopback&amp;reliable=false
 * ^scheme
 *       ^place          ^settings
 * local:prices
 * </pre>
 *
 * @param scheme   chooses the transport
 * @param place    what stands between the scheme (and {@code //} where it follows) and the settings
 * @param settings by name, in the order written
 */
public record Address(String scheme, String place, Map<String, String> settings) {

    private static final int MAX_LENGTH = 2048;
    private static final String ALLOWED = "udp://HOST:PORT[?setting=value&...] or local:NAME";

    public Address {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * Reads an address.
     *
     * @throws ConfigException if it has no scheme, no place, or a setting that is malformed or given twice
     */
    public static Address parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || text.length() > MAX_LENGTH) {
            throw new ConfigException("address", text, ALLOWED);
        }
        String rest = text.substring(colon + 1);
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        place = place.startsWith("//") ? place.substring(2) : place;
        if (place.isEmpty()) {
            throw new ConfigException("address", text, ALLOWED);
        }
        return new Address(text.substring(0, colon), place, question < 0 ? Map.of() : settings(text, rest.substring(question + 1)));
    }

    private static Map<String, String> settings(String text, String query) {
        var settings = new LinkedHashMap<String, String>();
        for (String part : query.split("&")) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new ConfigException("address", text, "settings written name=value, joined by '&'");
            }
            String name = part.substring(0, equals);
            if (settings.put(name, decode(text, part.substring(equals + 1))) != null) {
                throw new ConfigException("setting given twice", name, "each setting once");
            }
        }
        return settings;
    }

    private static String decode(String text, String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("address", text, "'%' followed by two hexadecimal digits");
        }
    }

    /** The setting {@code name}, if it is given. */
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /**
     * Refuses a setting that the transport does not know.
     *
     * @throws ConfigException naming the setting, and those that are known
     */
    public Address requireSettings(String... known) {
        Set<String> unknown = new LinkedHashSet<>(settings.keySet());
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            String[] sorted = known.clone();
            Arrays.sort(sorted);
            throw new ConfigException("setting of a " + scheme + " address", unknown.iterator().next(),
                    known.length == 0 ? "none" : String.join(", ", sorted));
        }
        return this;
    }
}
