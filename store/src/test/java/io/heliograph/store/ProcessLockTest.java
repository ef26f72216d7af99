package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.AddressInUseException;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void refusesASecondProcessWithTheFirstOnesIdUntilThatIsKilled() throws Exception {
        StoreAddress address = StoreAddress.parse(folder.resolve("data").toString());
        try (ChildProcess first = StoreProcess.holding(address)) {
            first.awaitLine("open"::equals, PATIENCE);

            assertThatThrownBy(() -> SqlStore.open(address, List.of(), StoreLimits.DEFAULT, Environment.system()))
                    .isInstanceOf(AddressInUseException.class).hasMessageContaining("process " + first.pid() + " has it open");

            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
            first.awaitEnd(PATIENCE);
            assertThat(Files.readString(folder.resolve("data/heliograph.db.lock"))).as("its id is left behind")
                    .isEqualTo(first.pid() + "\n");
        }
        SqlStore.open(address, List.of(), StoreLimits.DEFAULT, Environment.system()).close();
    }

    @Test
    void keepsItsLockWhenThisProcessTriesTwice() throws Exception {
        Path file = folder.resolve("heliograph.db.lock");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder).resolve("heliograph.db.lock");
        StoreAddress address = StoreAddress.parse("sqlite:" + folder.resolve("heliograph.db"));
        try (ProcessLock lock = ProcessLock.take(file, "the folder")) {
            assertThatThrownBy(() -> ProcessLock.take(link, "the folder")).isInstanceOf(AddressInUseException.class)
                    .hasMessageStartingWith("the folder is in use")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());

            // A second try that opened the file would have let go of the lock by closing it.
            try (ChildProcess other = StoreProcess.holding(address)) {
                assertThat(other.awaitEnd(PATIENCE)).isNotZero();
                assertThat(other.errors())
                        .anyMatch(line -> line.contains("process " + ProcessHandle.current().pid() + " has it open"));
            }
            assertThat(lock).isNotNull();
        }
        ProcessLock.take(file, "the folder").close();
    }

    @Test
    void saysWhereItCannotWrite() {
        assertThatThrownBy(() -> ProcessLock.take(folder.resolve("none/lock"), "the folder")).isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be written");
    }
}
