package io.heliograph.store;

import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** A process with a store, for tests that kill it. It says {@code open}, then {@code ack N.} for each row that is on disk. */
final class StoreProcess {

    private static final int PIPELINED = 200;

    private StoreProcess() {
    }

    /** Starts one that only has the store open. */
    static ChildProcess holding(StoreAddress address) {
        return ChildProcess.start(command(address, "hold", 0));
    }

    /** Starts one that writes rows with numbers from {@code from} on, many at once, until it is killed. */
    static CrashingProcess writing(StoreAddress address, long from) {
        return crashing(address, "write", from);
    }

    /** Starts one that commits rows from {@code from} on in transactions of its own, past the store, until it is killed. */
    static CrashingProcess committing(StoreAddress address, long from) {
        return crashing(address, "commit", from);
    }

    /** The command of one that writes {@code count} rows one after the other, says {@code commits N.} and ends. */
    static List<String> oneByOne(StoreAddress address, long count) {
        return command(address, "one-by-one", count);
    }

    private static List<String> command(StoreAddress address, String what, long number) {
        return CrashingProcess.command(StoreProcess.class, scratch(address), address.toString(), what, String.valueOf(number));
    }

    private static CrashingProcess crashing(StoreAddress address, String what, long number) {
        return CrashingProcess.start(StoreProcess.class, scratch(address), address.toString(), what, String.valueOf(number));
    }

    private static Path scratch(StoreAddress address) {
        return Path.of(address.toString().replaceFirst("^sqlite:", "")).getParent();
    }

    /** Arguments: address, what, number. */
    public static void main(String[] arguments) throws Exception {
        long number = Long.parseLong(arguments[2]);
        try (SqlStore store = SqlStore.open(StoreAddress.parse(arguments[0]), List.of(Rows.FIRST), StoreLimits.DEFAULT,
                Environment.system())) {
            System.out.println("open");
            switch (arguments[1]) {
                case "hold" -> System.in.read();
                case "write" -> write(store, number);
                case "commit" -> commit(StoreAddress.parse(arguments[0]), number);
                default -> {
                    for (long n = 0; n < number; n++) {
                        store.write(Rows.insert(n)).join();
                        System.out.println("ack " + n + ".");
                    }
                    System.out.println("commits " + store.counters().commits() + ".");
                }
            }
        }
    }

    /** Every second transaction is rolled back; its row has a negative number. */
    private static void commit(StoreAddress address, long from) throws SQLException {
        Path file = ((StoreAddress.DataFolder) address).folder().resolve("heliograph.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file); Statements sql = Statements.on(connection)) {
            sql.execute("PRAGMA busy_timeout = 5000");
            sql.execute("PRAGMA synchronous = FULL");
            connection.setAutoCommit(false);
            for (long n = from; ; n++) {
                Rows.insert(sql, n);
                connection.commit();
                System.out.println("ack " + n + ".");
                Rows.insert(sql, -n - 1);
                connection.rollback();
            }
        }
    }

    private static void write(SqlStore store, long from) {
        var next = new AtomicLong(from);
        var places = new Semaphore(PIPELINED);
        var writers = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            writers.add(Thread.ofPlatform().start(() -> {
                while (true) {
                    places.acquireUninterruptibly();
                    long n = next.getAndIncrement();
                    store.write(Rows.insert(n)).thenRun(() -> {
                        System.out.println("ack " + n + ".");
                        places.release();
                    });
                }
            }));
        }
        writers.forEach(writer -> {
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
