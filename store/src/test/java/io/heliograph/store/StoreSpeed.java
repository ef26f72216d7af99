package io.heliograph.store;

import io.heliograph.spi.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Measures writes a second, and how long one takes, by size of row and by how many share a commit. A program, not a test:
 * {@code StoreSpeed ADDRESS SECONDS}, with {@code postgresql} for a server that is started for it; a folder is made below a data
 * folder's address for each run.
 */
final class StoreSpeed {

    private StoreSpeed() {
    }

    /** Arguments: the address of a data folder or a PostgreSQL schema, and how many seconds each row of the table takes. */
    public static void main(String[] arguments) throws Exception {
        StoreAddress address = arguments[0].equals("postgresql")
                ? PostgresServer.shared().freshSchema() : StoreAddress.parse(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        System.out.printf("%7s %7s %12s %10s %12s %10s %10s%n",
                "bytes", "batch", "writes/s", "commits/s", "writes/batch", "p50 us", "p99 us");
        for (int bytes : new int[] {32, 128, 500}) {
            for (int batch : new int[] {1, 32, 256}) {
                StoreAddress place = address instanceof StoreAddress.DataFolder folder
                        ? new StoreAddress.DataFolder(
                                Files.createTempDirectory(Files.createDirectories(folder.folder()), "speed"))
                        : address;
                measure(place, bytes, batch, seconds);
            }
        }
    }

    private static void measure(StoreAddress address, int bytes, int batch, double seconds) throws Exception {
        StoreLimits limits = StoreLimits.DEFAULT.withBatch(batch, Duration.ofMillis(2));
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), limits, Environment.system())) {
            run(store, bytes, batch, 1);
            StoreCounters before = store.counters();
            long fromNs = System.nanoTime();
            long[] latencies = run(store, bytes, batch, seconds);
            double took = (System.nanoTime() - fromNs) / 1e9;
            StoreCounters after = store.counters();
            long commits = after.commits() - before.commits();
            long writes = after.written() - before.written();
            Arrays.sort(latencies);
            System.out.printf("%7d %7d %12.0f %10.0f %12.1f %10d %10d%n",
                    bytes, batch, writes / took, commits / took, (double) writes / commits,
                    latencies[latencies.length / 2] / 1000, latencies[latencies.length * 99 / 100] / 1000);
        }
        if (address instanceof StoreAddress.DataFolder folder) {
            for (Path file : Files.list(folder.folder()).toList()) {
                Files.delete(file);
            }
            Files.delete(folder.folder());
        }
    }

    /** Keeps twice as many writes on the way as share a commit, so that the next ones wait when a commit is done. */
    private static long[] run(SqlStore store, int bytes, int batch, double seconds) throws InterruptedException {
        byte[] payload = new byte[bytes];
        int onTheWay = batch * 2;
        var places = new Semaphore(onTheWay);
        var latencies = new ArrayList<Long>();
        long endNs = System.nanoTime() + (long) (seconds * 1e9);
        for (long n = 0; System.nanoTime() < endNs; n++) {
            places.acquire();
            long number = n;
            long fromNs = System.nanoTime();
            String insert = "INSERT INTO test_row (n, payload) VALUES (?, ?)";
            store.write(bytes, sql -> sql.update(insert, number, payload)).thenRun(() -> {
                // On the writer thread alone, and read when it is done.
                latencies.add(System.nanoTime() - fromNs);
                places.release();
            });
        }
        places.acquire(onTheWay);
        return latencies.stream().mapToLong(Long::longValue).toArray();
    }
}
