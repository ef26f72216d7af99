package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a store promises, on either database: all of it, and here the SQL that rooms share, migrations, and many at once. */
abstract class StoreContract extends StoreReadingContract {

    @Test
    void claimsRowsWithTheSameSql() {
        SqlStore store = open(LIMITS, Rows.SECOND);
        for (long n = 0; n < 5; n++) {
            store.write(Rows.insert(n)).join();
        }
        String claim = "UPDATE test_row SET due = ? WHERE id IN (SELECT id FROM test_row WHERE due <= ? ORDER BY due, id LIMIT ?"
                + store.dialect().claimSuffix() + ") RETURNING n";

        List<Long> claimed = store.write(sql -> sql.rows(claim, row -> row.getLong(1), 100, 7, 3)).join();

        assertThat(claimed).containsExactlyInAnyOrder(0L, 1L, 2L);
        assertThat(store.write(sql -> sql.rows(claim, row -> row.getLong(1), 100, 7, 3)).join())
                .containsExactlyInAnyOrder(3L, 4L);
    }

    @Test
    void removesInBatches() {
        SqlStore store = open();
        store.write(sql -> {
            int rows = 0;
            for (int n = 0; n < 25; n++) {
                rows += Rows.insert(sql, n);
            }
            return rows;
        }).join();

        long removed = store.removeInBatches(sql -> sql.update(
                "DELETE FROM test_row WHERE id IN (SELECT id FROM test_row WHERE n < ? LIMIT ?)", 20, 6)).join();

        assertThat(removed).isEqualTo(20);
        assertThat(Rows.numbers(store)).containsExactly(20L, 21L, 22L, 23L, 24L);
        assertThat(store.counters().commits()).isEqualTo(1 + 5);
    }

    @Test
    void givesNoNumberTwice() {
        SqlStore store = open();
        String insert = "INSERT INTO test_row (n) VALUES (0) RETURNING id";
        long first = store.write(sql -> sql.row(insert, row -> row.getLong(1)).orElseThrow()).join();
        store.write(sql -> sql.update("DELETE FROM test_row")).join();

        assertThat(store.<Long>write(sql -> sql.row(insert, row -> row.getLong(1)).orElseThrow()).join()).isGreaterThan(first);
    }

    @Test
    void keepsManyStatementsAndGivesTheLongestUnusedUp() {
        SqlStore store = open();

        for (int i = 0; i < 600; i++) {
            int number = i % 300;
            int answer = store.write(sql -> sql.row("SELECT " + number, row -> row.getInt(1)).orElseThrow()).join();
            assertThat(answer).isEqualTo(number);
        }
    }

    @Test
    void leavesNothingOfAFailedWriteInAKeptStatement() {
        SqlStore store = open();
        String insert = "INSERT INTO test_row (n) VALUES (?)";
        assertThat(failure(store.write(sql -> {
            sql.prepared(insert).setLong(1, 1);
            sql.prepared(insert).addBatch();
            throw new IllegalStateException("half of a batch");
        }))).hasMessage("half of a batch");

        int[] rows = store.write(sql -> {
            for (long n = 2; n < 4; n++) {
                sql.prepared(insert).setLong(1, n);
                sql.prepared(insert).addBatch();
            }
            return sql.prepared(insert).executeBatch();
        }).join();

        assertThat(rows).containsExactly(1, 1);
        assertThat(Rows.numbers(store)).containsExactly(2L, 3L);
    }

    @Test
    void bringsTablesUpToDateStepByStep() {
        try (SqlStore store = open(LIMITS, Rows.FIRST)) {
            store.write(Rows.insert(1)).join();
        }
        try (SqlStore store = open(LIMITS, Rows.SECOND)) {
            assertThat(store.<Long>read(sql -> sql.row("SELECT due FROM test_row", row -> row.getLong(1)).orElseThrow()))
                    .isEqualTo(7);
        }
        SqlStore store = open(LIMITS, Rows.SECOND);
        assertThat(store.<List<String>>read(sql -> sql.rows(
                "SELECT number, name FROM heliograph_migration WHERE room = ? ORDER BY number",
                row -> row.getInt(1) + " " + row.getString(2), "test"))).containsExactly("1 001-rows.sql", "2 002-due.sql");
    }

