package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, at random moments, and looks for what it had acknowledged. */
class CrashTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("ack (\\d+)\\.");
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

    private void killRounds(int rounds) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        StoreAddress address = StoreAddress.parse(folder.resolve("data").toString());
        Set<Long> acknowledged = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            try (ChildProcess child = StoreProcess.writing(address, round * ROUND)) {
                child.awaitLine(1 + random.nextInt(20_000), line -> true, PATIENCE);
                ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
                child.awaitEnd(PATIENCE);
                for (String line : child.lines()) {
                    Matcher ack = ACKNOWLEDGED.matcher(line);
                    if (ack.matches()) {
                        acknowledged.add(Long.valueOf(ack.group(1)));
                    }
                }
            }
            check(address, acknowledged, "round " + round + " of seed " + seed);
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
