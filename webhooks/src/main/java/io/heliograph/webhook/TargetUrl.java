package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;

/**
 * Where a webhook goes: an absolute {@code http} or {@code https} URL whose host can be read one way only. Immutable.
 * Whether its host may be connected to is for {@link TargetGuard} to say, each time anew.
 *
 * <p>Shows itself without its query, which may hold a credential.
 */
public final class TargetUrl {

    /** The longest URL, in characters. */
    public static final int MAX_LENGTH = 2048;

    private static final String SETTING = "url";
    private static final int MAX_PORT = 65_535;

    private final String scheme;
    private final String host;
    private final int port;
    private final String authority;
    private final String pathAndQuery;
    private final Optional<InetAddress> literal;
    /** Kept, as each attempt needs it: it names the connections that may serve. */
    private final HttpRoute route;

    private TargetUrl(String scheme, String host, int port, String pathAndQuery) {
        this.scheme = scheme;
        this.host = host;
        this.port = port;
        this.authority = authority(scheme, host, port);
        this.pathAndQuery = pathAndQuery;
        this.literal = HostText.literal(host).map(HostText::address);
        this.route = new HttpRoute(new HttpHost(scheme, host, port), null, scheme.equals("https"));
    }

    private static String authority(String scheme, String host, int port) {
        boolean isDefault = port == (scheme.equals("https") ? 443 : 80);
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + (isDefault ? "" : ":" + port);
    }

    /**
     * Reads a URL.
     *
     * @throws ConfigException naming what is wrong with it; the message shows neither a password nor the query
     */
    public static TargetUrl parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new ConfigException(SETTING, masked(text), "at most " + MAX_LENGTH + " characters, not " + text.length());
        }
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw refusal(text, "printable ASCII: a host beyond it is written as xn--..., all else percent-encoded");
        }
        URI uri = uri(text);
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refusal(text, "a URL that begins with https:// or http://");
        }
        if (uri.getRawUserInfo() != null || Optional.ofNullable(uri.getRawAuthority()).orElse("").indexOf('@') >= 0) {
            throw refusal(text, "a URL without a user: credentials go into a header");
        }
        if (uri.getRawFragment() != null) {
            throw refusal(text, "a URL without '#': a fragment is never sent");
        }
        return new TargetUrl(scheme, host(text, uri), port(text, uri, scheme), pathAndQuery(uri));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw refusal(text, "an absolute URL as RFC 3986 writes it");
        }
    }

    private static String host(String text, URI uri) {
        String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
        boolean isReadable = isBracketed ? bare.indexOf(':') >= 0 && HostText.literal(bare).isPresent()
                : HostText.isName(bare) || HostText.literal(bare).isPresent();
        if (!isReadable) {
            throw refusal(text, "a URL whose host is a name of letters, digits, '-' and '.', an IPv4 address of four decimal"
                    + " numbers, or an IPv6 address in brackets");
        }
        return bare;
    }

    private static int port(String text, URI uri, String scheme) {
        int port = uri.getPort();
        if (port == 0 || port > MAX_PORT) {
            throw refusal(text, "a port from 1 to " + MAX_PORT);
        }
        if (port > 0) {
            return port;
        }
        return scheme.equals("https") ? 443 : 80;
    }

    private static String pathAndQuery(URI uri) {
        String path = Optional.ofNullable(uri.getRawPath()).filter(p -> !p.isEmpty()).orElse("/");
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static ConfigException refusal(String text, String allowed) {
        return new ConfigException(SETTING, masked(text), allowed);
    }

    /** Without what may be a credential: anything between the scheme and an '@', and the query. */
    private static String masked(String text) {
        int question = text.indexOf('?');
        String shown = question < 0 ? text : text.substring(0, question) + "?...";
        int at = shown.lastIndexOf('@');
        int start = shown.indexOf("//");
        boolean hasUser = at >= 0 && start >= 0 && at > start;
        return hasUser ? shown.substring(0, start + 2) + "..." + shown.substring(at) : shown;
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return scheme;
    }

    /** The host in lower case: a name, or an address without brackets. */
    public String host() {
        return host;
    }

    /** The port, also where the URL names none. */
    public int port() {
        return port;
    }

    /** What is asked for there, with the query. */
    public String pathAndQuery() {
        return pathAndQuery;
    }

    /** The host's address, where it is written as one. */
    public Optional<InetAddress> literal() {
        return literal;
    }

    /** The whole URL, with its query: to be stored, not to be shown. */
    public String reveal() {
        return scheme + "://" + authority + pathAndQuery;
    }

    /** The host and, where it is not the scheme's own, the port: what the field {@code Host} says. */
    String authority() {
        return authority;
    }

    HttpRoute route() {
        return route;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TargetUrl that && reveal().equals(that.reveal());
    }

    @Override
    public int hashCode() {
        return reveal().hashCode();
    }

    /** The URL with {@code ?...} in place of its query. */
    @Override
    public String toString() {
        return masked(reveal());
    }
}
