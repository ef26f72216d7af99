package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {

    @TempDir
    private Path folder;

    @Override
    StoreAddress freshAddress() {
        return StoreAddress.parse(folder.resolve("data").toString());
    }

    @Override
    Connection connect(StoreAddress address) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    private Path file() {
        return folder.resolve("data/heliograph.db");
    }

    @Test
    void waitsForTheDiskAtEveryCommitAndVacuumsByAndBy() throws Exception {
        SqlStore store = open();

        List<String> settings = store.write(sql -> List.of(
                sql.row("PRAGMA journal_mode", row -> row.getString(1)).orElseThrow(),
                sql.row("PRAGMA synchronous", row -> row.getString(1)).orElseThrow(),
                sql.row("PRAGMA auto_vacuum", row -> row.getString(1)).orElseThrow(),
                sql.row("PRAGMA foreign_keys", row -> row.getString(1)).orElseThrow(),
                sql.row("PRAGMA busy_timeout", row -> row.getString(1)).orElseThrow(),
                sql.row("PRAGMA wal_autocheckpoint", row -> row.getString(1)).orElseThrow())).join();

        assertThat(settings).containsExactly("wal", "2", "2", "1", "5000", "4000");
    }

    @Test
    void makesItsFolderForItsOwnerAlone() throws Exception {
        open();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data")))).isEqualTo("rwx------");
    }

    @Test
    void refusesAFolderThatIsAFileAndAFileThatIsNoDatabase() throws Exception {
        Path text = Files.writeString(folder.resolve("notes.txt"), "this is no database, and stays as it is".repeat(40));
        String before = Files.readString(text);

        assertThatThrownBy(() -> SqlStore.open(StoreAddress.parse(text.toString()), List.of(), LIMITS, environment))
                .isInstanceOf(ConfigException.class).hasMessageContaining("sqlite:PATH");
        assertThatThrownBy(() -> SqlStore.open(StoreAddress.parse("sqlite:" + text), List.of(), LIMITS, environment))
                .isInstanceOf(StoreException.class).hasMessageContaining("cannot be opened")
                .hasMessageContaining("not a database");
        StoreAddress nowhere = StoreAddress.parse("sqlite:" + folder.resolve("none/x.db"));
        assertThatThrownBy(() -> SqlStore.open(nowhere, List.of(), LIMITS, environment))
                .isInstanceOf(ConfigException.class).hasMessageContaining("a folder that exists");
        assertThat(Files.readString(text)).isEqualTo(before);
    }

    @Test
    void isOpenOnceOnly() {
        SqlStore store = open();

        assertThatThrownBy(this::open).isInstanceOf(AddressInUseException.class)
                .hasMessageContaining("process " + ProcessHandle.current().pid() + " has it open");

        store.close();
        open();
    }

    @Test
    void letsOthersWriteInBetweenAndTellsWhenTheyTakeTooLong() throws Exception {
        SqlStore store = open(LIMITS.withReaders(2, Duration.ofMillis(200)), Rows.FIRST);
        Connection other = connect();
        try (Statements sql = Statements.on(other)) {
            sql.execute("BEGIN IMMEDIATE");
            Rows.insert(sql, 1);

            assertThat(failure(store.write(Rows.insert(2)))).isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining("maxWait");
            assertThat(Rows.numbers(store)).as("reads go on").isEmpty();

            sql.execute("COMMIT");
        }
        store.write(Rows.insert(3)).join();
        assertThat(Rows.numbers(store)).containsExactly(1L, 3L);
    }

    @Test
    void isFullAtItsLimitKeepsAReserveAndGoesOnWhenRoomIsMade() throws Exception {
        SqlStore store = open(LIMITS.withMaxBytes(1 << 20), Rows.FIRST);
        Write<Integer> large = sql -> sql.update("INSERT INTO test_row (n, payload) VALUES (1, ?)", new byte[100_000]);
        int written = 0;
        Throwable refusal = new AssertionError();
        while (written < 100) {
            var write = store.write(large);
            try {
                write.join();
                written++;
            } catch (CompletionException e) {
                refusal = e.getCause();
                break;
            }
        }

        assertThat(refusal).isInstanceOf(StoreFullException.class).hasMessageContaining("maxBytes is 1048576");
        assertThat(written).isBetween(8, 11);
        assertThat(store.counters().full()).isEqualTo(1);
        assertThat(notices.all()).singleElement().asString().contains("is full");
        assertThat(store.writeFromReserve(large).join()).isEqualTo(1);
        assertThat(Rows.count(store)).as("nothing acknowledged is lost").isEqualTo(written + 1);

        assertThat(store.removeInBatches(sql -> sql.update("DELETE FROM test_row WHERE id IN (SELECT id FROM test_row LIMIT 3)"))
                .join()).isEqualTo(written + 1);
        assertThat(store.write(large).join()).isEqualTo(1);
    }

    @Test
    void refusesWithTheReserveUsedUpAndLosesOnlyThat() throws Exception {
        SqlStore store = open(LIMITS.withMaxBytes(1 << 20), Rows.FIRST);
        var writer = new HeldWriter(store);
        var small = store.write(Rows.insert(1));
        var huge = store.writeFromReserve(sql ->
                sql.update("INSERT INTO test_row (n, payload) VALUES (1, ?)", new byte[4_000_000]));
        var after = store.write(Rows.insert(2));
        writer.release.countDown();

        assertThat(failure(huge)).isInstanceOf(StoreFullException.class).hasMessageContaining("has no room for this write");
        small.join();
        after.join();
        assertThat(Rows.numbers(store)).containsExactly(1L, 2L);
        assertThat(store.counters().full()).isEqualTo(1);
    }

    @Test
    void givesFreePagesBackToTheDisk() throws Exception {
        SqlStore store = open();
        store.write(sql -> sql.update("INSERT INTO test_row (n, payload) VALUES (1, ?)", new byte[4_000_000])).join();
        store.write(sql -> sql.update("DELETE FROM test_row")).join();

        assertThat(store.shrink(100).join()).isEqualTo(100);
        assertThat(store.shrink(1_000_000).join()).isGreaterThan(800);
        assertThat(store.shrink(100).join()).isZero();
        store.close();

        assertThat(Files.size(file())).isLessThan(200_000);
    }
}
