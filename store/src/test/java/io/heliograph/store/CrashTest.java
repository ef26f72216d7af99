package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, at random moments, and looks for what it had acknowledged. */
class CrashTest {

    private static final long ROUND = 10_000_000;

    @TempDir
    private Path folder;

    @Test
    void losesNothingAcknowledgedWhenItIsKilled() throws Exception {
        killRounds(1);
    }

    @Test
    @Tag("slow")
    void losesNothingAcknowledgedWhenItIsKilledThreeTimes() throws Exception {
        killRounds(3);
    }

    @Test
    @Tag("soak")
    void losesNothingAcknowledgedWhenItIsKilledTwoHundredTimes() throws Exception {
        killRounds(200);
    }

    @Test
    void findsWhatAKilledProcessCommittedOfItsOwnAndNothingElse() throws Exception {
        StoreAddress address = StoreAddress.parse(folder.resolve("data").toString());
        Set<Long> committed;
        try (CrashingProcess process = StoreProcess.committing(address, 0)) {
            process.awaitLines(100);
            committed = process.kill();
        }
        check(address, committed, "committed by its own connection");

        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            var told = new CountDownLatch(1);
            store.watch("SELECT 1 FROM test_row LIMIT 1", told::countDown);
            assertThat(told.await(CrashingProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(Rows.numbers(store)).allMatch(n -> n >= 0).hasSizeBetween(committed.size(), committed.size() + 1);
        }
    }

    private void killRounds(int rounds) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        StoreAddress address = StoreAddress.parse(folder.resolve("data").toString());
        for (int round = 0; round < rounds; round++) {
            try (CrashingProcess process = StoreProcess.writing(address, round * ROUND)) {
                process.awaitLines(1 + random.nextInt(20_000));
                check(address, process.kill(), "round " + round + " of seed " + seed);
            }
            clear(address);
        }
    }

    private static void clear(StoreAddress address) {
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            store.write(sql -> sql.update("DELETE FROM test_row")).join();
        }
    }

    private static void check(StoreAddress address, Set<Long> acknowledged, String when) {
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            List<Long> there = Rows.numbers(store);
            assertThat(there).as(when).doesNotHaveDuplicates();
            var missing = new HashSet<>(acknowledged);
            missing.removeAll(new HashSet<>(there));
            assertThat(missing).as("acknowledged and lost, " + when).isEmpty();
            assertThat(acknowledged).as(when).isNotEmpty();
            List<String> integrity = store.read(sql -> sql.rows("PRAGMA integrity_check", row -> row.getString(1)));
            assertThat(integrity).as(when).containsExactly("ok");
        }
    }
}
