package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A store for a case of a contract: opened, held up, and closed again. */
@Timeout(120)
abstract class StoreScene {

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
        return closedAfter(SqlStore.open(address(), List.of(schemas), limits, environment));
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

    <C extends AutoCloseable> C closedAfter(C one) {
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
}
