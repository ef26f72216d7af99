package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small one of memory, mounted for the test. */
@Tag("net")
@EnabledIf("mayMount")
class FullDiskTest {

    @TempDir
    private Path folder;

    private Path disk;

    static boolean mayMount() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void refusesClearlyLosesNothingAndGoesOnWhenRoomIsMade() throws Exception {
        StoreAddress address = StoreAddress.parse(disk.resolve("data").toString());
        Path ballast = Files.write(disk.resolve("ballast"), new byte[1_000_000]);
        List<Integer> written = new ArrayList<>();
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            int refused = 0;
            for (int n = 0; n < 2_000 && refused < 20; n++) {
                refused += isWritten(store, n, written) ? 0 : 1;
            }
            assertThat(refused).isEqualTo(20);
            assertThat(store.counters().full()).isEqualTo(20);
            assertThat(Rows.numbers(store)).isEqualTo(written.stream().map(Integer::longValue).toList());

            Files.delete(ballast);
            for (int n = 10_000; n < 10_020; n++) {
                assertThat(isWritten(store, n, written)).as("row " + n + " after room was made").isTrue();
            }
        }
        run("mount", "-o", "remount,size=32m", disk.toString());
        try (SqlStore store = SqlStore.open(address, List.of(Rows.FIRST), StoreLimits.DEFAULT, Environment.system())) {
            assertThat(Rows.numbers(store)).isEqualTo(written.stream().map(Integer::longValue).toList());
        }
    }

    private static boolean isWritten(SqlStore store, int n, List<Integer> written) {
        try {
            store.write(sql -> sql.update("INSERT INTO test_row (n, payload) VALUES (?, ?)", n, new byte[5_000])).join();
            written.add(n);
            return true;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(StoreFullException.class).hasMessageContaining("make room on its disk");
            return false;
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
}
