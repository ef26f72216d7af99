package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import io.heliograph.time.WallClock;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a store promises of writes: order, shared commits, failures, limits, its end. */
abstract class StoreWritingContract extends StoreScene {

    @Test
    void numbersTheRowsThatAStatementInserts() {
        SqlStore store = open(LIMITS, Rows.FIRST);
        store.write(Rows.insert(-1)).join();
        List<Object[]> rows = LongStream.range(0, 150).mapToObj(n -> new Object[] {n}).toList();

        List<Long> ids = store.write(sql -> sql.insertNumbered("INSERT INTO test_row (n) VALUES ", rows, "")).join();

        List<Long> inserted = store.read(sql -> sql.rows("SELECT id FROM test_row WHERE n >= 0 ORDER BY n", row -> row.getLong(1)));
        assertThat(ids).hasSize(150).isEqualTo(inserted);
    }

    @Test
    void givesFewerNumbersThanRowsWhereSomeAreRefused() {
        SqlStore store = open(LIMITS, Rows.FIRST);
        store.write(Rows.insertNamed("b")).join();
        List<Object[]> rows = List.of(new Object[] {1L, "a"}, new Object[] {2L, "b"}, new Object[] {3L, "c"}, new Object[] {4L, "d"});

        List<Long> ids = store.write(sql -> sql.insertNumbered("INSERT INTO test_row (n, name) VALUES ", rows, " ON CONFLICT DO NOTHING")).join();

        assertThat(ids).hasSize(3);
        assertThat(Rows.count(store)).isEqualTo(4);
    }

    @Test
    void keepsEveryKindOfValue() {
        SqlStore store = open();
        byte[] payload = {0, -1, 127, 39};

        store.write(sql -> sql.update("INSERT INTO test_row (n, name, payload, weight) VALUES (?, ?, ?, ?)",
                Long.MIN_VALUE, "Grüße, 'x'; -- €😀", payload, 0.1)).join();
        store.write(sql -> sql.update("INSERT INTO test_row (n, name, payload, weight) VALUES (?, ?, ?, ?)",
                7, Optional.empty(), Optional.empty(), Optional.of(2.5))).join();

        List<String> rows = store.read(sql -> sql.rows("SELECT n, name, payload, weight, mark FROM test_row ORDER BY id", row ->
                row.getLong(1) + "|" + row.getString(2) + "|" + Arrays.toString(row.getBytes(3)) + "|" + row.getDouble(4)
                        + "|" + row.getString(5)));
        assertThat(rows).containsExactly(Long.MIN_VALUE + "|Grüße, 'x'; -- €😀|[0, -1, 127, 39]|0.1|a;b",
                "7|null|null|2.5|a;b");
    }

