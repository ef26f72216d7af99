package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The keys of a data folder's API users, as hashes in a file that its owner alone may read. A server that runs sees a change with
 * the next request, so keys come and go without a restart.
 *
 * <pre>
 * DATA/keys    id, tenant, SHA-256 of the key, when it was made; one a line
 * </pre>
 *
 * <p>Thread-safe, and among processes too.
 */
public final class ApiKeys implements Access {

    /** The longest name of a tenant. */
    public static final int MAX_TENANT_LENGTH = 64;

    private static final String FILE = "keys";
    private static final String SCHEME = "Bearer ";
    private static final int MOST = 10_000;
    private static final int ID_BYTES = 6;
    /** A process has a file's lock once. */
    private static final Object IN_PROCESS = new Object();

    private final Path file;
    private final SecureRandom random;
    private final Map<String, String> given;
    private volatile Snapshot snapshot = new Snapshot(Optional.empty(), Map.of());

    /**
     * One key, without anything that opens a door.
     *
     * @param id     names it
     * @param tenant whose it is
     * @param made   when it was made
     */
    public record Entry(String id, String tenant, Instant made) {
    }

    /** A key that was just made. */
    public record Made(Entry entry, ApiKey key) {
    }

    private record Stored(Entry entry, String hash) {

        String line() {
            return entry.id() + " " + entry.tenant() + " " + hash + " " + entry.made();
        }
    }

    private record Version(Optional<Object> fileKey, FileTime modified, long size) {
    }

    private record Snapshot(Optional<Version> version, Map<String, String> tenantByHash) {
    }

    private ApiKeys(Path file, SecureRandom random, Map<String, String> given) {
        this.file = file;
        this.random = random;
        this.given = given;
    }

    /** The keys of a data folder, which is there. */
    public static ApiKeys in(Path folder, SecureRandom random) {
        return new ApiKeys(folder.resolve(FILE), random, Map.of());
    }

    /** The same and one of the default tenant, which is not stored. */
    public ApiKeys and(ApiKey key) {
        return new ApiKeys(file, random, Map.of(key.hash(), DEFAULT_TENANT));
    }

    /** Makes a key for a tenant: 1 to {@value #MAX_TENANT_LENGTH} letters, digits, dots, hyphens and underscores. */
    public Made add(String tenant) {
        requireTenant(tenant);
        ApiKey key = ApiKey.generate(random);
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        var entry = new Entry("key_" + HexFormat.of().formatHex(id), tenant, Instant.ofEpochSecond(Instant.now().getEpochSecond()));
        change(stored -> {
            if (stored.size() >= MOST) {
                throw new ConfigException("keys", stored.size() + 1, "at most " + MOST);
            }
            stored.add(new Stored(entry, key.hash()));
        });
        return new Made(entry, key);
    }

    /** All keys, the oldest first. */
    public List<Entry> list() {
        return read().stream().map(Stored::entry).toList();
    }

    /**
     * Takes keys away.
     *
     * @return those that were taken away
     */
    public List<Entry> revoke(Predicate<Entry> which) {
        var revoked = new ArrayList<Entry>();
        change(stored -> stored.removeIf(one -> {
            boolean isRevoked = which.test(one.entry());
            if (isRevoked) {
                revoked.add(one.entry());
            }
            return isRevoked;
        }));
        return revoked;
    }

    /** Refuses what is no name of a tenant. */
    public static void requireTenant(String tenant) {
        if (!tenant.matches("[A-Za-z0-9._-]{1," + MAX_TENANT_LENGTH + "}")) {
            throw new ConfigException("tenant", tenant, "1 to " + MAX_TENANT_LENGTH + " letters, digits, '.', '-' and '_'");
        }
    }

    @Override
    public String tenantOf(Optional<String> authorization) {
        String header = authorization.orElseThrow(() -> refusal("no-key", "a key is needed: Authorization: Bearer KEY"));
        boolean isBearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        Optional<String> tenant = isBearer ? find(header.substring(SCHEME.length()).strip()) : Optional.empty();
        return tenant.orElseThrow(() -> refusal("unknown-key",
                "this is no key of this server; 'heliograph serve keys list' shows which there are"));
    }

    private static Problem refusal(String code, String detail) {
        return new Problem(401, code, detail).withHeader("WWW-Authenticate", "Bearer realm=\"heliograph\"");
    }

    /** Looked up by its hash: how long that takes tells nothing of the key. */
    private Optional<String> find(String text) {
        try {
            String hash = ApiKey.parse(text).hash();
            return Optional.ofNullable(given.get(hash)).or(() -> Optional.ofNullable(current().get(hash)));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    private Map<String, String> current() {
        Snapshot known = snapshot;
        Optional<Version> version = version();
        if (version.equals(known.version())) {
            return known.tenantByHash();
        }
        // What is read may be newer than the version asked for before: then it is read once more.
        Map<String, String> tenants = read().stream().collect(Collectors.toMap(Stored::hash, one -> one.entry().tenant(), (a, b) -> a,
                LinkedHashMap::new));
        snapshot = new Snapshot(version, tenants);
        return tenants;
    }

    private Optional<Version> version() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Version(Optional.ofNullable(attributes.fileKey()), attributes.lastModifiedTime(), attributes.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new TransportException("the keys in " + file + " cannot be read", e);
        }
    }

    private List<Stored> read() {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).map(this::parse).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new TransportException("the keys in " + file + " cannot be read", e);
        }
    }

    private Stored parse(String line) {
        String[] parts = line.split(" ");
        try {
            if (parts.length == 4) {
                return new Stored(new Entry(parts[0], parts[1], Instant.parse(parts[3])), parts[2]);
            }
        } catch (DateTimeException e) {
            // Told below.
        }
        throw new ConfigException("line of " + file, line.length() + " characters", "id, tenant, hash and date, as it was written");
    }

    private interface Change {
        void apply(List<Stored> stored);
    }

    private void change(Change change) {
        Path lockFile = file.resolveSibling(FILE + ".lock");
        synchronized (IN_PROCESS) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                var stored = new ArrayList<>(read());
                change.apply(stored);
                OwnerFile.write(file, stored.stream().map(one -> one.line() + "\n").collect(Collectors.joining()));
            } catch (IOException e) {
                throw new TransportException("the keys in " + file + " cannot be changed", e);
            }
        }
    }
}
