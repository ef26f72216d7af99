package io.heliograph.store;

import io.heliograph.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a store is: a data folder, one SQLite file, or a PostgreSQL database.
 *
 * <pre>
 * /var/lib/heliograph                       a data folder: heliograph.db in it, made where it is missing
 * sqlite:/srv/shop.db                       a file, perhaps one that an application has tables of its own in
 * postgresql://shop@db.example:5432/shop    a database; the password comes from a file .pgpass, or stands behind the user
 * </pre>
 *
 * <p>Immutable; {@code toString} shows no password.
 */
public sealed interface StoreAddress {

    /** A folder that the store is made in. */
    record DataFolder(Path folder) implements StoreAddress {
        @Override
        public String toString() {
            return folder.toString();
        }
    }

    /** A database file in a folder that exists. */
    record SqliteFile(Path file) implements StoreAddress {
        @Override
        public String toString() {
            return "sqlite:" + file;
        }
    }

    /**
     * A PostgreSQL database.
     *
     * @param password empty to have the driver look in {@code .pgpass}
     * @param settings {@code sslmode}, {@code sslrootcert}, {@code schema}
     */
    record PostgresDatabase(String user, Optional<String> password, String host, int port, String database,
            Map<String, String> settings) implements StoreAddress {

        public PostgresDatabase {
            settings = Map.copyOf(settings);
        }

        @Override
        public String toString() {
            return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
        }
    }

    /** What is allowed, in words. */
    String ALLOWED = "a data folder, sqlite:PATH or postgresql://USER@HOST:PORT/DATABASE";

    /**
     * Reads an address.
     *
     * @throws ConfigException if it is none
     */
    static StoreAddress parse(String text) {
        if (text.startsWith("postgresql:")) {
            return postgres(text);
        }
        if (text.startsWith("sqlite:")) {
            return new SqliteFile(path(text, text.substring("sqlite:".length())));
        }
        if (Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]+:").matcher(text).lookingAt()) {
            throw refused(text);
        }
        return new DataFolder(path(text, text));
    }

    private static Path path(String text, String path) {
        // What stands behind '?' SQLite's driver would take for settings, and :memory: is no file.
        if (path.isBlank() || path.indexOf('?') >= 0 || path.startsWith(":") || path.startsWith("file:")
                || path.startsWith("//")) {
            throw new ConfigException("store", text, ALLOWED + ", the path without '?'");
        }
        try {
            return Path.of(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new ConfigException("store", text, ALLOWED);
        }
    }

    private static PostgresDatabase postgres(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(text);
        }
        String host = Optional.ofNullable(uri.getHost()).orElse("");
        String who = Optional.ofNullable(uri.getRawUserInfo()).orElse("");
        String database = Optional.ofNullable(uri.getPath()).filter(path -> path.startsWith("/"))
                .map(path -> path.substring(1)).orElse("");
        int colon = who.indexOf(':');
        String user = decode(colon < 0 ? who : who.substring(0, colon));
        Optional<String> password = colon < 0 ? Optional.empty() : Optional.of(decode(who.substring(colon + 1)));
        if (host.isEmpty() || user.isEmpty() || database.isEmpty() || database.indexOf('/') >= 0 || uri.getPort() == 0
                || uri.getPort() > 65_535 || uri.getRawFragment() != null) {
            throw refused(text);
        }
        return new PostgresDatabase(user, password, host, uri.getPort() < 0 ? 5432 : uri.getPort(), database,
                settings(Optional.ofNullable(uri.getRawQuery()).orElse("")));
    }

    private static Map<String, String> settings(String query) {
        var settings = new LinkedHashMap<String, String>();
        for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (equals < 1 || !Set.of("sslmode", "sslrootcert", "schema").contains(name)
                    || settings.put(name, decode(part.substring(equals + 1))) != null) {
                throw new ConfigException("setting of a postgresql address", name,
                        "sslmode=, sslrootcert= and schema=, each once");
            }
        }
        return settings;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without what may be a password. */
    private static ConfigException refused(String text) {
        return new ConfigException("store", text.replaceAll("//.*@", "//...@"), ALLOWED);
    }
}
