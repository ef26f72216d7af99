package io.heliograph.spi;

import io.heliograph.ConfigException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where events are published and heard: {@code scheme:rest?setting=value&...}, where the scheme chooses the transport. Immutable;
 * shows itself, in messages too, without its settings and without a user, which may be secret.
 *
 * <pre>
 * udp://239.77.1.1:4770?interface=loopback&amp;reliable=false
 * ^scheme
 *       ^place          ^settings
 * local:prices
 * </pre>
 *
 * <p>An {@code http} or {@code https} address is somebody's URL: of what follows its question mark only parts that begin with
 * {@code webhook-} are settings, and the others stay in the place as they are written.
 *
 * @param scheme   chooses the transport
 * @param place    what stands between the scheme (and {@code //} where it follows) and the settings
 * @param settings by name, in the order written
 */
public record Address(String scheme, String place, Map<String, String> settings) {

    private static final int MAX_LENGTH = 2048;
    private static final String ALLOWED = "udp://HOST:PORT[?setting=value&...] or local:NAME";
    private static final Set<String> URL_SCHEMES = Set.of("http", "https");
    private static final String OWN_IN_URL = "webhook-";

    public Address {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * Reads an address.
     *
     * @throws ConfigException if it has no scheme, no place, a user, or a setting that is malformed or given twice
     */
    public static Address parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || text.length() > MAX_LENGTH) {
            throw refusal(text, ALLOWED);
        }
        String scheme = text.substring(0, colon);
        String rest = text.substring(colon + 1);
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        boolean hasHost = place.startsWith("//");
        place = hasHost ? place.substring(2) : place;
        if (place.isEmpty()) {
            throw refusal(text, ALLOWED);
        }
        if (hasHost && place.split("/", 2)[0].indexOf('@') >= 0) {
            throw refusal(text, "one without a user before '@'");
        }
        if (question < 0) {
            return new Address(scheme, place, Map.of());
        }
        boolean isUrl = URL_SCHEMES.contains(scheme);
        var settings = new LinkedHashMap<String, String>();
        var foreign = new ArrayList<String>();
        String[] parts = rest.substring(question + 1).split("&", isUrl ? -1 : 0);
        for (int i = 0; i < parts.length; i++) {
            if (isUrl && !parts[i].startsWith(OWN_IN_URL)) {
                foreign.add(parts[i]);
            } else {
                add(settings, parts[i], text, i + 1);
            }
        }
        return new Address(scheme, foreign.isEmpty() ? place : place + "?" + String.join("&", foreign), settings);
    }

    private static void add(Map<String, String> settings, String part, String text, int number) {
        int equals = part.indexOf('=');
        if (equals < 1) {
            throw refusal(text, "settings written name=value, joined by '&'; number " + number + " is not");
        }
        String name = part.substring(0, equals);
        if (settings.put(name, decode(name, part.substring(equals + 1))) != null) {
            throw new ConfigException("setting given twice", name, "each setting once");
        }
    }

    private static String decode(String name, String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("setting", name, "a value in which '%' is followed by two hexadecimal digits");
        }
    }

    private static ConfigException refusal(String text, String allowed) {
        return new ConfigException("address", shown(text), allowed);
    }

    /** An address as messages show it, be it one or not: {@code ...} stands for a user, and for the settings. */
    public static String shown(String text) {
        int question = text.indexOf('?');
        String open = question < 0 ? text : text.substring(0, question);
        int at = open.lastIndexOf('@');
        int rest = open.indexOf(':') + 1;
        int user = rest > at ? 0 : open.startsWith("//", rest) ? rest + 2 : rest;
        return (at < 0 ? open : open.substring(0, user) + "..." + open.substring(at)) + (question < 0 ? "" : "?...");
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

    @Override
    public String toString() {
        return shown(scheme + ":" + place + (settings.isEmpty() ? "" : "?"));
    }
}
