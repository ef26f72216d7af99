package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Counts what the operating system is told to bring to the disk: a killed process alone would not show it missing. */
@Tag("net")
@EnabledIf("isInstalled")
class SyncTest {

    private static final int WRITES = 200;
    private static final Pattern SYNC = Pattern.compile(
            "\\d+ +(fsync|fdatasync)\\(.*|\\d+ +<\\.\\.\\. (fsync|fdatasync) resumed.*");
    private static final Pattern ACK = Pattern.compile("\\d+ +write\\(\\d+, \"ack .*");

    @TempDir
    private Path folder;

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/strace"));
    }

    @Test
    void endsLoudlyWhenTheDiskFailsAndLosesNothingAcknowledged() throws Exception {
        StoreAddress address = StoreAddress.parse(folder.resolve("data").toString());
        var command = new ArrayList<>(List.of("/usr/bin/strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
                "-e", "inject=fsync,fdatasync:error=EIO:when=60+"));
        command.addAll(StoreProcess.oneByOne(address, WRITES));
        int acknowledged;
        try (ChildProcess child = ChildProcess.start(command)) {
            assertThat(child.awaitEnd(Duration.ofMinutes(2))).isNotZero();
            assertThat(child.errors()).anyMatch(line -> line.contains("whether it is on disk is unknown"));
            acknowledged = (int) child.lines().stream().filter(line -> line.startsWith("ack ")).count();
        }

        assertThat(acknowledged).isBetween(10, WRITES - 1);
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            assertThat(Rows.count(store)).as("the last one's outcome is unknown").isBetween((long) acknowledged, acknowledged + 1L);
        }
    }

    @Test
    void bringsEachWriteToTheDiskBeforeItIsAcknowledged() throws Exception {
        Path trace = folder.resolve("trace");
        var command = new ArrayList<>(List.of("/usr/bin/strace", "-f", "-e", "trace=fsync,fdatasync,write", "-s", "16",
                "-o", trace.toString()));
        command.addAll(StoreProcess.oneByOne(StoreAddress.parse(folder.resolve("data").toString()), WRITES));
        try (ChildProcess child = ChildProcess.start(command)) {
            assertThat(child.awaitEnd(Duration.ofMinutes(2))).as(child.toString()).isZero();
            assertThat(child.lines()).contains("commits " + WRITES + ".");
        }

        int syncs = 0;
        int acknowledged = 0;
        int syncsSince = 0;
        for (String line : Files.readAllLines(trace)) {
            boolean isUnfinished = line.endsWith("<unfinished ...>");
            if (SYNC.matcher(line).matches() && !isUnfinished) {
                assertThat(line).endsWith("= 0");
                syncs++;
                syncsSince++;
            } else if (ACK.matcher(line).matches()) {
                assertThat(syncsSince).as("syncs before acknowledgement " + acknowledged).isPositive();
                acknowledged++;
                syncsSince = 0;
            }
        }
        assertThat(acknowledged).isEqualTo(WRITES);
        assertThat(syncs).isGreaterThanOrEqualTo(WRITES);
    }
}
