package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import io.heliograph.time.WallClock;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store promises, on either database. */
@Timeout(120)
abstract class StoreContract {

    /** No batch ends by time, however slow the machine is. */
    static final StoreLimits LIMITS = StoreLimits.DEFAULT.withBatch(256, Duration.ofSeconds(1));

    final CollectedNotices notices = new CollectedNotices();
    final Environment environment = Environment.system().withNotices(notices);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private StoreAddress address;

    /** Where a new, empty store may be. */
    abstract StoreAddress freshAddress() throws Exception;

    /** A connection of an application's own to the database at {@code address}, in auto-commit mode. */
    abstract Connection connect(StoreAddress address) throws SQLException;

    @BeforeEach
    void findPlace() throws Exception {
        address = freshAddress();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    SqlStore open(StoreLimits limits, Schema... schemas) {
        return closedAfter(SqlStore.open(address, List.of(schemas), limits, environment));
    }

    SqlStore open() {
        return open(LIMITS, Rows.FIRST);
    }

    Connection connect() throws SQLException {
        return closedAfter(connect(address));
    }

    StoreAddress address() {
        return address;
    }

    private <C extends AutoCloseable> C closedAfter(C one) {
        opened.add(one);
        return one;
    }

    /** Holds the writer until it is released. */
    final class HeldWriter {
        final CountDownLatch release = new CountDownLatch(1);
        private final CompletableFuture<Integer> held;

        HeldWriter(SqlStore store) throws InterruptedException {
            var entered = new CountDownLatch(1);
            held = store.write(Rows.hold(entered, release));
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        }

        void release() {
            release.countDown();
            held.join();
        }
    }

    static Throwable failure(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (Exception e) {
            throw new AssertionError("no outcome", e);
        }
        throw new AssertionError("it did not fail");
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
        return closedAfter(SqlStore.open(address, List.of(Rows.FIRST), LIMITS,
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
