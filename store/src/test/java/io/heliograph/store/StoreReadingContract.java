package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Notice;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a store promises of reads, of callers' own transactions, and of watches. */
abstract class StoreReadingContract extends StoreWritingContract {

    @Test
    void readsAreAllOfOneMoment() throws Exception {
        SqlStore store = open();
        store.write(Rows.insert(1)).join();

        List<Long> counts = store.read(sql -> {
            long first = sql.row("SELECT COUNT(*) FROM test_row", row -> row.getLong(1)).orElseThrow();
            store.write(Rows.insert(2)).join();
            long second = sql.row("SELECT COUNT(*) FROM test_row", row -> row.getLong(1)).orElseThrow();
            return List.of(first, second);
        });

        assertThat(counts).containsExactly(1L, 1L);
        assertThat(Rows.count(store)).isEqualTo(2);
    }

    @Test
    void readsCannotWriteAndAFailedOneLeavesItsConnectionUsable() {
        SqlStore store = open(LIMITS.withReaders(1, Duration.ofSeconds(10)), Rows.FIRST);

        assertThatThrownBy(() -> store.read(Rows.insert(1)::run)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.read(sql -> sql.rows("SELECT nothing FROM nowhere", row -> 1)))
                .isInstanceOf(StoreException.class).hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> store.read(sql -> {
            throw new IllegalStateException("own");
        })).hasMessage("own");

        assertThat(Rows.count(store)).isZero();
    }

    @Test
    void refusesAReadThatFindsNoConnectionInTime() {
        SqlStore store = open(LIMITS.withReaders(1, Duration.ofMillis(50)), Rows.FIRST);

        store.read(sql -> {
            assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> Rows.count(store)).join())
                    .isInstanceOf(CompletionException.class).cause().isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining("limit readers");
            return 0;
        });

        assertThat(store.counters().readsRefused()).isEqualTo(1);
        assertThat(Rows.count(store)).isZero();
    }

    @Test
    void joinsACallersOwnTransaction() throws Exception {
        SqlStore store = open();
        Connection other = connect();
        other.setAutoCommit(false);

        try (Statements sql = Statements.on(other)) {
            Rows.insert(sql, 1);
            other.rollback();
            Rows.insert(sql, 2);
            other.commit();
        }

        assertThat(Rows.numbers(store)).containsExactly(2L);
    }

    @Test
    void tellsOfRowsThatOthersCommitAndOfNoneRolledBack() throws Exception {
        SqlStore store = open();
        Connection other = connect();
        var told = new Semaphore(0);
        store.watch("SELECT 1 FROM test_row WHERE n = 9 LIMIT 1", () -> {
            told.release();
            store.write(sql -> sql.update("DELETE FROM test_row WHERE n = 9"));
        });

        other.setAutoCommit(false);
        try (Statements sql = Statements.on(other)) {
            Rows.insert(sql, 9);
            other.rollback();
            Rows.insert(sql, 8);
            other.commit();
            assertThat(told.tryAcquire(200, TimeUnit.MILLISECONDS)).isFalse();
            Rows.insert(sql, 9);
            other.commit();
        }

        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().until(() -> Rows.numbers(store).equals(List.of(8L)));
    }

    @Test
    void tellsOfRowsThatWereThereBefore() throws Exception {
        try (SqlStore store = open()) {
            store.write(Rows.insert(9)).join();
        }
        SqlStore store = open();
        var told = new CountDownLatch(3);

        Watch watch = store.watch("SELECT 1 FROM test_row WHERE n = 9 LIMIT 1", told::countDown);

        assertThat(told.await(10, TimeUnit.SECONDS)).as("told again as long as they are there").isTrue();
        watch.close();
    }

    @Test
    void endsAWatchWhoseQueryFailsAndWritesOn() throws Exception {
        SqlStore store = open();

        store.watch("SELECT 1 FROM test_nowhere", () -> {
        });

        assertThat(notices.await(Notice.Degraded.class, 1, Duration.ofSeconds(10))).isTrue();
        assertThat(store.write(Rows.insert(1)).get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }
}
