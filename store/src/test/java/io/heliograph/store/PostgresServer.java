package io.heliograph.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL server of the system's own, on loopback, in a folder of its own, for as long as the test JVM lives. Thread-safe.
 *
 * <p>PostgreSQL does not run as root: where tests do, the server runs as {@code nobody}.
 */
public final class PostgresServer {

    private static final String USER = "heliograph";
    private static final String UNPRIVILEGED = "nobody";
    private static final Duration START = Duration.ofSeconds(30);

    private static final class Shared {
        static final PostgresServer SERVER = start();
    }

    private final Path folder;
    private final Path programs;
    private final int port;
    private final AtomicInteger schemas = new AtomicInteger();
    private Process process;

    private PostgresServer(Path folder, Path programs, int port) throws IOException {
        this.folder = folder;
        this.programs = programs;
        this.port = port;
        this.process = startProcess();
    }

    /** Whether the system has a PostgreSQL that can be started. */
    public static boolean isInstalled() {
        return programs().isPresent();
    }

    /** The one server of this JVM; started when it is asked for first. */
    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** The address of an empty schema that nobody else uses. */
    public StoreAddress.PostgresDatabase freshSchema() throws SQLException {
        String schema = "test_" + schemas.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url("postgres"), USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        return new StoreAddress.PostgresDatabase(USER, Optional.empty(), "127.0.0.1", port, "postgres", Map.of("schema", schema));
    }

    /** A connection of an application's own, which sees the tables of the store at {@code address}. */
    public static Connection connect(StoreAddress.PostgresDatabase address) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + address.host() + ":" + address.port() + "/" + address.database()
                + "?currentSchema=" + requireNonNull(address.settings().get("schema")), address.user(), "");
    }

    private static PostgresServer start() {
        try {
            Path programs = programs().orElseThrow(() ->
                    new IllegalStateException("PostgreSQL is not installed (apt-get install postgresql)"));
            Path folder = Files.createTempDirectory("heliograph-postgres");
            if (isRoot()) {
                var users = folder.getFileSystem().getUserPrincipalLookupService();
                Files.setOwner(folder, users.lookupPrincipalByName(UNPRIVILEGED));
            }
            run(unprivileged(List.of(programs.resolve("initdb").toString(), "-D", folder.resolve("data").toString(), "-U", USER,
                    "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")));
            var server = new PostgresServer(folder, programs, freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "postgres-stop"));
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process startProcess() throws IOException {
        return new ProcessBuilder(unprivileged(List.of(programs.resolve("postgres").toString(),
                "-D", folder.resolve("data").toString(), "-p", String.valueOf(port), "-h", "127.0.0.1", "-k", folder.toString())))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolveSibling(folder.getFileName() + ".log").toFile()).start();
    }

    private void awaitReady() {
        Awaitility.await("PostgreSQL in " + folder).atMost(START).ignoreExceptions().until(() -> {
            try (Connection connection = DriverManager.getConnection(url("postgres"), USER, "")) {
                return connection.isValid(1);
            }
        });
    }

    /** Stops it at once, as a failing machine would, and starts it again on the same files. */
    public synchronized void crashAndRestart() throws IOException {
        signal("QUIT");
        process = startProcess();
        awaitReady();
    }

    private synchronized void stop() {
        signal("INT");
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // The system clears its folder for temporary files.
        }
        folder.resolveSibling(folder.getFileName() + ".log").toFile().delete();
    }

    private void signal(String signal) {
        try {
            run(List.of("kill", "-" + signal, String.valueOf(process.pid())));
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static Optional<Path> programs() {
        Path debian = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(debian)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(debian)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparing(bin -> Integer.valueOf(bin.getParent().getFileName().toString())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static List<String> unprivileged(List<String> command) {
        if (!isRoot()) {
            return command;
        }
        var whole = new ArrayList<>(List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=nogroup", "--clear-groups"));
        whole.addAll(command);
        return whole;
    }

    private static void run(List<String> command) {
        try {
            Process started = new ProcessBuilder(command).redirectErrorStream(true).directory(Path.of("/").toFile()).start();
            started.getOutputStream().close();
            String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (started.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