    @Test
    void refusesAParameterThatTheTwoDatabasesWouldTakeDifferently() {
        SqlStore store = open();

        assertThat(failure(store.write(sql -> sql.update("INSERT INTO test_row (n) VALUES (?)", true))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("parameter 1 is a java.lang.Boolean");
    }

    @Test
    void hasCommittedWhatItHasAcknowledged() throws Exception {
        SqlStore store = open();
        Connection other = connect();

        assertThat(store.write(Rows.insert(5)).get(20, TimeUnit.SECONDS)).isEqualTo(1);

        try (Statements sql = Statements.on(other)) {
            assertThat(sql.rows("SELECT n FROM test_row", row -> row.getLong(1))).containsExactly(5L);
        }
        assertThat(Rows.numbers(store)).containsExactly(5L);
    }

    @Test
    void showsNothingBeforeTheCommit() throws Exception {
        SqlStore store = open();
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        CompletableFuture<Integer> held = store.write(sql -> {
            int rows = Rows.insert(sql, 1);
            Rows.hold(entered, release).run(sql);
            return rows;
        });
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(Rows.numbers(store)).isEmpty();
        assertThat(held).isNotDone();

        release.countDown();
        held.get(20, TimeUnit.SECONDS);
        assertThat(Rows.numbers(store)).containsExactly(1L);
    }

    @Test
    void writesInTheOrderOfSubmissionAndSharesCommits() throws Exception {
        SqlStore store = open(StoreLimits.DEFAULT.withBatch(10, Duration.ofSeconds(1)), Rows.FIRST);
        var writer = new HeldWriter(store);
        List<CompletableFuture<Integer>> writes = LongStream.range(0, 100).mapToObj(n -> store.write(Rows.insert(n))).toList();
        assertThat(store.counters().queued()).isEqualTo(100);

        writer.release();
        writes.forEach(CompletableFuture::join);

        assertThat(Rows.numbers(store)).isEqualTo(LongStream.range(0, 100).boxed().toList());
        assertThat(store.counters().commits()).isEqualTo(11);
        assertThat(store.counters().largestBatch()).isEqualTo(10);
        assertThat(store.counters().written()).isEqualTo(101);
        assertThat(store.counters().commitTime()).isPositive();
    }

    private SqlStore openOn(ManualClock clock) {
        return closedAfter(SqlStore.open(address(), List.of(Rows.FIRST), LIMITS,
                new Environment(clock, WallClock.SYSTEM, new SecureRandom(), notices)));
    }

    @Test
    void writesWhatNobodyWaitsForTogetherWithTheNextThatSomebodyDoes() throws Exception {
        SqlStore store = openOn(new ManualClock());
        List<CompletableFuture<Integer>> inCompany = List.of(store.writeInCompany(Rows.insert(1)), store.writeInCompany(Rows.insert(2)));
        assertThat(store.counters().queued()).isEqualTo(2);

        store.write(Rows.insert(3)).get(20, TimeUnit.SECONDS);

        for (CompletableFuture<Integer> one : inCompany) {
            one.get(20, TimeUnit.SECONDS);
        }
        assertThat(store.counters().commits()).isEqualTo(1);
        assertThat(Rows.count(store)).isEqualTo(3);
    }

    @Test
    void writesWhatNobodyWaitsForAfterAWhileInAnyCase() throws Exception {
        var clock = new ManualClock();
        SqlStore store = openOn(clock);
        CompletableFuture<Integer> first = store.writeInCompany(Rows.insert(1));
        clock.advance(WriteQueue.PATIENCE.minusNanos(1));
        CompletableFuture<Integer> second = store.writeInCompany(Rows.insert(2));
        assertThat(store.counters().queued()).isEqualTo(2);

        clock.advance(Duration.ofNanos(1));

        first.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);
        assertThat(store.counters().commits()).isEqualTo(1);
    }

    @Test
    void commitsWhatWaitsForCompanyWhenItIsClosed() throws Exception {
        SqlStore store = openOn(new ManualClock());
        CompletableFuture<Integer> write = store.writeInCompany(Rows.insert(1));

        store.close();

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void endsABatchWhenItsTimeIsUp() throws Exception {
        SqlStore store = open(StoreLimits.DEFAULT.withBatch(256, Duration.ofMillis(1)), Rows.FIRST);
        var writer = new HeldWriter(store);
        List<CompletableFuture<Integer>> writes = LongStream.range(0, 3).mapToObj(n -> store.write(sql -> {
            long fromNs = System.nanoTime();
            while (System.nanoTime() - fromNs < 1_000_000) {
                Thread.onSpinWait();
            }
            return Rows.insert(sql, n);
        })).toList();

        writer.release();
        writes.forEach(CompletableFuture::join);

        assertThat(store.counters().largestBatch()).as("in " + store.counters()).isLessThanOrEqualTo(2);
        assertThat(Rows.count(store)).isEqualTo(3);
    }

    @Test
    void failsOneWriteAloneAndUndoesAllOfIt() throws Exception {
        SqlStore store = open();
        var writer = new HeldWriter(store);
        var before = store.write(Rows.insertNamed("a"));
        var duplicate = store.write(sql -> Rows.insert(sql, 66) + Rows.insertNamed("a").run(sql));
        var between = store.write(Rows.insertNamed("b"));
        var thrown = store.write(sql -> {
            Rows.insert(sql, 67);
            throw new IllegalStateException("the room's own");
        });
        var after = store.write(Rows.insertNamed("c"));
        writer.release();

        assertThat(failure(duplicate)).isInstanceOf(StoreException.class).hasCauseInstanceOf(SQLException.class)
                .hasMessageContaining("a write failed");
        assertThat(failure(thrown)).isInstanceOf(IllegalStateException.class).hasMessage("the room's own");
        CompletableFuture.allOf(before, between, after).get(20, TimeUnit.SECONDS);
        assertThat(Rows.numbers(store)).containsExactly(0L, 0L, 0L);
        assertThat(store.counters().commits()).isEqualTo(1);
        assertThat(store.counters().failed()).isEqualTo(2);
        assertThat(store.counters().written()).isEqualTo(4);
        assertThat(store.counters().repeatedBatches()).isEqualTo(1);
    }

    @Test
    void failsOnlyTheGuiltyWhenTheCommitFails() throws Exception {
        SqlStore store = open();
        var writer = new HeldWriter(store);
        var before = store.write(Rows.insertNamed("a"));
        var dangling = store.write(sql -> sql.update("INSERT INTO test_note (row_name) VALUES (?)", "nobody"));
        var after = store.write(sql -> sql.update("INSERT INTO test_note (row_name) VALUES (?)", "a"));
        writer.release();

        assertThat(failure(dangling)).isInstanceOf(StoreException.class);
        CompletableFuture.allOf(before, after).get(20, TimeUnit.SECONDS);
        assertThat(store.counters().repeatedBatches()).isEqualTo(1);
        assertThat(store.counters().failed()).isEqualTo(1);
        assertThat(store.counters().written()).isEqualTo(3);
        assertThat(store.<Long>read(sql -> sql.row("SELECT COUNT(*) FROM test_note", row -> row.getLong(1)).orElseThrow()))
                .isEqualTo(1);
    }

    @Test
    void refusesWhatItsQueueCannotHold() throws Exception {
        SqlStore store = open(LIMITS.withQueue(3, 1_000), Rows.FIRST);
        var writer = new HeldWriter(store);
        var first = store.write(600, Rows.insert(1));
        var tooLarge = store.write(600, Rows.insert(2));
        var second = store.write(400, Rows.insert(3));
        var third = store.write(Rows.insert(4));
        var tooMany = store.write(Rows.insert(5));

        assertThat(failure(tooLarge)).isInstanceOf(StoreBusyException.class).hasMessageContaining("queuedBytes=1000");
        assertThat(failure(tooMany)).isInstanceOf(StoreBusyException.class).hasMessageContaining("queuedWrites=3");
        assertThat(store.counters().refused()).isEqualTo(2);
        assertThat(store.counters().queued()).isEqualTo(3);
        assertThat(store.counters().queuedBytes()).isEqualTo(1_000);

        writer.release();
        CompletableFuture.allOf(first, second, third).get(20, TimeUnit.SECONDS);
        assertThat(Rows.numbers(store)).containsExactly(1L, 3L, 4L);
        assertThat(store.counters().queuedBytes()).isZero();
    }

    @Test
    void commitsWhatWaitsWhenItIsClosed() throws Exception {
        SqlStore store = open();
        var writer = new HeldWriter(store);
        List<CompletableFuture<Integer>> writes = LongStream.range(0, 20).mapToObj(n -> store.write(Rows.insert(n))).toList();
        Thread closing = Thread.ofVirtual().start(store::close);
        writer.release();
        closing.join();

        assertThat(writes).allSatisfy(write -> assertThat(write).isCompletedWithValue(1));
        assertThat(failure(store.write(Rows.insert(99)))).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> Rows.count(store)).isInstanceOf(StoreClosedException.class);
        assertThat(notices.all()).isEmpty();

        assertThat(Rows.count(open())).isEqualTo(20);
    }

    @Test
    void closesOnItsOwnThreadAndStillCommitsWhatWaits() throws Exception {
        SqlStore store = open();
        var writer = new HeldWriter(store);
        var closing = store.write(Rows.insert(1)).thenRun(store::close);
        var after = store.write(Rows.insert(2));
        writer.release();

        closing.get(20, TimeUnit.SECONDS);
        after.get(20, TimeUnit.SECONDS);
        store.close();
        assertThat(Rows.numbers(open())).containsExactly(1L, 2L);
    }

    @Test
    void endsLoudlyWhenItsWriterDies() throws Exception {
        SqlStore store = open();
        var writer = new HeldWriter(store);
        var fatal = store.write(sql -> {
            throw new OutOfMemoryError("asked for by the test");
        });
        var after = store.write(Rows.insert(1));
        writer.release.countDown();

        assertThat(failure(fatal)).isInstanceOf(StoreException.class).hasMessageContaining("unknown");
        assertThat(failure(after)).isInstanceOfAny(StoreClosedException.class);
        assertThat(notices.await(Notice.TransportFailed.class, 1, Duration.ofSeconds(10))).isTrue();
        assertThat(failure(store.write(Rows.insert(2)))).isInstanceOf(StoreClosedException.class);
        store.close();

        assertThat(Rows.count(open())).isZero();
    }
}