    @Test
    void refusesTablesOfANewerProgram() {
        open(LIMITS, Rows.SECOND).close();

        assertThatThrownBy(() -> open(LIMITS, Rows.FIRST)).isInstanceOf(StoreException.class)
                .hasMessageContaining("tables of test are at version 2 (002-due.sql), this program knows up to version 1");
        open(LIMITS, Rows.SECOND);
    }

    @Test
    void refusesAMigrationThatWasEdited() {
        open(LIMITS, Rows.FIRST).close();
        Migration first = Rows.FIRST.migrations().getFirst();
        var edited = new Schema("test", List.of(
                new Migration(1, first.name(), first.sql() + "\nCREATE TABLE test_more (n BIGINT);")));

        assertThatThrownBy(() -> open(LIMITS, edited)).isInstanceOf(StoreException.class)
                .hasMessageContaining("migration 1 of test ran here as 001-rows.sql with checksum")
                .hasMessageContaining("must not be edited");
    }

    @Test
    void undoesAMigrationThatFails() {
        var broken = new Schema("test", List.of(Rows.FIRST.migrations().getFirst(),
                new Migration(2, "002-broken.sql", "CREATE TABLE test_half (n BIGINT); INSERT INTO test_nowhere VALUES (1);")));

        assertThatThrownBy(() -> open(LIMITS, broken)).isInstanceOf(StoreException.class)
                .hasMessageContaining("migration 002-broken.sql of test failed and was undone");

        var mended = new Schema("test", List.of(Rows.FIRST.migrations().getFirst(),
                new Migration(2, "002-mended.sql", "CREATE TABLE test_half (n BIGINT);")));
        SqlStore store = open(LIMITS, mended);
        assertThat(store.<Boolean>read(sql -> sql.row("SELECT COUNT(*) FROM test_half", row -> true).orElseThrow())).isTrue();
    }

    @Test
    void leavesOtherRoomsAlone() {
        open(LIMITS, Rows.SECOND).close();
        var other = new Schema("other", List.of(new Migration(1, "001-other.sql", "CREATE TABLE other_row (n BIGINT)")));

        open(LIMITS, other).close();
        SqlStore store = open(LIMITS, Rows.SECOND, other);

        assertThat(store.write(sql -> sql.update("INSERT INTO other_row (n) VALUES (1)") + Rows.insert(sql, 1)).join())
                .isEqualTo(2);
    }

    @Test
    void losesNoOutcomeWhenManyWriteAndOneCloses() throws Exception {
        SqlStore store = open(LIMITS.withQueue(50, 1 << 20), Rows.FIRST);
        var outcomes = new ConcurrentLinkedQueue<CompletableFuture<Integer>>();
        var started = new CountDownLatch(4);
        List<Thread> threads = LongStream.range(0, 4).mapToObj(writer -> Thread.ofPlatform().start(() -> {
            for (long n = 0; n < 2_000; n++) {
                outcomes.add(store.write(Rows.insert(writer * 10_000 + n)));
                if (n == 100) {
                    started.countDown();
                }
            }
        })).toList();
        started.await();
        store.close();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(outcomes).hasSize(8_000).allSatisfy(outcome -> assertThat(outcome).isDone());
        long acknowledged = outcomes.stream().filter(outcome -> !outcome.isCompletedExceptionally()).count();
        StoreCounters counters = store.counters();
        assertThat(counters.written()).isEqualTo(acknowledged);
        assertThat(counters.written() + counters.refused() + counters.failed() + counters.full()).isEqualTo(8_000);
        SqlStore again = open();
        assertThat(Rows.count(again)).isEqualTo(acknowledged);
    }
}
