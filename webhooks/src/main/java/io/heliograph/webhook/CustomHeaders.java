package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields that an endpoint's owner wants on each request, such as {@code Authorization}. Immutable; shows names alone.
 *
 * @param headers at most {@value #MAX_HEADERS}, of {@value #MAX_CHARACTERS} characters together, none of those that the
 *                sender sets itself
 */
public record CustomHeaders(List<HttpHeader> headers) {

    /** None. */
    public static final CustomHeaders NONE = new CustomHeaders(List.of());

    /** The most fields. */
    public static final int MAX_HEADERS = 32;

    /** The most characters of names and values together. */
    public static final int MAX_CHARACTERS = 8192;

    private static final String MARKS = "!#$%&'*+-.^_`|~";
    private static final Set<String> RESERVED = Set.of("host", "content-length", "content-type", "content-encoding", "expect",
            "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "http2-settings");
    private static final List<String> RESERVED_PREFIXES = List.of("webhook-", CloudEventHttp.PREFIX);

    /** @throws ConfigException naming the field that is not allowed, and none of its value */
    public CustomHeaders {
        headers = List.copyOf(headers);
        if (headers.size() > MAX_HEADERS) {
            throw new ConfigException("headers", headers.size(), "at most " + MAX_HEADERS);
        }
        int characters = 0;
        Set<String> names = new HashSet<>();
        for (HttpHeader header : headers) {
            require(header);
            characters += header.name().length() + header.value().length();
            if (!names.add(header.name().toLowerCase(Locale.ROOT))) {
                throw new ConfigException("header", header.name(), "each name once");
            }
        }
        if (characters > MAX_CHARACTERS) {
            throw new ConfigException("headers of", characters + " characters", "at most " + MAX_CHARACTERS);
        }
    }

    private static void require(HttpHeader header) {
        String name = header.name().toLowerCase(Locale.ROOT);
        if (name.isEmpty() || !name.chars().allMatch(CustomHeaders::isToken)) {
            throw new ConfigException("header", header.name(), "a name of letters, digits and any of " + MARKS);
        }
        if (RESERVED.contains(name) || RESERVED_PREFIXES.stream().anyMatch(name::startsWith)) {
            throw new ConfigException("header", header.name(), "any that the sender does not set itself: none of "
                    + String.join(", ", RESERVED.stream().sorted().toList()) + ", and none that begins with "
                    + String.join(" or ", RESERVED_PREFIXES));
        }
        String value = header.value();
        if (!value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7f) || !value.equals(value.strip())) {
            throw new ConfigException("value of header", header.name(), "printable ASCII on one line, with no space around it");
        }
    }

    private static boolean isToken(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || MARKS.indexOf(c) >= 0;
    }
}
